import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Texts } from '../texts/zh.ts';

/** The round picture of the mini program. */
export function logo(): HTMLElement {
  return h('span', { class: 'logo' }, icon('cross'));
}

/** Picture and name of the mini program, as they stand above what is of it. */
export function shopLine(app: number, texts: Texts, ...more: readonly Child[]): HTMLElement {
  return h('div', { class: 'from' }, logo(), h('span', {}, texts.shop(app)), ...more);
}
