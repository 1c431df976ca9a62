import type { DoubtPattern } from './value-doubt.ts';

/** A digit as a keyboard writes it, half-width or full-width. */
export const NUMERAL = /[0-9０-９]/;

const D = NUMERAL.source;
const SIGN = '[-+−－＋]';
const DECIMALS = `(?:[.．]${D}*)?`;

/** A number, also with a sign or with commas between thousands. */
export const NUMBER = new RegExp(`^${SIGN}?(?=.*${D})(?:${D}{1,3}(?:[,，]${D}{3})+|${D}*)${DECIMALS}$`, 'u');

/** Up to ten digits before the point, with one currency sign before or after them. */
export const AMOUNT = new RegExp(
  `^(?=.*${D})(?!.*\\p{Sc}.*\\p{Sc})(?:${SIGN}?\\s{0,3}\\p{Sc}?|\\p{Sc}\\s{0,3}${SIGN})\\s{0,3}` +
    `(?:${D}{1,3}(?:[,，]${D}{3}){1,2}|${D}(?:[,，]${D}{3}){3}|${D}{0,10})${DECIMALS}\\s{0,3}(?:元|\\p{Sc})?$`,
  'u',
);

/** What a number may have that WeChat's rule does not name. */
export const NUMBER_DOUBTS: readonly DoubtPattern[] = [
  ['sign', /[-+−－＋]/],
  ['thousands-separator', /[,，]/],
  ['full-width', /[０-９．]/],
  ['decimal-point', /^\.|\.$/],
];

/** What an amount may have that WeChat's rule does not name. */
export const AMOUNT_DOUBTS: readonly DoubtPattern[] = [
  ['sign', /[-+−－＋]/],
  ['currency-sign', /(?![¥￥$€£])\p{Sc}|\p{Sc}$/u],
  ['thousands-separator', /[,，]/],
  ['full-width', /[０-９．]/],
  ['many-decimals', /\.\d{3}/],
  ['decimal-point', /(?:^|\D)\.|\.(?:\D|$)/],
  ['white-space', /\s/],
];
