import { expect, onTestFinished, test } from 'vitest';
import { fetchFromSsm } from '../../../lib/runtime/aws.ts';
import { type StackOptions, startStack } from '../../../local/stack/stack.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function useStack(options: StackOptions) {
  const stack = await startStack({ logger: quiet, dispatchEverySeconds: 0, ...options });
  onTestFinished(() => stack.close());
  const read = async (...names: string[]) => [
    ...(await fetchFromSsm(stack.env)(names.map((name) => `${stack.env['APPS_PATH']}${name}`))).values(),
  ];
  return { stack, read };
}

test('the mini programs beside the first lie in the parameter store that the functions are pointed at', async () => {
  const named = { appId: 'wx2', appSecret: 's2', name: '商城', settings: { USER_SENDABLE_TEMPLATES: '*' } };
  const { stack, read } = await useStack({ moreApps: [named, {}] });
  const [, , third] = stack.wechat?.apps() ?? [];
  expect(await read('')).toEqual([`wx2,${third?.appId}`]);
  expect(await read('/wx2/app-secret')).toEqual(['s2']);
  const [settings = ''] = await read('/wx2/settings');
  expect(JSON.parse(settings)).toEqual({ name: '商城', USER_SENDABLE_TEMPLATES: '*' });
  expect(await read(`/${third?.appId}/app-secret`)).toEqual([third?.appSecret]);
  const [token, key] = await read('/wx2/push-token', '/wx2/push-aes-key');
  expect(token).toMatch(/^[A-Za-z0-9]{3,32}$/);
  expect(key).toMatch(/^[A-Za-z0-9]{43}$/);
});

test('one is added while the stack runs, and taken off the list', async () => {
  const { stack, read } = await useStack({ moreApps: [] });
  expect(await read('')).toEqual([]);
  const { appId } = stack.addApp();
  expect(await read('')).toEqual([appId]);
  stack.parameters?.delete(`${stack.env['APPS_PATH']}`);
  expect(await read('')).toEqual([]);
});

test('each is told of its events at its own address', async () => {
  const { stack } = await useStack({ moreApps: [{ appId: 'wx2' }], pushEvents: { delayMs: 7 } });
  stack.addApp({ appId: 'wx3' });
  for (const appId of ['wx2', 'wx3']) {
    const app = stack.wechat?.app(appId);
    expect(app?.callback()).toMatchObject({ url: `${stack.apiUrl}/v1/wechat/events/${appId}`, mode: 'safe' });
    expect(app?.switches().eventDelayMs).toBe(7);
  }
  expect(stack.wechat?.callback()?.url).toBe(`${stack.apiUrl}/v1/wechat/events`);
});

test('a stack of one starts no parameter store and adds none', async () => {
  const { stack } = await useStack({});
  expect(stack.env).not.toHaveProperty('APPS_PATH');
  expect(stack.env).not.toHaveProperty('AWS_ENDPOINT_URL_SSM');
  expect(() => stack.addApp()).toThrow('moreApps');
});

test('another WeChat than the simulated one has no accounts to add', async () => {
  const start = startStack({
    wechatBaseUrl: 'http://127.0.0.1:9',
    appId: 'wx',
    appSecret: 's',
    moreApps: [],
  });
  await expect(start).rejects.toThrow('wechatBaseUrl');
});
