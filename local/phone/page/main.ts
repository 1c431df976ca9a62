import { createRegion, h } from './dom.ts';
import { type OneApp, openApp } from './one-app.ts';
import { bannerView, overlayView, screenView } from './screens.ts';
import { EMPTY, type Screen, type State } from './state.ts';
import { type Language, textsIn } from './texts.ts';
import { underneathView } from './underneath.ts';
import { appids } from './wechat.ts';

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

const views = {
  screen: createRegion(screen, (state: State) => screenView(state, current.deeds)),
  overlay: createRegion(overlay, (state: State) => overlayView(state, current.deeds)),
  banner: createRegion(banner, (state: State) => bannerView(state, current.deeds)),
  panel: createRegion(panel, underneathView),
  bar: createRegion(bar, ({ name }: { name: string }) => [h('h1', {}, name)]),
  tabs: createRegion(tabs, tabsView),
  top: createRegion(top, topView),
};

const apps = await appids();
const opened = new Map<number, OneApp>();
/** The mini program that the user chose, from 1; while it opens, `current` is still the one before. */
let chosen = 1;
let current = await open(chosen, navigator.language.startsWith('zh') ? 'zh' : 'en');

/** Opens a mini program, or goes back to it; what happened in it meanwhile is there. */
async function open(app: number, language: Language): Promise<OneApp> {
  const known = opened.get(app);
  if (known) return known;
  const appid = apps[app - 1] ?? '';
  const made = await openApp({ appid, app, language }, (state) => {
    if (opened.has(app) && state.app === current.store.get().app) render(state);
  });
  opened.set(app, made);
  return made;
}

async function switchTo(app: number): Promise<void> {
  chosen = app;
  const { language } = current.store.get();
  const next = await open(app, language);
  if (chosen !== app) return;
  current = next;
  current.store.set({ language });
}

function render(state: State): void {
  const texts = textsIn(state.language);
  const {
    language,
    app,
    template,
    settings,
    grants,
    wechatGrants,
    messages,
    requests,
    cards,
    notice,
    problem,
  } = state;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = texts.title;
  const seen = state.screen === 'messages' ? { cards } : { notice, problem, grants, settings };
  views.screen({ ...EMPTY, language, app, template, screen: state.screen, ...seen });
  views.overlay({ ...EMPTY, language, app, template, asking: state.asking, guide: state.guide });
  views.banner({ ...EMPTY, language, app, template, banner: state.banner });
  views.panel({ language, template, grants, wechatGrants, messages, requests });
  views.bar({ name: state.screen === 'app' ? texts.shop(app) : texts.tabs[state.screen] });
  views.tabs({ language, screen: state.screen, unread: state.unread });
  views.top({ language, app });
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
        onclick: () => current.deeds.show(name),
      },
      h('span', { 'aria-hidden': 'true', class: 'icon' }, icons[name]),
      texts.tabs[name],
      name === 'messages' && unread > 0 && h('span', { class: 'badge' }, String(unread)),
    ),
  );
}

function topView({ language, app }: Pick<State, 'language' | 'app'>) {
  const texts = textsIn(language);
  const other: Language = language === 'zh' ? 'en' : 'zh';
  return [
    h('p', {}, texts.intro),
    apps.length > 1 && appChoice(app, language),
    h(
      'button',
      {
        id: 'language',
        lang: other === 'zh' ? 'zh-CN' : 'en',
        onclick: () => current.store.set({ language: other }),
      },
      texts.other,
    ),
  ];
}

/** Which mini program is seen, where there are several. */
function appChoice(app: number, language: Language) {
  const texts = textsIn(language);
  const choice = h(
    'select',
    {
      id: 'app-choice',
      onchange: () =>
        void switchTo(Number(choice.value)).catch(() => {
          choice.value = String(app);
        }),
    },
    ...apps.map((appid, index) =>
      h(
        'option',
        { value: String(index + 1), selected: index + 1 === app },
        `${texts.shop(index + 1)} · ${appid}`,
      ),
    ),
  );
  return h('label', { class: 'apps' }, texts.apps, choice);
}

render(current.store.get());
