import * as v from 'valibot';
import type { Deeds } from '../deeds/deeds.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Card, MessageCard, Page, ServiceCard, State } from '../state.ts';
import { SAMPLES } from '../texts/samples.ts';
import { type Language, textsIn } from '../texts/texts.ts';
import type { Texts } from '../texts/zh.ts';
import type { Template } from '../wechat-answers.ts';
import { shopLine } from './shop.ts';

/** A card in the list of service notifications, with its time above it. */
export function cardView(card: Card, { language, app }: State, deeds: Deeds): HTMLElement {
  const texts = textsIn(language);
  const opens: Page = card.type === 'service' ? 'queue' : pageOf(card);
  return h(
    'article',
    { class: `card ${card.type}`, 'data-id': card.id },
    h(
      'header',
      {},
      shopLine(app, texts),
      h(
        'button',
        {
          class: 'bare card-menu',
          'aria-label': texts.cardMenu,
          onclick: () => deeds.openMenu({ cardId: card.id }),
        },
        icon('dots'),
      ),
    ),
    ...(card.type === 'message' ? messageParts(card, language) : serviceParts(card, texts)),
    h('button', { class: 'enter', onclick: () => deeds.turnTo(opens) }, texts.enter, icon('forward')),
  );
}

/** What a card is headed by. */
export function titleOf(card: Card, language: Language): string {
  if (card.type === 'message') return SAMPLES[language].word(card.template.title);
  const { states, other } = textsIn(language).card;
  return states[card.states.at(-1) ?? 0] ?? other;
}

/** The fields of a message in the template's order. */
export function fieldsOf(
  { keywords }: Template,
  values: Readonly<Record<string, string>>,
  language: Language,
): HTMLElement {
  const { word } = SAMPLES[language];
  return h(
    'dl',
    {},
    ...keywords.flatMap(({ key, label }) => {
      const value = values[key];
      return value === undefined ? [] : [h('dt', {}, word(label)), h('dd', {}, word(value))];
    }),
  );
}

function messageParts(card: MessageCard, language: Language): Child[] {
  return [h('h2', {}, titleOf(card, language)), fieldsOf(card.template, card.values, language)];
}

const content = v.object({
  queue_number: v.optional(v.string(), ''),
  current_number: v.optional(v.string(), ''),
  min_wait_time: v.optional(v.number()),
  max_wait_time: v.optional(v.number()),
  table_type: v.optional(v.string()),
});

/** A restaurant's queue: its state, the numbers large, the wait by the rule of WeChat's page. */
function serviceParts(card: ServiceCard, { card: texts, ...all }: Texts): Child[] {
  const now = v.parse(content, card.content);
  const { min_wait_time: from, max_wait_time: to, table_type: table } = now;
  const big = (label: string, value: string) =>
    h('div', {}, h('span', { class: 'small' }, label), h('strong', {}, value));
  return [
    h('p', { class: 'kind' }, `${texts.kind} · ${all.restaurant}`),
    h('h2', {}, texts.states[card.states.at(-1) ?? 0] ?? texts.other),
    h(
      'div',
      { class: 'numbers' },
      big(texts.number, now.queue_number),
      big(texts.current, now.current_number),
    ),
    h(
      'ol',
      { class: 'steps' },
      ...Object.entries(texts.states).map(([status, label]) =>
        h('li', { class: card.states.includes(Number(status)) ? 'done' : 'ahead' }, label),
      ),
    ),
    h(
      'dl',
      {},
      ...(table === undefined ? [] : [h('dt', {}, texts.table), h('dd', {}, texts.tables[table] ?? table)]),
      ...(from === undefined || to === undefined
        ? []
        : [h('dt', {}, texts.wait), h('dd', {}, texts.minutes(from / 60, to / 60))]),
    ),
  ];
}

function pageOf({ template }: MessageCard): Page {
  return template.kind === 'device' ? 'device' : 'booking';
}
