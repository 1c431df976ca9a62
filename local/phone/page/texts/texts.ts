import { EN } from './en.ts';
import { ZH } from './zh.ts';

/** The languages that the page speaks. */
export type Language = 'zh' | 'en';
/** All words of the page in one language. */
export type Texts = typeof ZH;
/** What the mini program tells its user. */
export type Notice = keyof Texts['notices'];

/** The words of a language. */
export function textsIn(language: Language): Texts {
  return language === 'zh' ? ZH : EN;
}
