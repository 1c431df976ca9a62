import * as v from 'valibot';
import { buildDelivery, type DeliveryParts, type DeliveryRequest } from './build-delivery.ts';
import { aesKeySchema, type Callback, PUSH_FORMATS, PUSH_MODES, tokenSchema } from './callback.ts';
import type { PushMessage } from './push-message.ts';

/** What may be other than the account has it. */
export const forgerySchema = v.strictObject({
  /** Signed with this token. */
  token: v.exactOptional(tokenSchema),
  /** Encrypted with this key. */
  aesKey: v.exactOptional(aesKeySchema),
  /** Encrypted for this mini program. */
  appId: v.exactOptional(v.string()),
  mode: v.exactOptional(v.picklist(PUSH_MODES)),
  format: v.exactOptional(v.picklist(PUSH_FORMATS)),
  /** Signed that long ago; negative: in the future. */
  agedMs: v.exactOptional(v.number()),
  /** Put in place of the body once that was signed. */
  body: v.exactOptional(v.string()),
  /** Put in place of values of the query; an empty text takes one away. */
  query: v.exactOptional(v.record(v.string(), v.string())),
});

/** How a delivery differs from one that WeChat would make; nothing of it: not at all. */
export type Forgery = Readonly<v.InferOutput<typeof forgerySchema>>;

/** The delivery with what is wrong with it, and the callback settings that it followed. */
export function forgeDelivery(
  message: PushMessage,
  parts: DeliveryParts,
  { agedMs = 0, appId = parts.appId, body, query = {}, ...settings }: Forgery,
): { readonly request: DeliveryRequest; readonly followed: Callback } {
  const followed = { ...parts.callback, ...settings };
  const honest = buildDelivery(message, { ...parts, callback: followed, appId, nowMs: parts.nowMs - agedMs });
  const url = new URL(honest.url);
  for (const [name, value] of Object.entries(query)) {
    if (value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return { request: { ...honest, url: url.href, ...(body !== undefined && { body }) }, followed };
}
