/** Texts in both languages, of the same names. */
export interface Bilingual<T> {
  readonly en: T;
  readonly zh: T;
}

/** States texts: what one language has the other must have. */
export function bilingual<T>(texts: Bilingual<T>): Bilingual<T> {
  return texts;
}
