import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';

const SECRET = 'secret-of-the-recipe';
const child = spawn(process.execPath, ['docs/recipes/webhook/webhook.mjs'], {
  env: { ...process.env, PORT: '0', WEBHOOK_SECRET: SECRET },
});
let output = '';
child.stdout.setEncoding('utf8').on('data', (text) => {
  output += text;
});

let url: string;
let stack: Stack;
beforeAll(async () => {
  await vi.waitFor(() => expect(output).toMatch(/port \d+/), { timeout: 10_000 });
  url = `http://127.0.0.1:${/port (\d+)/.exec(output)?.[1]}`;
  stack = await startStack({
    followChanges: true,
    dispatchEverySeconds: 0,
    webhook: { url, secret: SECRET },
  });
});
afterAll(async () => {
  child.kill();
  await stack.close();
});

const post = (body: unknown, secret: string) =>
  fetch(url, { method: 'POST', headers: { 'x-qingniao-secret': secret }, body: JSON.stringify(body) });

test('the webhook recipe takes the events of the local stack', async () => {
  const openid = stack.wechat?.createUser();
  const results = stack.wechat?.subscribe({
    openid: openid ?? '',
    results: { 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s': 'accept' },
  });
  await fetch(`${stack.apiUrl}/v1/grants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ openid, requestId: 'tap-1', results }),
  });
  await expect.poll(() => output).toMatch(/Z Grant Recorded \S+ \S+/);
});

test('the webhook recipe handles an event that comes twice once, and twice at once too', async () => {
  const event = {
    type: 'Message Refused',
    time: '2026-12-01T01:00:00Z',
    detail: { eventId: 'twice', appid: 'wx1' },
  };
  const answers = await Promise.all([post(event, SECRET), post(event, SECRET)]);
  answers.push(await post(event, SECRET));
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
  expect(output.match(/Message Refused wx1 twice/g)).toHaveLength(1);
});

test.each(['', 'secret-of-the-recipf', 'secret'])(
  'the webhook recipe refuses the secret "%s"',
  async (secret) => {
    const event = { type: 'Message Refused', time: '', detail: { eventId: `by-${secret}`, appid: 'wx1' } };
    expect((await post(event, secret)).status).toBe(401);
    expect(output).not.toContain(`by-${secret} `);
  },
);

test('the webhook recipe answers 500 to what it cannot handle, so that it comes again', async () => {
  expect((await post({ type: 'Message Refused' }, SECRET)).status).toBe(500);
});
