import * as v from 'valibot';

/** A template as the popup and the cards show it. */
export interface Template {
  readonly templateId: string;
  readonly title: string;
  readonly keywords: readonly { readonly key: string; readonly label: string; readonly example: string }[];
}

/** WeChat's settings page: the main switch, and the choices that are kept. */
export interface Settings {
  readonly mainSwitch: boolean;
  readonly itemSettings: Readonly<Record<string, string>>;
}

const templates = v.object({
  items: v.array(
    v.object({
      templateId: v.string(),
      title: v.string(),
      keywords: v.array(v.object({ key: v.string(), label: v.string(), example: v.string() })),
    }),
  ),
});
const settings = v.object({
  mainSwitch: v.optional(v.boolean(), true),
  itemSettings: v.optional(v.record(v.string(), v.string()), {}),
});
const apps = v.object({ items: v.array(v.object({ appid: v.string() })) });
const users = v.object({ openids: v.array(v.string()) });
const login = v.object({ code: v.string() });
const answers = v.record(v.string(), v.unknown());
const received = v.object({
  items: v.array(
    v.object({
      number: v.number(),
      call: v.string(),
      startedAtMs: v.number(),
      openid: v.optional(v.string()),
      templateId: v.optional(v.string()),
      data: v.optional(v.record(v.string(), v.object({ value: v.string() })), {}),
      errcode: v.optional(v.number()),
      accepted: v.optional(v.boolean(), false),
    }),
  ),
});
const deliveries = v.object({
  items: v.array(
    v.object({ startedAtMs: v.number(), event: v.optional(v.string()), openid: v.optional(v.string()) }),
  ),
});
const ledger = v.object({
  items: v.array(
    v.object({ templateId: v.string(), granted: v.number(), spent: v.number(), left: v.number() }),
  ),
});

/** A request that the simulated WeChat has received. */
export type Received = v.InferOutput<typeof received>['items'][number];
/** An event that it has pushed. */
export type Delivery = v.InferOutput<typeof deliveries>['items'][number];
/** Its own grants of a template. */
export type WeChatGrants = v.InferOutput<typeof ledger>['items'][number];

async function read<S extends v.GenericSchema>(schema: S, path: string, init?: RequestInit) {
  const response = await fetch(`/wechat/_control/${path}`, init);
  return v.parse(schema, await response.json());
}

/** The appids of the mini programs, the first one first. */
export async function appids(): Promise<readonly string[]> {
  return (await read(apps, 'apps')).items.map(({ appid }) => appid);
}

/** The simulated WeChat behind its control routes, for one user of one mini program. */
export function wechatOf(appid: string) {
  const get = <S extends v.GenericSchema>(schema: S, path: string, query: Record<string, string> = {}) =>
    read(schema, `${path}?${new URLSearchParams({ appid, ...query })}`);
  const post = <S extends v.GenericSchema>(schema: S, path: string, body: object) =>
    read(schema, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appid, ...body }),
    });
  return {
    newUser: async () => (await post(users, 'users', { count: 1 })).openids[0] ?? '',
    templates: async (): Promise<readonly Template[]> => (await get(templates, 'templates')).items,
    code: async (openid: string) => (await post(login, 'login', { openid })).code,
    settings: (openid: string): Promise<Settings> => get(settings, 'settings', { openid }),
    change: (openid: string, change: object) => post(v.unknown(), 'settings', { openid, ...change }),
    subscribe: (openid: string, results: Readonly<Record<string, string>>, always: boolean) =>
      post(answers, 'subscribe', { openid, results, always }),
    received: async (after: number): Promise<readonly Received[]> =>
      (await get(received, 'received', { after: String(after), limit: '100' })).items,
    deliveries: async (openid: string): Promise<readonly Delivery[]> =>
      (await get(deliveries, 'deliveries', { openid, limit: '100' })).items,
    ledger: async (openid: string): Promise<readonly WeChatGrants[]> =>
      (await get(ledger, 'ledger', { openid })).items,
  };
}

/** The simulated WeChat of one mini program. */
export type WeChat = ReturnType<typeof wechatOf>;
