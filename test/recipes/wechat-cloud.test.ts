import { execFile, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  createQingniao,
  ownBackend,
  type Transport,
} from '../../miniprogram/src/index.ts';
import { simulatedWx } from '../miniprogram/simulated-wx.ts';
import { useShop } from './shop.ts';

const RECIPES = join(import.meta.dirname, '../../docs/recipes');
const { stack, wechat, allow, templateId } = await useShop();
const data = {
  character_string1: 'DD18',
  thing2: '云南高山普洱茶饼',
  thing3: '顺丰速运',
  character_string4: 'SF1390026457812',
  time5: '2026年11月23日 15:01',
};
const settings = { ...process.env, QINGNIAO_API_URL: stack.apiUrl, QINGNIAO_API_KEY: DEV_API_KEY };

/** Runs a line in the cloud function's folder as its platform does, and gives what it answers. */
async function inCloudFunction(
  line: string,
  context: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const script = `(async () => (${line}))().then(
    (answer) => console.log(JSON.stringify({ answer })),
    ({ code, message }) => console.log(JSON.stringify({ error: { code, message } })),
  )`;
  const env = { ...settings, ...context, NODE_PATH: import.meta.dirname };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: join(RECIPES, 'cloud-function'),
    env,
  });
  return JSON.parse(stdout);
}

/** `wx.cloud.callFunction`: the platform names the user, whatever the phone sends. */
function callFunction(openid: string): Transport {
  return ownBackend(async (request) => {
    const context = { WX_CONTEXT_KEYS: 'WX_OPENID,WX_APPID', WX_OPENID: openid, WX_APPID: wechat.appId };
    const { answer } = (await inCloudFunction(
      `require('./index.js').main(${JSON.stringify(request)})`,
      context,
    )) as {
      answer: { status: number; body: object };
    };
    return answer;
  });
}

/** The service of the cloud hosting, on a free port. */
async function startContainer(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => probe.once('listening', ready));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  const env = { ...settings, PORT: `${port}` };
  const container = spawn(process.execPath, [join(RECIPES, 'cloud-hosting/server.mjs')], {
    env,
    stdio: 'inherit',
  });
  onTestFinished(() => void container.kill());
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(() =>
      fetch(url).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(404);
  return url;
}

/** `wx.cloud.callContainer`: WeChat writes the headers. */
async function callContainer(url: string, request: unknown, headers: Readonly<Record<string, string>>) {
  const answer = await fetch(`${url}/qingniao`, { method: 'POST', headers, body: JSON.stringify(request) });
  return { status: answer.status, body: await answer.json() };
}

async function hosted(openid: string): Promise<Transport> {
  const url = await startContainer();
  const headers = { 'x-wx-openid': openid, 'x-wx-source': 'wx_client' };
  return ownBackend(async (request) => (await callContainer(url, request, headers)).body as ApiAnswer);
}

test.each([
  ['a cloud function', async (openid: string) => callFunction(openid)],
  ['a service in the cloud hosting', hosted],
])('%s reports for the user whom WeChat names, and tells what is left', async (_, transportFor) => {
  const openid = wechat.createUser();
  const { wx } = simulatedWx(stack, openid);
  const qingniao = createQingniao({ wx, transport: await transportFor(openid) });
  await expect(qingniao.subscribe([templateId])).resolves.toMatchObject({ accepted: [templateId] });
  await expect(qingniao.remaining(templateId)).resolves.toMatchObject({ available: 1 });
  const booked = await qingniao.remindMe(templateId, null, data);
  expect(booked).toMatchObject({ type: 'booked', message: { to: openid } });
  await expect(qingniao.remaining(templateId)).resolves.toMatchObject({ available: 0 });
});

const FORBIDDEN: readonly ApiRequest[] = [
  { method: 'GET', path: '/v1/messages' },
  { method: 'POST', path: 'https://example.com/v1/grants', body: {} },
  { method: 'POST', path: '//example.com/v1/grants', body: {} },
];

test('neither gives the key to another host, another route, or speaks for a user whom the phone names', async () => {
  const openid = wechat.createUser();
  const url = await startContainer();
  const headers = { 'x-wx-openid': openid, 'x-wx-source': 'wx_client' };
  for (const request of FORBIDDEN) {
    await expect(callFunction(openid).send(request)).resolves.toMatchObject({ status: 404 });
    await expect(callContainer(url, request, headers)).resolves.toMatchObject({ body: { status: 404 } });
  }
  const sending = {
    method: 'POST',
    path: '/v1/messages',
    body: { to: 'o-other', templateId, data },
  } as const;
  const { body } = await callFunction(openid).send(sending);
  expect(body).toMatchObject({ code: 'no-grant' });
  await expect(callContainer(url, sending, {})).resolves.toMatchObject({ status: 401 });
  await expect(
    inCloudFunction(`require('./index.js').main(${JSON.stringify(sending)})`),
  ).resolves.toMatchObject({
    answer: { status: 401 },
  });
});

test('another cloud function sends by it, once under one key, and is told why not', async () => {
  const openid = wechat.createUser();
  await allow(wechat, openid, templateId, 1);
  const send = (key: string) =>
    inCloudFunction(
      `require('./send.js').send(${JSON.stringify({ to: openid, templateId, data })}, '${key}')`,
    );
  const first = (await send('order-18-shipped')) as { answer: { id: string } };
  await expect(send('order-18-shipped')).resolves.toMatchObject({ answer: { id: first.answer.id } });
  await expect(send('order-19-shipped')).resolves.toMatchObject({ error: { code: 'no-grant' } });
});
