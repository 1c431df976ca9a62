import { createRegion, h } from './dom.ts';
import { type OneApp, openApp } from './one-app.ts';
import { EMPTY, type Screen, type State } from './state.ts';
import { type Language, textsIn } from './texts/texts.ts';
import { createUnderneath } from './underneath/underneath.ts';
import { appView } from './views/app.ts';
import { barView, pagesView, shortcutsView, statusView } from './views/frame.ts';
import { bannersView, chatsView, messagesView } from './views/messages.ts';
import { overlayView } from './views/overlay.ts';
import { noticesView, noticeView, settingsView } from './views/settings.ts';
import { topView } from './views/top.ts';
import { appids } from './wechat.ts';

const [top, shortcuts, status, bar, screen, pages, banner, overlay, panel] = [
  h('section', { class: 'top' }),
  h('nav', { class: 'shortcuts' }),
  h('div', { class: 'status-bar', 'aria-hidden': 'true' }),
  h('header', { class: 'bar' }),
  h('main', { class: 'screen' }),
  h('div', { class: 'page-bar' }),
  h('section', { class: 'banners', 'aria-live': 'polite' }),
  h('section', { class: 'overlay' }),
  h('aside', { class: 'underneath' }),
];
document
  .getElementById('app')
  ?.append(
    top,
    h(
      'div',
      { class: 'hand' },
      shortcuts,
      h('div', { class: 'phone' }, status, bar, screen, pages, banner, overlay),
    ),
    panel,
  );

const SCREENS: Readonly<Record<Screen, typeof appView>> = {
  app: appView,
  chats: chatsView,
  messages: messagesView,
  settings: settingsView,
  notices: noticesView,
  notice: noticeView,
};

const apps = await appids();
const opened = new Map<number, OneApp>();
/** The mini program that the user chose, from 1; while it opens, `current` is still the one before. */
let chosen = 1;

const views = {
  top: createRegion(top, ({ language, app }: State) =>
    topView(language, app, { apps, switchTo, turn: (to) => current.store.set({ language: to }) }),
  ),
  shortcuts: createRegion(shortcuts, (state: State) => shortcutsView(state, current.deeds)),
  status: createRegion(status, ({ time }: { readonly time: string }) => statusView(time)),
  bar: createRegion(bar, (state: State) => barView(state, current.deeds)),
  screen: createRegion(screen, (state: State) => SCREENS[state.screen](state, current.deeds)),
  pages: createRegion(pages, (state: State) => pagesView(state, current.deeds)),
  banners: createRegion(banner, (state: State) => bannersView(state, current.deeds)),
  overlay: createRegion(overlay, (state: State) => overlayView(state, current.deeds)),
  panel: createUnderneath(panel),
};
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

/** How many notifications there were when the latest was shown; undefined while others are seen. */
let shownLatest: number | undefined;
/** Where the keyboard was before something lay over the screen. */
let focusedBefore: Element | null = null;

function render(state: State): void {
  const texts = textsIn(state.language);
  const { language, app, templates, page, settings, noticeOf, unread } = state;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = texts.title;
  top.setAttribute('aria-label', texts.phone.top);
  shortcuts.setAttribute('aria-label', texts.phone.shortcuts);
  banner.setAttribute('aria-label', texts.phone.banner);
  overlay.setAttribute('aria-label', texts.phone.overlay);
  panel.setAttribute('aria-label', texts.underneath);
  const base: State = { ...EMPTY, language, app, templates };
  const at: State = { ...base, screen: state.screen, page, noticeOf };
  const { notice, problem, grants, deviceReady, queue, platform, cards } = state;
  const seen: Readonly<Record<Screen, Partial<State>>> = {
    app: { notice, problem, grants, deviceReady, queue, platform },
    chats: { cards, unread },
    messages: { cards },
    settings: { settings },
    notices: { settings },
    notice: { settings },
  };
  views.top(base);
  views.shortcuts({ ...base, screen: state.screen, unread });
  views.bar(at);
  views.screen({ ...at, ...seen[state.screen] });
  showLatest(state.screen === 'messages' ? cards.length : undefined);
  views.pages(at);
  views.banners({ ...base, banners: state.banners });
  keepingFocus(() => {
    const { asking, guide, menu } = state;
    views.overlay({ ...base, asking, guide, menu, ...(menu && { cards }) });
  });
  views.panel(state);
}

/** The list of notifications opens at its end, as WeChat's does, and goes there when one comes. */
function showLatest(count: number | undefined): void {
  const isNew = shownLatest !== count;
  shownLatest = count;
  if (isNew && count !== undefined) screen.scrollTop = screen.scrollHeight;
}

/** Once nothing lies over the screen any more, the keyboard is where it was. */
function keepingFocus(change: () => void): void {
  const wasOpen = overlay.hasChildNodes();
  if (!wasOpen) focusedBefore = document.activeElement;
  change();
  if (!wasOpen || overlay.hasChildNodes()) return;
  const back = focusedBefore?.id ? document.getElementById(focusedBefore.id) : null;
  back?.focus();
}

function showTime(): void {
  views.status({ time: new Date().toTimeString().slice(0, 5) });
}

showTime();
setInterval(showTime, 10_000);
render(current.store.get());
