/** The languages of the console. */
export const LANGUAGES = ['zh', 'en'] as const;

/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];
