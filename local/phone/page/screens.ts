import { type Child, h } from './dom.ts';
import type { Card, Screen, State } from './state.ts';
import { type Texts, textsIn } from './texts.ts';

/** What a person can do on the phone. */
export interface Deeds {
  remind(when: 'soon' | 'now'): void;
  answer(word: 'accept' | 'reject', always: boolean): void;
  show(screen: Screen): void;
  closeGuide(): void;
  change(change: object): void;
}

/** The screen that is seen, by name. */
export function screenView(state: State, deeds: Deeds): Child[] {
  const texts = textsIn(state.language);
  switch (state.screen) {
    case 'app':
      return appView(state, texts, deeds);
    case 'messages':
      return messagesView(state, texts, deeds);
    case 'settings':
      return settingsView(state, texts, deeds);
  }
}

function appView(state: State, texts: Texts, deeds: Deeds): Child[] {
  const left =
    state.grants.find(({ templateId }) => templateId === state.template?.templateId)?.available ?? 0;
  const notice = state.problem ?? (state.notice && texts[state.notice]);
  return [
    h(
      'section',
      { class: 'card' },
      h('div', { class: 'visit' }, h('strong', {}, texts.hello), h('span', { class: 'small' }, texts.place)),
    ),
    h(
      'section',
      { class: 'card' },
      h('div', { class: 'row' }, texts.left, h('b', { id: 'left' }, texts.times(left))),
      h('div', { class: 'small' }, texts.hint),
    ),
    h('button', { id: 'soon', class: 'main', onclick: () => deeds.remind('soon') }, texts.soon),
    h('button', { id: 'now', class: 'plain', onclick: () => deeds.remind('now') }, texts.now),
    h('p', { class: 'notice', role: 'status', id: 'notice' }, notice ?? ''),
  ];
}

function messagesView(state: State, texts: Texts, deeds: Deeds): Child[] {
  if (state.cards.length === 0) return [h('p', { class: 'empty' }, texts.noCards)];
  return state.cards.map((card) => cardView(card, state, texts, deeds));
}

function cardView(
  { template, values, atMs }: Card,
  { language, app }: State,
  texts: Texts,
  deeds: Deeds,
): Child {
  const time = new Date(atMs).toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeStyle: 'short',
  });
  return h(
    'article',
    { class: 'card message' },
    h(
      'div',
      { class: 'from' },
      h('span', { class: 'logo', 'aria-hidden': 'true' }, '康'),
      texts.shop(app),
      h('time', {}, time),
    ),
    h('h2', {}, template.title),
    h(
      'dl',
      {},
      ...template.keywords
        .filter(({ key }) => values[key] !== undefined)
        .flatMap(({ key, label }) => [h('dt', {}, label), h('dd', {}, values[key])]),
    ),
    h(
      'button',
      { class: 'enter', onclick: () => deeds.show('app') },
      texts.enter,
      h('span', { 'aria-hidden': 'true' }, '›'),
    ),
  );
}

function settingsView({ settings, template }: State, texts: Texts, deeds: Deeds): Child[] {
  const kept = template && settings.itemSettings[template.templateId];
  return [
    h(
      'section',
      { class: 'card' },
      h(
        'label',
        { class: 'row' },
        texts.mainSwitch,
        h('input', {
          id: 'main-switch',
          type: 'checkbox',
          role: 'switch',
          class: 'switch',
          checked: settings.mainSwitch,
          onchange: () => deeds.change({ mainSwitch: !settings.mainSwitch }),
        }),
      ),
      h('div', { class: 'small' }, texts.mainHint),
    ),
    template &&
      h(
        'section',
        { class: 'card' },
        h('h2', {}, texts.kept),
        kept
          ? keptView(template.title, kept, texts, (change) =>
              deeds.change({ [change]: [template.templateId] }),
            )
          : h('div', { class: 'small' }, texts.noneKept),
        h(
          'button',
          {
            id: 'turn-off',
            class: 'plain',
            onclick: () => deeds.change({ templateOff: [template.templateId] }),
          },
          texts.turnOff,
        ),
      ),
  ];
}

