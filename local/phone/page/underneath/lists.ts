import { addresses, KEY } from '../addresses.ts';
import { curlOf } from '../curl.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Row } from '../rows.ts';
import type { OurCard, OurMessage } from '../service.ts';
import { SAMPLES } from '../texts/samples.ts';
import { type Language, textsIn } from '../texts/texts.ts';
import type { Texts } from '../texts/zh.ts';
import type { Template } from '../wechat-answers.ts';
import { block, copyButton } from './blocks.ts';

/** What needs no reason. */
const GOOD: readonly string[] = ['sent', 'delivered', 'active'];

/** Something in a list, and the language to show it in. */
export interface Shown<T> {
  readonly key: string;
  readonly language: Language;
  readonly of: T;
}

/** A call or an event; opened, it shows what was asked, what was answered and what it means. */
export function rowView({ key, language, of: row }: Shown<Row>): HTMLElement {
  const texts = textsIn(language);
  const [from, to] = texts.ways[row.way];
  const isOpen = row.end === undefined;
  return h(
    'li',
    { class: row.ok === false ? `${row.way} bad` : row.way },
    h(
      'details',
      {},
      h(
        'summary',
        { id: `row-${key}` },
        h('time', {}, clockTime(row.atMs)),
        h('span', { class: 'way' }, from, icon('arrow'), to),
        h('code', {}, shortened(row.name)),
        h('span', { class: 'end' }, isOpen ? texts.underWay : row.end || texts.noAnswer),
      ),
      h('p', {}, texts.calls[withoutIds(row.name)] ?? ''),
      row.request !== undefined && block(texts.request, row.request),
      row.answer !== undefined && block(texts.answer, row.answer),
      row.curl !== undefined && commandView(row.curl, texts),
    ),
  );
}

/** A message by its title and time; opened, it shows all that the service tells of it. */
export function messageView(
  shown: Shown<{ message: OurMessage; template: Template | undefined }>,
): HTMLElement {
  const { message, template } = shown.of;
  const title = SAMPLES[shown.language].word(template?.title ?? message.templateId);
  return itemView(shown, message, title, `/v1/messages/${message.id}`);
}

/** A service card by its kind and time. */
export function ourCardView(shown: Shown<OurCard>): HTMLElement {
  const { id } = shown.of;
  return itemView(shown, shown.of, textsIn(shown.language).card.kind, `/v1/cards/${id}`);
}

function itemView(
  { key, language }: Shown<unknown>,
  item: OurMessage | OurCard,
  title: string,
  path: string,
): HTMLElement {
  const texts = textsIn(language);
  const { status, createdAt, outcome } = item;
  const url = addresses.api + path;
  return h(
    'li',
    {},
    h(
      'details',
      {},
      h(
        'summary',
        { id: `item-${key}` },
        h('time', {}, clockTime(Date.parse(createdAt))),
        h('span', { class: 'title' }, title),
        h('span', { class: `status ${status}` }, texts.status[status] ?? status),
        outcome && !GOOD.includes(status) && h('code', {}, outcome.reason),
      ),
      block(`GET ${path}`, item),
      commandView(curlOf({ method: 'GET', url, headers: { authorization: `Bearer ${KEY}` } }), texts),
    ),
  );
}

function commandView(curl: string, texts: Texts): HTMLElement {
  return h('div', {}, copyButton(curl, texts), block(texts.command, curl));
}

/** A path with its long ids cut. */
function shortened(name: string): string {
  return name.replace(/\/([^/?\s]{14})[^/?\s]{8,}/g, '/$1…');
}

/** The name by which a call's meaning is known. */
function withoutIds(name: string): string {
  return name
    .replace(/\?.*$/, '')
    .replace(/^(GET \/v1\/templates|PUT \/v1\/templates|PATCH \/v1\/cards)\/[^/]+/, '$1/{id}');
}

function clockTime(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
