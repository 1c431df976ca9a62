import { type Child, h } from './dom.ts';
import type { State } from './state.ts';
import { textsIn } from './texts.ts';

/** The panel beside the phone: ledgers, messages, requests. */
export function underneathView(
  state: Pick<State, 'language' | 'grants' | 'wechatGrants' | 'messages' | 'requests' | 'template'>,
): Child[] {
  const texts = textsIn(state.language);
  const ours = state.grants.find(({ templateId }) => templateId === state.template?.templateId);
  const theirs = state.wechatGrants.find(({ templateId }) => templateId === state.template?.templateId);
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
          [texts.spent, ours?.spent ?? 0],
        ),
      ),
      h('dt', {}, texts.ledgerOf.wechat),
      h('dd', {}, numbers([texts.granted, theirs?.granted ?? 0], [texts.spent, theirs?.spent ?? 0])),
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

function numbers(...pairs: readonly (readonly [string, number])[]): HTMLElement {
  return h(
    'span',
    {},
    ...pairs.map(([label, count]) => h('span', { class: 'number' }, h('b', {}, String(count)), ` ${label}`)),
  );
}
