import { EN } from './en.ts';
import { type Texts, ZH } from './zh.ts';

/** The languages that the page speaks. */
export type Language = 'zh' | 'en';
/** What the mini program tells its user. */
export type Notice = keyof Texts['notices'];

/** The words of a language. */
export function textsIn(language: Language): Texts {
  return language === 'zh' ? ZH : EN;
}
