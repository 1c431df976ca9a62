import { UsageError } from '../../operate/command-line.ts';

/** What a command speaks. */
export type Language = 'en' | 'zh';

/** Of the two texts, the one in the language that was chosen. */
export type Say = (en: string, zh: string) => string;

/** The language of `--lang`, else the system's; English where the system's is neither. @throws UsageError */
export function languageOf(option: string | undefined): Language {
  if (option === 'en' || option === 'zh') return option;
  if (option !== undefined) throw new UsageError('--lang takes en or zh. --lang 只接受 en 或 zh。');
  return new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('zh') ? 'zh' : 'en';
}

/** Speaks that language. */
export function speaking(language: Language): Say {
  return (en, zh) => (language === 'zh' ? zh : en);
}
