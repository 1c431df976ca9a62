import { createQingniao, ownDomain } from '../../../miniprogram/src/index.ts';
import { follow } from './follow.ts';
import type { Deeds } from './screens.ts';
import { serviceOf } from './service.ts';
import { createStore, EMPTY, type State, type Store } from './state.ts';
import type { Language } from './texts.ts';
import { wechatOf } from './wechat.ts';
import { createBrowserWx, type PopupAnswer } from './wx.ts';

/** The template that the sample mini program reminds by. */
const TITLE = '预约提醒';
const SOON_MS = 5_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** A mini program on the phone, with a user of its own. */
export interface OneApp {
  readonly store: Store;
  readonly deeds: Deeds;
}

/** Opens the mini program that is the phone's `app`th, for a new user; `changed` is told of each change. */
export async function openApp(
  { appid, app, language }: { readonly appid: string; readonly app: number; readonly language: Language },
  changed: (state: State) => void,
): Promise<OneApp> {
  const wechat = wechatOf(appid);
  const [openid, templates] = await Promise.all([wechat.newUser(), wechat.templates()]);
  const store = createStore(
    { ...EMPTY, language, app, template: templates.find(({ title }) => title === TITLE) },
    changed,
  );
  let answered: ((answer: PopupAnswer) => void) | undefined;
  const wx = createBrowserWx({
    wechat,
    openid,
    ask(templateIds) {
      store.set({ asking: templateIds, notice: 'asking' });
      return new Promise((resolve) => {
        answered = resolve;
      });
    },
    onRequest: ({ method, path, startedAtMs, status }) =>
      following.note({
        atMs: startedAtMs,
        way: 'toService',
        text: `${method} ${path} ${status ?? '✕'}`,
        ok: status !== undefined && status < 400,
      }),
  });
  const qingniao = createQingniao({
    wx,
    transport: ownDomain({ wx, baseUrl: '/api', appId: appid }),
    note: () => {},
  });

  const deeds: Deeds = {
    /** Straight from the tap, as in a mini program: nothing is awaited before `subscribe`. */
    remind(when) {
      const { template } = store.get();
      if (!template) return;
      store.set({ notice: undefined, problem: undefined });
      void qingniao.subscribe([template.templateId]).then(async (outcome) => {
        if (outcome.guide) return store.set({ guide: outcome.guide, notice: undefined });
        if (outcome.type === 'failed') {
          return store.set({ problem: outcome.error.tell[store.get().language], notice: undefined });
        }
        if (outcome.accepted.length === 0) return store.set({ notice: 'refused' });
        const booked = await qingniao.remindMe(
          template.templateId,
          when === 'soon' ? new Date(Date.now() + SOON_MS) : null,
          {
            thing1: '口腔洁治',
            time2: tomorrowAtThree(),
            thing3: '中山路88号二楼',
            phone_number4: '020-81167888',
            thing5: '请提前十分钟到店',
          },
          { page: 'pages/booking/index' },
        );
        if (booked.type === 'failed') {
          return store.set({ problem: booked.error.tell[store.get().language], notice: undefined });
        }
        return store.set({ notice: when === 'soon' ? 'booked' : 'sentNow' });
      });
    },
    answer(word, always) {
      store.set({ asking: undefined, notice: undefined });
      answered?.({ word, always });
      document.getElementById('soon')?.focus();
    },
    show(next) {
      // As App.onShow does when the user comes back from the settings.
      if (next === 'app') void qingniao.start();
      store.set({ screen: next, ...(next === 'messages' && { unread: 0, banner: undefined }) });
    },
    closeGuide() {
      store.set({ guide: undefined });
      document.getElementById('soon')?.focus();
    },
    change: (change) =>
      void wechat
        .change(openid, change)
        .then(async () => store.set({ settings: await wechat.settings(openid) })),
  };

  const following = follow({ wechat, service: serviceOf(appid), openid, templates }, store);
  void qingniao.start();
  return { store, deeds };
}

function tomorrowAtThree(): string {
  const at = new Date(Date.now() + DAY_MS);
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 15:00`;
}
