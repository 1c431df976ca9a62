import type { Deeds } from '../deeds/deeds.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { State } from '../state.ts';
import { SAMPLES } from '../texts/samples.ts';
import { textsIn } from '../texts/texts.ts';
import { cardView, titleOf } from './card.ts';
import { logo } from './shop.ts';

/** WeChat's list of service notifications, the latest at its end. */
export function messagesView(state: State, deeds: Deeds): Child[] {
  const texts = textsIn(state.language);
  if (state.cards.length === 0) return [h('p', { class: 'empty' }, texts.noCards)];
  return state.cards.flatMap((card) => [
    h('time', { class: 'moment' }, clockTime(card.atMs, state)),
    cardView(card, state, deeds),
  ]);
}

/** WeChat's first screen: the conversations, of which service notifications are one. */
export function chatsView(state: State, deeds: Deeds): Child[] {
  const texts = textsIn(state.language);
  const latest = state.cards.at(-1);
  return [
    h(
      'ul',
      { class: 'chats' },
      h(
        'li',
        {},
        h(
          'button',
          { id: 'chat-messages', onclick: () => deeds.show('messages') },
          h('span', { class: 'avatar green' }, icon('bell')),
          h(
            'span',
            { class: 'lines' },
            h('strong', {}, texts.shortcuts.messages),
            h('span', { class: 'small' }, latest ? `[${titleOf(latest, state.language)}]` : texts.noCards),
          ),
          latest && h('time', {}, clockTime(latest.atMs, state)),
          state.unread > 0 && h('span', { class: 'badge' }, String(state.unread)),
        ),
      ),
      h(
        'li',
        {},
        h(
          'button',
          { id: 'chat-app', onclick: () => deeds.show('app') },
          h('span', { class: 'avatar' }, logo()),
          h(
            'span',
            { class: 'lines' },
            h('strong', {}, texts.shop(state.app)),
            h('span', { class: 'small' }, texts.chatsHint),
          ),
        ),
      ),
    ),
  ];
}

/** Cards that have just come, at the upper edge, as a phone shows notifications: the latest lies over the one before. */
export function bannersView({ banners, language }: State, deeds: Deeds): Child[] {
  const texts = textsIn(language);
  return banners.slice(0, 2).map(({ card }, depth) =>
    h(
      'button',
      {
        id: depth === 0 ? 'banner' : 'banner-below',
        class: depth === 0 ? 'latest' : 'below',
        onclick: () => deeds.show('messages'),
      },
      h('span', { class: 'avatar green' }, icon('bubbles')),
      h(
        'span',
        { class: 'lines' },
        h('span', { class: 'small' }, `${texts.wechat} · ${texts.shortcuts.messages}`),
        h('strong', {}, titleOf(card, language)),
        h('span', {}, summaryOf(card, language)),
      ),
    ),
  );
}

function summaryOf(card: State['cards'][number], language: State['language']): string {
  if (card.type === 'message') {
    const [first] = card.template.keywords;
    return SAMPLES[language].word((first && card.values[first.key]) ?? '');
  }
  const { number, current } = textsIn(language).card;
  const { queue_number: own, current_number: now } = card.content;
  return `${number} ${own} · ${current} ${now}`;
}

function clockTime(atMs: number, { language }: State): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  return new Date(atMs).toLocaleTimeString(locale, { timeStyle: 'short' });
}
