import * as v from 'valibot';
import type { Banner, Card, MessageCard, ServiceCard, State } from '../state.ts';
import type { Received, Template } from '../wechat-answers.ts';

const content = v.pipe(v.string(), v.parseJson(), v.looseObject({ cur_status: v.number() }));
const change = v.object({ notify_code: v.string(), content_json: content });
const values = v.record(v.string(), v.object({ value: v.string() }));

/** What a user's list of service notifications is after these requests, and what shows as a banner. */
export function cardsAfter(
  { cards: before, templates, refused }: Pick<State, 'cards' | 'templates' | 'refused'>,
  received: readonly Received[],
): { readonly cards: readonly Card[]; readonly banners: readonly Banner[] } {
  let cards = before;
  const banners: Banner[] = [];
  for (const request of received.filter(({ accepted }) => accepted)) {
    const known = cards;
    const card = messageCard(request, templates) ?? serviceCard(request, known);
    if (!card || refused.includes(card.id)) continue;
    cards = [...known.filter(({ id }) => id !== card.id), card];
    // WeChat decides which changes notify: here each new state does.
    const earlier = known.find(({ id }) => id === card.id);
    if (
      earlier?.type === 'service' &&
      card.type === 'service' &&
      earlier.states.length === card.states.length
    )
      continue;
    banners.push({ key: String(request.number), card });
  }
  return { cards, banners };
}

function messageCard(request: Received, templates: readonly Template[]): MessageCard | undefined {
  if (request.call !== 'send' && request.call !== 'device-send') return undefined;
  const template = templates.find(({ templateId }) => templateId === request.templateId);
  const data = v.safeParse(values, request.data);
  if (!template || !data.success) return undefined;
  return {
    type: 'message',
    id: String(request.number),
    template,
    values: Object.fromEntries(Object.entries(data.output).map(([key, { value }]) => [key, value])),
    atMs: request.startedAtMs,
  };
}

function serviceCard(request: Received, known: readonly Card[]): ServiceCard | undefined {
  if (request.call !== 'set-card') return undefined;
  const parsed = v.safeParse(change, request.data);
  if (!parsed.success) return undefined;
  const { notify_code: id, content_json: now } = parsed.output;
  const earlier = known.find((card) => card.id === id);
  const states = earlier?.type === 'service' ? earlier.states : [];
  return {
    type: 'service',
    id,
    content: now,
    states: states.at(-1) === now.cur_status ? states : [...states, now.cur_status],
    atMs: request.startedAtMs,
  };
}
