import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import type { Qingniao } from '../../miniprogram/src/index.ts';
import { openMiniApp, type ShownPage } from './mini-app.ts';

/** Waits for as long as a busy machine may take. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const { sample } = inject('installed');
const PAGE = 'pages/booking/index';
const templateId = 'appointment_zznh6QxLmYCL1PjbDFwMnQ6e6nph5nT';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    logger: quiet,
    dispatchEverySeconds: 0,
    settings: { USER_SENDABLE_TEMPLATES: '*' },
  });
});
afterAll(() => stack.close());

const original = readFileSync(join(sample, 'config.js'), 'utf8');
let shown: ShownPage | undefined;
afterEach(() => shown?.body.remove());

/** The sample as its user sees it, with the addresses of the running service; `allow` is what they tap in the popup. */
function open() {
  const openid = stack.wechat!.createUser();
  const config = original
    .replace('http://127.0.0.1:3000', stack.apiUrl)
    .replace('http://127.0.0.1:3100', stack.wechatUrl!)
    .replace(/openid: '[^']+'/, `openid: '${openid}'`);
  expect(config).not.toMatch(/:3[01]00'/);
  writeFileSync(join(sample, 'config.js'), config);
  const storage = new Map<string, unknown>();
  const user = { allow: true, online: true, dialogs: [] as string[] };
  const wx = {
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => void storage.set(key, structuredClone(value)),
    getAppBaseInfo: () => ({ SDKVersion: '3.12.1' }),
    getDeviceInfo: () => ({ platform: 'devtools' }),
    getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }),
    onNetworkStatusChange: () => undefined,
    getSetting: ({ success }: { success(answer: object): void }) =>
      success({ subscriptionsSetting: stack.wechat!.settings(openid) }),
    showModal({ content, success }: { content: string; success(answer: { confirm: boolean }): void }) {
      user.dialogs.push(content);
      success({ confirm: user.allow });
    },
    async request(options: {
      url: string;
      method: string;
      data?: Record<string, string>;
      header?: Record<string, string>;
      success(answer: object): void;
      fail(error: object): void;
    }) {
      const { url, method, data, header, success, fail } = options;
      if (!user.online) return fail({ errMsg: 'request:fail' });
      const query = method === 'GET' && data ? `?${new URLSearchParams(data)}` : '';
      const response = await fetch(query.length > 1 ? url + query : url, {
        method,
        headers: { 'content-type': 'application/json', ...header },
        ...(method === 'POST' && { body: JSON.stringify(data) }),
      }).catch(() => undefined);
      if (!response) return fail({ errMsg: 'request:fail' });
      success({ statusCode: response.status, data: await response.json() });
    },
  };
  const mini = openMiniApp(sample, wx);
  mini.launch();
  shown = mini.show(PAGE);
  return { openid, user, qingniao: mini.app()['qingniao'] as Qingniao, page: shown };
}

async function messagesOf(openid: string) {
  const headers = { authorization: 'Bearer dev-key' };
  const response = await fetch(`${stack.apiUrl}/v1/messages?openid=${openid}`, { headers });
  return ((await response.json()) as { items: Record<string, unknown>[] }).items;
}

test('one tap asks, books the reminder and shows what is left', async () => {
  const { openid, user, page } = open();
  await eventually(page.text).toContain('还可提醒0 次');
  page.tap('5 秒后');
  await eventually(page.text).toContain('提醒您');
  expect(user.dialogs).toHaveLength(1);
  expect(await messagesOf(openid)).toMatchObject([
    {
      to: openid,
      templateId,
      page: PAGE,
      miniprogramState: 'developer',
      data: { thing1: '口腔洁治', thing3: '中山路88号二楼' },
    },
  ]);
  expect(stack.wechat!.ledger({ openid, templateId })).toMatchObject([{ granted: 1 }]);
});

test('what the user chose is what is booked, an hour before', async () => {
  const { openid, page } = open();
  page.emit('radio-group', 'change', { value: '1' });
  page.emit('picker', 'change', { value: '10:30' });
  await eventually(page.text).toContain('10:30');
  page.tap('预约，并提前一小时');
  await eventually(page.text).toContain('提醒您');
  const [message] = await messagesOf(openid);
  const at = new Date();
  at.setDate(at.getDate() + 1);
  at.setHours(9, 30, 0, 0);
  expect(message).toMatchObject({
    status: 'scheduled',
    sendAt: at.toISOString(),
    data: { thing1: '视力检查' },
  });
});

test('a refusal books nothing and says so; the button works again', async () => {
  const { openid, user, page } = open();
  user.allow = false;
  page.tap('5 秒后');
  await eventually(page.text).toContain('您没有同意接收提醒');
  expect(await messagesOf(openid)).toEqual([]);
  user.allow = true;
  await eventually(() => page.data()['busy']).toBe(false);
  page.tap('5 秒后');
  await eventually(page.text).toContain('提醒您');
});

test('with the main switch off the guide leads to the settings and back', async () => {
  const { openid, page } = open();
  stack.wechat!.changeSettings({ openid, mainSwitch: false });
  page.tap('5 秒后');
  await eventually(page.text).toContain('订阅消息已关闭');
  page.emit('[open-type=openSetting]', 'opensetting', {});
  await eventually(page.text).toContain('还没有打开，暂时收不到提醒');
  expect(page.text()).not.toContain('订阅消息已关闭');

  page.tap('5 秒后');
  await eventually(page.text).toContain('订阅消息已关闭');
  stack.wechat!.changeSettings({ openid, mainSwitch: true });
  page.emit('[open-type=openSetting]', 'opensetting', {});
  await eventually(page.text).toContain('设置好了，请再点一次按钮');
});

test('a kept refusal leads to the guide, which can be closed', async () => {
  const { openid, qingniao, page } = open();
  stack.wechat!.changeSettings({ openid, templateOff: [templateId] });
  await qingniao.start(); // as App.onShow does when the user comes back from the settings
  page.tap('5 秒后');
  await eventually(page.text).toContain('提醒已被拒收');
  page.tap('暂不');
  await eventually(page.text).not.toContain('提醒已被拒收');
});

test('without a network the page says so and keeps the answer', async () => {
  const { openid, user, page } = open();
  await eventually(page.text).toContain('还可提醒0 次');
  user.online = false;
  page.call('onShow');
  await eventually(page.text).toContain('网络不可用');
  user.online = true;
  page.tap('5 秒后');
  await eventually(page.text).toContain('提醒您');
  expect(await messagesOf(openid)).toHaveLength(1);
});