function keptView(
  title: string,
  kept: string,
  texts: Texts,
  change: (what: 'templateOn' | 'templateOff' | 'askAgain') => void,
): HTMLElement {
  const choice = (id: string, label: string, isChosen: boolean, what: Parameters<typeof change>[0]) =>
    h(
      'button',
      { id, class: 'choice', 'aria-pressed': String(isChosen), onclick: () => change(what) },
      label,
    );
  return h(
    'div',
    {},
    h('div', { class: 'row' }, title),
    h(
      'div',
      { class: 'choices', role: 'group', 'aria-label': title },
      choice('keep-accept', texts.accept, kept.startsWith('accept'), 'templateOn'),
      choice('keep-reject', texts.deny, kept === 'reject', 'templateOff'),
      choice('keep-ask', texts.ask, false, 'askAgain'),
    ),
  );
}

/** A card that has just come, at the upper edge, as a phone shows a notification. */
export function bannerView({ banner, language }: State, deeds: Deeds): Child[] {
  const texts = textsIn(language);
  if (!banner) return [];
  const [first] = banner.template.keywords;
  return [
    h(
      'button',
      { id: 'banner', onclick: () => deeds.show('messages') },
      h('span', { class: 'logo', 'aria-hidden': 'true' }, '康'),
      h(
        'span',
        {},
        h('strong', {}, `${texts.tabs.messages} · ${banner.template.title}`),
        h('span', { class: 'small' }, first && banner.values[first.key]),
      ),
    ),
  ];
}

/** What lies over the screen: the popup of WeChat's, or the way to the settings. */
export function overlayView(state: State, deeds: Deeds): Child[] {
  const texts = textsIn(state.language);
  if (state.asking) return [popupView(state, texts, deeds)];
  if (state.guide) return [guideView(state.guide, texts, deeds)];
  return [];
}

function popupView({ template, app }: State, texts: Texts, deeds: Deeds): HTMLElement {
  const always = h('input', { id: 'always', type: 'checkbox' });
  return dialog(
    'popup',
    `${texts.shop(app)} ${texts.popup}`,
    () => deeds.answer('reject', false),
    h('div', { class: 'from' }, h('span', { class: 'logo', 'aria-hidden': 'true' }, '康'), texts.shop(app)),
    h('h2', { id: 'popup-title' }, texts.popup),
    h(
      'div',
      { class: 'asked' },
      h('span', { 'aria-hidden': 'true', class: 'tick' }, '✓'),
      template?.title ?? '',
    ),
    h('label', { class: 'always' }, always, texts.always),
    h(
      'div',
      { class: 'buttons' },
      h(
        'button',
        { id: 'reject', class: 'plain', onclick: () => deeds.answer('reject', always.checked) },
        texts.reject,
      ),
      h(
        'button',
        { id: 'allow', class: 'main', onclick: () => deeds.answer('accept', always.checked) },
        texts.allow,
      ),
    ),
  );
}

function guideView(reason: NonNullable<State['guide']>, texts: Texts, deeds: Deeds): HTMLElement {
  return dialog(
    'guide',
    texts.guideTitle,
    deeds.closeGuide,
    h('h2', {}, texts.guideTitle),
    h('p', {}, reason === 'main-switch' ? texts.guideMain : texts.guideKept),
    h(
      'div',
      { class: 'buttons' },
      h('button', { id: 'guide-close', class: 'plain', onclick: deeds.closeGuide }, texts.close),
      h(
        'button',
        {
          id: 'guide-settings',
          class: 'main',
          onclick: () => {
            deeds.closeGuide();
            deeds.show('settings');
          },
        },
        texts.openSettings,
      ),
    ),
  );
}

/** A dialog that holds the keyboard's focus until it is answered; Escape closes it. */
function dialog(id: string, label: string, dismiss: () => void, ...children: readonly Child[]): HTMLElement {
  const sheet = h(
    'div',
    { id, class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': label },
    ...children,
  );
  const shade = h('div', { class: 'shade' }, sheet);
  shade.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return dismiss();
    if (event.key !== 'Tab') return;
    const stops = [...sheet.querySelectorAll<HTMLElement>('button, input')];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  });
  queueMicrotask(() => sheet.querySelector<HTMLElement>('button.main')?.focus());
  return shade;
}
