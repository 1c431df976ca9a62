import * as v from 'valibot';

/** One text in both languages of the readers. */
export const bilingualText = v.object({ en: v.string(), zh: v.string() });

/** One text in both languages of the readers. */
export type BilingualText = Readonly<v.InferOutput<typeof bilingualText>>;
