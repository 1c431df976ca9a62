import { createSettingsReader } from '../settings.ts';
import { TEXTS } from './texts.ts';

/** The page waits for no longer than this. */
const SETTINGS_TIMEOUT_MS = 3000;

Component({
  properties: {
    /** Whether the guide is to be seen. */
    show: { type: Boolean, value: false },
    /** `main-switch` or `kept-reject`, as `subscribe` gave it in `guide`. */
    reason: { type: String, value: 'main-switch' },
    /** `zh` or `en`. */
    lang: { type: String, value: 'zh' },
    /** The templates that are to be allowed. */
    templates: { type: Array, value: [] },
  },

  data: { title: '', body: '', steps: [''], open: '', later: '' },

  lifetimes: {
    attached() {
      this.word(this.data.lang, this.data.reason);
    },
  },

  observers: {
    'lang, reason'(lang: string, reason: string) {
      this.word(lang, reason);
    },
  },

  methods: {
    word(lang: string, reason: string) {
      const texts = lang === 'en' ? TEXTS.en : TEXTS.zh;
      const { title, body, steps } = reason === 'kept-reject' ? texts.keptReject : texts.mainSwitch;
      this.setData({ title, body, steps: steps.slice(), open: texts.open, later: texts.later });
    },

    /** The user came back from the settings page. */
    returned() {
      void createSettingsReader(wx, setTimeout, SETTINGS_TIMEOUT_MS)
        .read()
        .then((settings) => {
          const templates: readonly string[] = this.data.templates;
          const allowed =
            !!settings && settings.mainSwitch && templates.every((id) => settings.kept[id] !== 'reject');
          this.triggerEvent('done', { allowed });
        });
    },

    close() {
      this.triggerEvent('close');
    },

    /** Keeps the page behind from scrolling. */
    stay() {},
  },
});
