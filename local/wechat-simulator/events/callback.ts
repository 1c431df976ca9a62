import * as v from 'valibot';

/** How messages are protected (WeChat contract §6.2). */
export const PUSH_MODES = ['plaintext', 'compatible', 'safe'] as const;
/** How messages are written. */
export const PUSH_FORMATS = ['xml', 'json'] as const;

/** WeChat's "Token". */
export const tokenSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9]{3,32}$/, 'Give 3 to 32 letters and digits.'),
);
/** WeChat's "EncodingAESKey". */
export const aesKeySchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{43}$/, 'Give 43 letters and digits.'));

const url = v.pipe(v.string(), v.url('Give an address such as http://127.0.0.1:3000/v1/wechat/events.'));
const mode = v.picklist(PUSH_MODES);
const format = v.picklist(PUSH_FORMATS);

/** What the account's admin sets for message push (WeChat contract §6.1). */
export const callbackSchema = v.strictObject({
  url,
  token: tokenSchema,
  aesKey: aesKeySchema,
  mode: v.optional(mode, 'safe'),
  format: v.optional(format, 'json'),
});

/** A change of some of it. */
export const callbackChangesSchema = v.strictObject({
  url: v.exactOptional(url),
  token: v.exactOptional(tokenSchema),
  aesKey: v.exactOptional(aesKeySchema),
  mode: v.exactOptional(mode),
  format: v.exactOptional(format),
});

/** Some of what the admin sets. */
export type CallbackChanges = Readonly<v.InferOutput<typeof callbackChangesSchema>>;

/** Where messages are pushed and how. */
export type Callback = Readonly<v.InferOutput<typeof callbackSchema>>;

/** A callback as listed, without its token and key. */
export type ListedCallback = Pick<Callback, 'url' | 'mode' | 'format'>;

/** Leaves out what is secret. */
export function listedCallback({ url, mode, format }: Callback): ListedCallback {
  return { url, mode, format };
}
