import { type Child, h } from '../dom.ts';
import { type State, templateOf } from '../state.ts';
import { textsIn } from '../texts/texts.ts';
import type { Texts } from '../texts/zh.ts';

/** The grants of the template that the page of the mini program works with, in both ledgers. */
export function ledgerView(
  state: Pick<State, 'language' | 'grants' | 'wechatGrants' | 'templates' | 'page'>,
): Child[] {
  const texts = textsIn(state.language);
  const template = templateOf(state.page, state.templates);
  if (!template) return [h('p', { class: 'small' }, texts.noGrant)];
  const ours = state.grants.find(({ templateId }) => templateId === template.templateId);
  const theirs = state.wechatGrants.find(({ templateId }) => templateId === template.templateId);
  const numbers =
    template.kind === 'one-time' ? countsOf(ours, theirs, texts) : subscriptions(ours, theirs, texts);
  return [
    h(
      'dl',
      { class: 'ledger', id: 'ledger' },
      h('dt', {}, texts.ledgerOf.ours),
      h('dd', {}, ...numbers.ours),
      h('dt', {}, texts.ledgerOf.wechat),
      h('dd', {}, ...numbers.wechat),
    ),
  ];
}

type Ours = State['grants'][number] | undefined;
type Theirs = State['wechatGrants'][number] | undefined;

function countsOf(ours: Ours, theirs: Theirs, texts: Texts) {
  const sent = theirs?.spent ?? 0;
  const revoked = theirs ? theirs.granted - theirs.spent - theirs.left : 0;
  const oursGone = ours?.spent ?? 0;
  return {
    ours: [
      number(ours?.available ?? 0, texts.available),
      number(ours?.held ?? 0, texts.held),
      ...gone(texts, oursGone, Math.min(Math.max(oursGone - sent, 0), revoked)),
    ],
    wechat: [number(theirs?.granted ?? 0, texts.granted), ...gone(texts, sent + revoked, revoked)],
  };
}

function subscriptions(ours: Ours, theirs: Theirs, texts: Texts) {
  return {
    ours: [h('span', {}, texts.subscribed(ours?.subscribed ?? false))],
    wechat: [
      h('span', { class: 'number' }, texts.subscribed(theirs?.subscribed ?? false)),
      number(theirs?.spent ?? 0, texts.sentCount),
    ],
  };
}

/** What is no longer there: spent on messages, or revoked when the user turned the template off. */
function gone(texts: Texts, count: number, revoked: number): HTMLElement[] {
  const spent = number(count - revoked, texts.spent);
  if (revoked === 0) return [spent];
  return [...(count > revoked ? [spent] : []), number(revoked, texts.revoked)];
}

function number(count: number, label: string): HTMLElement {
  return h('span', { class: 'number' }, h('b', {}, String(count)), ` ${label}`);
}
