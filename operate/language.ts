import type { BilingualText } from '../lib/bilingual-text.ts';

/** What a command speaks. */
export type Language = 'en' | 'zh';

/** Of the two texts, the one in the language of this run. */
export type Say = (en: string, zh: string) => string;

/** The language that the command line asks for by `--lang`, else the system's; English where the system's is neither. */
export function languageOf(args: readonly string[], locale: string): Language {
  const at = args.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const asked = args[at]?.startsWith('--lang=') ? args[at].slice('--lang='.length) : args[at + 1];
  if (at >= 0 && (asked === 'en' || asked === 'zh')) return asked;
  return locale.startsWith('zh') ? 'zh' : 'en';
}

/** A process speaks one language from its beginning, as it has one time zone. */
export const language = languageOf(process.argv.slice(2), new Intl.DateTimeFormat().resolvedOptions().locale);

/** Of the two texts, the one in the language of this process. */
export const say: Say = (en, zh) => (language === 'zh' ? zh : en);

/** The same of a text that has both. */
export function inLanguage({ en, zh }: BilingualText): string {
  return say(en, zh);
}
