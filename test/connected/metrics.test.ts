import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Measurement } from '../../lib/metrics.ts';
import { createRuntime } from '../../lib/runtime/runtime.ts';
import { openWeChat, sendCall } from '../../lib/runtime/wechat.ts';
import { createTokenSender } from '../../lib/sends/send-with-token.ts';
import { SAMPLE_TEMPLATES, startWeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, QUIET } from '../contract/running-service.ts';
import { useTable } from '../support/dynamodb.ts';

const table = await useTable();
const wechat = await startWeChatSimulator({ templates: SAMPLE_TEMPLATES });
afterAll(() => wechat.close());

const measured: Measurement[] = [];
beforeEach(() => {
  measured.length = 0;
  wechat.clearFaults();
});

/** A sender of an appid that the table knows no token of. */
function useSender(appSecret = wechat.appSecret) {
  const settings = {
    app: { appId: wechat.appId },
    wechat: { apiBaseUrl: wechat.url, appSecret, tokenMode: 'stable' as const },
  };
  const base = createRuntime({ logger: QUIET });
  const line = openWeChat(settings, { ...table, appId: `${wechat.appId}-${appSecret}` }, base);
  const measure = (measurement: Measurement) => void measured.push(measurement);
  const sender = createTokenSender({ ...base, measure, tokens: line.tokens, ...sendCall(line) });
  return { sender, close: () => line.close() };
}

const message = (openid: string) => ({
  openid,
  ...PRICE_DROP,
  miniprogramState: 'formal' as const,
  lang: 'zh_CN' as const,
});

describe('what a sender measures of WeChat', () => {
  test.each([45009, 43101, 47003])('errcode %i of a send', async (errcode) => {
    const { sender, close } = useSender();
    const openid = wechat.createUser();
    wechat.addFault({ call: 'send', kind: 'errcode', errcode, openid });
    await sender.send(message(openid));
    expect(measured).toEqual([
      { name: 'WeChatErrors', values: [1], dimensions: { Errcode: String(errcode) } },
    ]);
    await close();
  });

  test('a refused token, though the repeated call goes through', async () => {
    const { sender, close } = useSender();
    const openid = wechat.createUser();
    wechat.subscribe({ openid, results: { [PRICE_DROP.templateId]: 'accept' } });
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 40001, openid });
    expect(await sender.send(message(openid))).toMatchObject({ errcode: 0 });
    expect(measured).toEqual([{ name: 'WeChatErrors', values: [1], dimensions: { Errcode: '40001' } }]);
    await close();
  });

  test('nothing of what WeChat accepts', async () => {
    const { sender, close } = useSender();
    const openid = wechat.createUser();
    wechat.subscribe({ openid, results: { [PRICE_DROP.templateId]: 'accept' } });
    expect(await sender.ready()).toBe(true);
    await sender.send(message(openid));
    expect(measured).toEqual([]);
    await close();
  });

  test('that no access token can be had, with WeChat’s reason', async () => {
    const { sender, close } = useSender('f'.repeat(32));
    expect(await sender.ready()).toBe(false);
    expect(await sender.send(message(wechat.createUser()))).toMatchObject({ type: 'no-token' });
    expect(measured).toEqual(
      ['40125', '40125'].map((Errcode) => ({
        name: 'TokenUnavailable',
        values: [1],
        dimensions: { Errcode },
      })),
    );
    await close();
  });
});
