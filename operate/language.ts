import type { BilingualText } from '../lib/bilingual-text.ts';

/** What a command speaks. */
export type Language = 'en' | 'zh';

/** Of the two texts, the one in the language of this run. */
export type Say = (en: string, zh: string) => string;

/** The value that a command line gives to an option: the last one, before `--` ends the options. */
export function givenValue(args: readonly string[], option: string): string | undefined {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.findLastIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  return options[at] === option ? options[at + 1] : options[at]?.slice(option.length + 1);
}

/** A command line without an option that takes a value. */
export function withoutOption(args: readonly string[], option: string): string[] {
  const end = args.indexOf('--');
  return args.filter((arg, at) => {
    if (end >= 0 && at > end) return true;
    return arg !== option && args[at - 1] !== option && !arg.startsWith(`${option}=`);
  });
}

/** The language that the command line asks for by `--lang`, else the system's; English where the system's is neither. */
export function languageOf(args: readonly string[], locale: string): Language {
  const asked = givenValue(args, '--lang');
  if (asked === 'en' || asked === 'zh') return asked;
  return locale.startsWith('zh') ? 'zh' : 'en';
}

const { locale } = new Intl.DateTimeFormat().resolvedOptions();

/** A process speaks one language from its beginning, its constants included. */
export const language = languageOf(process.argv.slice(2), locale);

/** Of the two texts, the one in the language of this process. */
export const say: Say = (en, zh) => (language === 'zh' ? zh : en);

/** The same of a text that has both. */
export function inLanguage({ en, zh }: BilingualText): string {
  return say(en, zh) || en;
}

/** Words after one another, as the language writes them: with a space or with none. */
export function listed(words: readonly string[]): string {
  return words.join(say(', ', '、'));
}
