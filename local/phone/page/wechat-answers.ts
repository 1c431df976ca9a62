import * as v from 'valibot';

/** What the control routes of the simulated WeChat answer, as far as the page looks at it. */
export const answers = {
  templates: v.object({
    items: v.array(
      v.object({
        templateId: v.string(),
        title: v.string(),
        kind: v.string(),
        modelId: v.optional(v.string()),
        keywords: v.array(v.object({ key: v.string(), label: v.string(), example: v.string() })),
      }),
    ),
  }),
  settings: v.object({
    mainSwitch: v.optional(v.boolean(), true),
    itemSettings: v.optional(v.record(v.string(), v.string()), {}),
  }),
  apps: v.object({ items: v.array(v.object({ appid: v.string() })) }),
  users: v.object({ openids: v.array(v.string()) }),
  login: v.object({ code: v.string() }),
  popup: v.record(v.string(), v.unknown()),
  ticket: v.object({ snTicket: v.string() }),
  received: v.object({
    stats: v.object({ total: v.number() }),
    items: v.array(
      v.looseObject({
        number: v.number(),
        call: v.string(),
        method: v.string(),
        path: v.string(),
        startedAtMs: v.number(),
        openid: v.optional(v.string()),
        templateId: v.optional(v.string()),
        data: v.optional(v.record(v.string(), v.unknown()), {}),
        device: v.optional(v.object({ sn: v.string(), modelId: v.string() })),
        errcode: v.optional(v.number()),
        answer: v.optional(v.string()),
        endedAtMs: v.optional(v.number()),
        accepted: v.optional(v.boolean(), false),
      }),
    ),
  }),
  deliveries: v.object({
    items: v.array(
      v.object({
        number: v.number(),
        startedAtMs: v.number(),
        event: v.optional(v.string()),
        openid: v.optional(v.string()),
        told: v.optional(v.unknown()),
        outcome: v.optional(v.string()),
        answer: v.optional(v.string()),
      }),
    ),
  }),
  ledger: v.object({
    items: v.array(
      v.object({
        templateId: v.string(),
        granted: v.number(),
        spent: v.number(),
        left: v.number(),
        subscribed: v.boolean(),
      }),
    ),
  }),
};

/** A template as the popup and the cards show it. */
export type Template = v.InferOutput<typeof answers.templates>['items'][number];
/** WeChat's settings page: the main switch, and the choices that are kept. */
export type Settings = v.InferOutput<typeof answers.settings>;
/** A request that the simulated WeChat has received. */
export type Received = v.InferOutput<typeof answers.received>['items'][number];
/** An event that it has pushed. */
export type Delivery = v.InferOutput<typeof answers.deliveries>['items'][number];
/** Its own grants of a template. */
export type WeChatGrants = v.InferOutput<typeof answers.ledger>['items'][number];
