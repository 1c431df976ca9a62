import type { Bilingual } from './bilingual.ts';
import { usePreferences } from './preferences/preferences.tsx';

/** The texts in the chosen language. */
export function useTexts<T>(texts: Bilingual<T>): T {
  return texts[usePreferences().language];
}
