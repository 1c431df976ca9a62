import { type Child, h } from './dom.ts';
import type { State } from './state.ts';
import { type Texts, textsIn } from './texts.ts';

/** The panel beside the phone: ledgers, messages, requests. */
export function underneathView(
  state: Pick<State, 'language' | 'grants' | 'wechatGrants' | 'messages' | 'requests' | 'template'>,
): Child[] {
  const texts = textsIn(state.language);
  const ours = state.grants.find(({ templateId }) => templateId === state.template?.templateId);
  const theirs = state.wechatGrants.find(({ templateId }) => templateId === state.template?.templateId);
  const sent = theirs?.spent ?? 0;
  const revoked = theirs ? theirs.granted - theirs.spent - theirs.left : 0;
  const oursGone = ours?.spent ?? 0;
  return [
    h('h2', {}, texts.underneath),
    h('h3', {}, texts.ledger),
    h(
      'dl',
      { class: 'ledger', id: 'ledger' },
      h('dt', {}, texts.ledgerOf.ours),
      h(
        'dd',
        {},
        numbers(
          [texts.available, ours?.available ?? 0],
          [texts.held, ours?.held ?? 0],
          ...gone(texts, oursGone, Math.min(Math.max(oursGone - sent, 0), revoked)),
        ),
      ),
      h('dt', {}, texts.ledgerOf.wechat),
      h('dd', {}, numbers([texts.granted, theirs?.granted ?? 0], ...gone(texts, sent + revoked, revoked))),
    ),
    h('h3', {}, texts.messages),
    state.messages.length === 0
      ? h('p', { class: 'small' }, texts.noMessages)
      : h(
          'ul',
          { id: 'messages' },
          ...state.messages
            .slice(0, 6)
            .map(({ id, status, outcome }) =>
              h(
                'li',
                {},
                h('span', { class: `status ${status}` }, texts.status[status] ?? status),
                h('code', {}, `${id.slice(0, 12)}…`),
                outcome && h('span', { class: 'small' }, outcome.reason),
              ),
            ),
        ),
    h('h3', {}, texts.requests),
    state.requests.length === 0
      ? h('p', { class: 'small' }, texts.noRequests)
      : h(
          'ol',
          { id: 'requests' },
          ...state.requests
            .slice(0, 12)
            .map(({ atMs, way, text, ok }) =>
              h(
                'li',
                { class: ok ? way : `${way} bad` },
                h('time', {}, new Date(atMs).toTimeString().slice(0, 8)),
                h('span', { class: 'way' }, texts[way]),
                h('code', {}, text),
              ),
            ),
        ),
  ];
}

/** What is no longer there: spent on messages, or revoked when the user turned the template off. */
function gone(texts: Texts, count: number, revoked: number): (readonly [string, number])[] {
  const spent: readonly [string, number] = [texts.spent, count - revoked];
  if (revoked === 0) return [spent];
  return [...(count > revoked ? [spent] : []), [texts.revoked, revoked]];
}

function numbers(...pairs: readonly (readonly [string, number])[]): HTMLElement {
  return h(
    'span',
    {},
    ...pairs.map(([label, count]) => h('span', { class: 'number' }, h('b', {}, String(count)), ` ${label}`)),
  );
}
