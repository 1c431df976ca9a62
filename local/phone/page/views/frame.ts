import type { Deeds } from '../deeds/deeds.ts';
import { type Child, h } from '../dom.ts';
import { type IconName, icon } from '../icons.ts';
import type { Page, Screen, State } from '../state.ts';
import { SAMPLES } from '../texts/samples.ts';
import { textsIn } from '../texts/texts.ts';

/** What lies behind the screen that is seen. */
const BACK: Readonly<Record<Screen, Screen | undefined>> = {
  app: undefined,
  chats: undefined,
  messages: 'chats',
  settings: 'app',
  notices: 'settings',
  notice: 'notices',
};

/** The bar above the screen. In a mini program it has the capsule of WeChat's. */
export function barView(
  { language, app, screen, noticeOf, templates }: State,
  { show, openMenu }: Deeds,
): Child[] {
  const texts = textsIn(language);
  const back = BACK[screen];
  const notice = templates.find(({ templateId }) => templateId === noticeOf)?.title ?? '';
  const titles: Readonly<Record<Screen, string>> = {
    app: texts.shop(app),
    chats: texts.wechat,
    messages: texts.shortcuts.messages,
    settings: texts.settings,
    notices: texts.notifications,
    notice: SAMPLES[language].word(notice),
  };
  return [
    back
      ? h(
          'button',
          { id: 'back', class: 'bare', 'aria-label': texts.bar.back, onclick: () => show(back) },
          icon('back'),
        )
      : h('span', {}),
    h('h1', {}, titles[screen]),
    screen === 'app'
      ? h(
          'div',
          { class: 'capsule', role: 'group', 'aria-label': texts.bar.capsule },
          h(
            'button',
            { id: 'capsule', 'aria-label': texts.bar.menu, onclick: () => openMenu('capsule') },
            icon('more'),
          ),
          h(
            'button',
            { id: 'leave', 'aria-label': texts.bar.leave, onclick: () => show('chats') },
            icon('leave'),
          ),
        )
      : h('span', {}),
  ];
}

/** The mini program's own pages. */
export function pagesView({ language, page, screen }: State, { turnTo }: Deeds): Child[] {
  if (screen !== 'app') return [];
  const texts = textsIn(language);
  const icons: Readonly<Record<Page, IconName>> = {
    booking: 'calendar',
    device: 'drop',
    queue: 'ticket',
    tap: 'tap',
  };
  const pages: readonly Page[] = ['booking', 'device', 'queue', 'tap'];
  return [
    h(
      'nav',
      { class: 'pages', 'aria-label': texts.pages.label },
      ...pages.map((name) =>
        h(
          'button',
          {
            id: `page-${name}`,
            'aria-current': page === name ? 'page' : undefined,
            onclick: () => turnTo(name),
          },
          icon(icons[name]),
          texts.pages[name],
        ),
      ),
    ),
  ];
}

/** Short ways about the phone, for those who do not know WeChat's own. */
export function shortcutsView({ language, screen, unread }: State, { show }: Deeds): Child[] {
  const texts = textsIn(language);
  const ways: readonly (readonly ['app' | 'messages' | 'settings', IconName, readonly Screen[]])[] = [
    ['app', 'app', ['app']],
    ['messages', 'bell', ['messages', 'chats']],
    ['settings', 'gear', ['settings', 'notices', 'notice']],
  ];
  return ways.map(([to, drawing, screens]) =>
    h(
      'button',
      {
        id: `tab-${to}`,
        'aria-current': screens.includes(screen) ? 'page' : undefined,
        onclick: () => show(to),
      },
      icon(drawing),
      texts.shortcuts[to],
      to === 'messages' &&
        unread > 0 &&
        h('span', { class: 'badge', 'aria-label': texts.unread(unread) }, String(unread)),
    ),
  );
}

/** The phone's own line: the time, the network, the battery. */
export function statusView(time: string): Child[] {
  return [h('span', {}, time), h('span', { class: 'signs' }, icon('signal'), icon('battery'))];
}
