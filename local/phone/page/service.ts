import * as v from 'valibot';
import { APP_HEADER, WATCHING_HEADER } from '../../stack/observation.ts';
import { KEY } from './addresses.ts';

const grants = v.object({
  items: v.array(
    v.object({
      templateId: v.string(),
      available: v.nullable(v.number()),
      subscribed: v.optional(v.boolean()),
      held: v.number(),
      spent: v.number(),
    }),
  ),
});
const messages = v.object({
  items: v.array(
    v.looseObject({
      id: v.string(),
      templateId: v.string(),
      status: v.string(),
      sendAt: v.string(),
      createdAt: v.string(),
      outcome: v.optional(v.looseObject({ reason: v.string() })),
    }),
  ),
});
const cards = v.object({
  items: v.array(
    v.looseObject({
      id: v.string(),
      notifyType: v.number(),
      status: v.string(),
      changing: v.boolean(),
      createdAt: v.string(),
      outcome: v.optional(v.looseObject({ reason: v.string() })),
    }),
  ),
});

/** What the service's ledger says of one template, or of one device of it. */
export type OurGrants = v.InferOutput<typeof grants>['items'][number];
/** A message as the service shows it. */
export type OurMessage = v.InferOutput<typeof messages>['items'][number];
/** A service card as the service shows it. */
export type OurCard = v.InferOutput<typeof cards>['items'][number];

/** The service as the operator of one mini program sees it. */
export function serviceOf(appid: string) {
  const headers = { authorization: `Bearer ${KEY}`, [APP_HEADER]: appid, [WATCHING_HEADER]: 'phone' };
  async function get<S extends v.GenericSchema>(schema: S, path: string): Promise<v.InferOutput<S>> {
    const response = await fetch(`/api/v1/${path}`, { headers });
    return v.parse(schema, await response.json());
  }
  return {
    grants: async (openid: string): Promise<readonly OurGrants[]> =>
      (await get(grants, `grants?openid=${openid}`)).items,
    messages: async (openid: string): Promise<readonly OurMessage[]> =>
      (await get(messages, `messages?openid=${openid}&limit=20`)).items,
    cards: async (openid: string): Promise<readonly OurCard[]> =>
      (await get(cards, `cards?openid=${openid}`)).items,
  };
}

/** The service for one mini program. */
export type Service = ReturnType<typeof serviceOf>;
