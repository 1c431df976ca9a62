import { createQingniao, ownDomain } from '../../../miniprogram/src/index.ts';
import { createRegion, h } from './dom.ts';
import { follow } from './follow.ts';
import { bannerView, type Deeds, overlayView, screenView } from './screens.ts';
import { createStore, type Screen, type State } from './state.ts';
import { type Language, textsIn } from './texts.ts';
import { underneathView } from './underneath.ts';
import { wechat } from './wechat.ts';
import { createBrowserWx, type PopupAnswer } from './wx.ts';

/** The template that the sample mini program reminds by. */
const TITLE = '预约提醒';
const SOON_MS = 5_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

const first: State = {
  language: navigator.language.startsWith('zh') ? 'zh' : 'en',
  screen: 'app',
  template: undefined,
  notice: undefined,
  problem: undefined,
  guide: undefined,
  asking: undefined,
  settings: { mainSwitch: true, itemSettings: {} },
  cards: [],
  banner: undefined,
  unread: 0,
  grants: [],
  wechatGrants: [],
  messages: [],
  requests: [],
};

const [screen, overlay, tabs, bar, panel, top] = [
  h('main', { class: 'screen' }),
  h('section', { class: 'overlay', 'aria-label': '弹窗 Popup' }),
  h('nav', { class: 'tabs' }),
  h('header', { class: 'bar' }),
  h('aside', { class: 'underneath', tabindex: '0' }),
  h('section', { class: 'top', 'aria-label': 'Qingniao' }),
];
const banner = h('section', { class: 'banner', 'aria-live': 'polite', 'aria-label': '通知 Notification' });
document
  .getElementById('app')
  ?.append(top, h('div', { class: 'phone' }, bar, screen, tabs, banner, overlay), panel);

let answered: ((answer: PopupAnswer) => void) | undefined;
const store = createStore(first, render);
const openid = await wechat.newUser();
const all = await wechat.templates();
const wx = createBrowserWx({
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
const qingniao = createQingniao({ wx, transport: ownDomain({ wx, baseUrl: '/api' }), note: () => {} });

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

const following = follow(openid, all, store);

const views = {
  screen: createRegion(screen, (state: State) => screenView(state, deeds)),
  overlay: createRegion(overlay, (state: State) => overlayView(state, deeds)),
  banner: createRegion(banner, (state: State) => bannerView(state, deeds)),
  panel: createRegion(panel, underneathView),
  bar: createRegion(bar, ({ name }: { name: string }) => [h('h1', {}, name)]),
  tabs: createRegion(tabs, tabsView),
  top: createRegion(top, topView),
};

function render(state: State): void {
  const texts = textsIn(state.language);
  const { language, template, settings, grants, wechatGrants, messages, requests, cards, notice, problem } =
    state;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = texts.title;
  const seen = state.screen === 'messages' ? { cards } : { notice, problem, grants, settings };
  views.screen({ ...first, language, template, screen: state.screen, ...seen });
  views.overlay({ ...first, language, template, asking: state.asking, guide: state.guide });
  views.banner({ ...first, language, template, banner: state.banner });
  views.panel({ language, template, grants, wechatGrants, messages, requests });
  views.bar({ name: state.screen === 'app' ? texts.shop : texts.tabs[state.screen] });
  views.tabs({ language, screen: state.screen, unread: state.unread });
  views.top({ language });
}

function tabsView({ language, screen: seen, unread }: Pick<State, 'language' | 'screen' | 'unread'>) {
  const texts = textsIn(language);
  const icons: Readonly<Record<Screen, string>> = { app: '◉', messages: '✉', settings: '⚙' };
  const names: readonly Screen[] = ['app', 'messages', 'settings'];
  return names.map((name) =>
    h(
      'button',
      {
        id: `tab-${name}`,
        'aria-current': seen === name ? 'page' : undefined,
        onclick: () => deeds.show(name),
      },
      h('span', { 'aria-hidden': 'true', class: 'icon' }, icons[name]),
      texts.tabs[name],
      name === 'messages' && unread > 0 && h('span', { class: 'badge' }, String(unread)),
    ),
  );
}

function topView({ language }: { language: Language }) {
  const texts = textsIn(language);
  const other: Language = language === 'zh' ? 'en' : 'zh';
  return [
    h('p', {}, texts.intro),
    h(
      'button',
      {
        id: 'language',
        lang: other === 'zh' ? 'zh-CN' : 'en',
        onclick: () => store.set({ language: other }),
      },
      texts.other,
    ),
  ];
}

function tomorrowAtThree(): string {
  const at = new Date(Date.now() + DAY_MS);
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 15:00`;
}

store.set({ template: all.find(({ title }) => title === TITLE) });
void qingniao.start();
