import type { Deeds } from '../deeds/deeds.ts';
import { type Child, h } from '../dom.ts';
import type { State } from '../state.ts';
import { textsIn } from '../texts/texts.ts';
import type { Texts } from '../texts/zh.ts';
import { dialog } from './dialog.ts';
import { popupView } from './popup.ts';

/** What lies over the screen: the popup of WeChat's, the way to the settings, a menu. */
export function overlayView(state: State, deeds: Deeds): Child[] {
  const texts = textsIn(state.language);
  if (state.asking) return [popupView(state.asking, state, texts, deeds)];
  if (state.guide) return [guideView(state.guide, texts, deeds)];
  if (state.menu === 'capsule') return [capsuleMenu(texts, deeds)];
  if (state.menu) return [cardMenu(state.menu.cardId, state, texts, deeds)];
  return [];
}

/** What the module's `<subscribe-guide>` shows. */
function guideView(reason: NonNullable<State['guide']>, texts: Texts, deeds: Deeds): HTMLElement {
  const openSettings = () => {
    deeds.closeGuide();
    deeds.show('settings');
  };
  return dialog(
    'guide',
    texts.guide.title,
    deeds.closeGuide,
    h('h2', {}, texts.guide.title),
    h('p', {}, texts.guide[reason]),
    h(
      'div',
      { class: 'buttons' },
      h('button', { id: 'guide-close', class: 'plain', onclick: deeds.closeGuide }, texts.guide.close),
      h('button', { id: 'guide-settings', class: 'main', onclick: openSettings }, texts.guide.open),
    ),
  );
}

function capsuleMenu(texts: Texts, deeds: Deeds): HTMLElement {
  return menu(texts.bar.capsule, texts, deeds, [
    ['menu-settings', texts.menus.settings, () => deeds.show('settings')],
    ['menu-messages', texts.menus.messages, () => deeds.show('messages')],
  ]);
}

/** By this menu a user turns off what a notification is of. */
function cardMenu(cardId: string, { cards }: State, texts: Texts, deeds: Deeds): HTMLElement {
  const card = cards.find(({ id }) => id === cardId);
  const stop = () => {
    deeds.openMenu(undefined);
    if (card?.type === 'message') deeds.change({ templateOff: [card.template.templateId] });
    else deeds.refuseCard(cardId);
  };
  return menu(texts.cardMenu, texts, deeds, [
    ['menu-stop', card?.type === 'message' ? texts.menus.turnOff : texts.menus.refuseCard, stop],
    ['menu-settings', texts.menus.settings, () => deeds.show('settings')],
  ]);
}

function menu(
  label: string,
  texts: Texts,
  deeds: Deeds,
  choices: readonly (readonly [id: string, label: string, choose: () => void])[],
): HTMLElement {
  const close = () => deeds.openMenu(undefined);
  return dialog(
    'menu',
    label,
    close,
    ...choices.map(([id, text, choose]) => h('button', { id, class: 'choice', onclick: choose }, text)),
    h('button', { id: 'menu-cancel', class: 'choice cancel', onclick: close }, texts.menus.cancel),
  );
}
