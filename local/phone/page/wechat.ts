import * as v from 'valibot';
import type { DeviceWithTicket } from '../../../miniprogram/src/subscribe-device.ts';
import { answers, type Delivery, type Received, type WeChatGrants } from './wechat-answers.ts';

async function read<S extends v.GenericSchema>(schema: S, path: string, init?: RequestInit) {
  const response = await fetch(`/wechat/_control/${path}`, init);
  return v.parse(schema, await response.json());
}

/** The appids of the mini programs, the first one first. */
export async function appids(): Promise<readonly string[]> {
  return (await read(answers.apps, 'apps')).items.map(({ appid }) => appid);
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
    newUser: async () => (await post(answers.users, 'users', { count: 1 })).openids[0] ?? '',
    templates: async () => (await get(answers.templates, 'templates')).items,
    code: async (openid: string) => (await post(answers.login, 'login', { openid })).code,
    settings: (openid: string) => get(answers.settings, 'settings', { openid }),
    change: (openid: string, change: object) => post(v.unknown(), 'settings', { openid, ...change }),
    subscribe: (openid: string, results: Readonly<Record<string, string>>, always: boolean) =>
      post(answers.popup, 'subscribe', { openid, results, always }),
    subscribeDevice: (
      openid: string,
      results: Readonly<Record<string, string>>,
      always: boolean,
      device: DeviceWithTicket,
    ) => post(answers.popup, 'subscribe-device', { openid, results, always, ...device }),
    /** As the owner's server gets it from `POST /wxa/getsnticket`. */
    deviceTicket: async (device: { readonly sn: string; readonly modelId: string }) =>
      (await post(answers.ticket, 'device-ticket', device)).snTicket,
    /** What a tap on `<button open-type="liveActivity">` gives. */
    cardCode: async (openid: string, notifyType: number) =>
      (await post(answers.login, 'card-codes', { openid, notifyType })).code,
    /** The user takes no notifications of this card any more. */
    refuseCard: (code: string) => post(v.unknown(), 'cards', { code, codeState: 10 }),
    /** How many requests have come so far, of all users. */
    receivedSoFar: async () => (await get(answers.received, 'received', { limit: '0' })).stats.total,
    received: async (after: number): Promise<readonly Received[]> =>
      (await get(answers.received, 'received', { after: String(after), limit: '100' })).items,
    deliveries: async (openid: string, after: number): Promise<readonly Delivery[]> =>
      (await get(answers.deliveries, 'deliveries', { openid, after: String(after), limit: '100' })).items,
    ledger: async (openid: string): Promise<readonly WeChatGrants[]> =>
      (await get(answers.ledger, 'ledger', { openid })).items,
  };
}

/** The simulated WeChat of one mini program. */
export type WeChat = ReturnType<typeof wechatOf>;
