import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';

const GRANTED = 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s';

/** `npm run dev` in a process of its own, on free ports unless told otherwise. */
function dev(env: Record<string, string> = {}, ...args: string[]) {
  return run('local/dev.ts', env, ...args);
}

function run(file: string, env: Record<string, string>, ...args: string[]) {
  const traces = mkdtempSync(join(tmpdir(), 'qingniao-traces-'));
  const child = spawn(process.execPath, [file, ...args], {
    env: {
      ...process.env,
      NO_COLOR: '1',
      LANG: 'en_US.UTF-8',
      PORT: '0',
      WECHAT_SIMULATOR_PORT: '0',
      PHONE_PORT: '0',
      TMPDIR: traces,
      ...env,
    },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(traces, { recursive: true, force: true });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const exited = once(child, 'exit');
  return {
    child,
    traces,
    exited,
    output: () => output,
    until: (text: string) => expect.poll(() => output, { timeout: 15_000 }).toContain(text),
  };
}

async function started(env: Record<string, string> = {}, ...args: string[]) {
  const running = dev(env, ...args);
  await running.until('Ctrl-C');
  const apiUrl = /API\s.*(http:\S+)/.exec(running.output())?.[1] ?? '';
  return { ...running, apiUrl, engines: descendants(running.child) };
}

/** Process ids of all children and children's children, read from /proc. */
function descendants({ pid }: ChildProcess): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  const below = (parent: number): number[] =>
    parents.filter((one) => one.parent === parent).flatMap((one) => [one.pid, ...below(one.pid)]);
  return below(pid ?? -1);
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return -1;
  }
}

/** Those that run; a zombie that nobody has reaped yet does not. */
const alive = (pids: number[]) =>
  pids.filter((pid) => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });

const onLinux = process.platform === 'linux';

test('two run side by side, each answering on its own port', async () => {
  const [one, two] = await Promise.all([started(), started()]);
  expect(one.apiUrl).not.toBe(two.apiUrl);
  for (const { apiUrl } of [one, two]) expect((await fetch(`${apiUrl}/v1/health`)).status).toBe(200);
  await one.until('/v1/health 200');
});

test('several mini programs, each with its users and templates; the greeting names them, in one language', async () => {
  const { apiUrl, output } = await started({}, '--apps', '3', '--lang', 'zh');
  const appids = [...new Set(output().match(/\bwx[0-9a-f]{16}\b/g))];
  expect(appids).toHaveLength(3);
  expect(output()).toContain('x-wechat-appid');
  expect(output()).not.toMatch(/ready|Phone|simulated/);
  const wechatUrl = /微信\s.*(http:\S+)/.exec(output())?.[1] ?? '';
  const { items } = (await (await fetch(`${wechatUrl}/_control/apps`)).json()) as { items: unknown[] };
  expect(items).toEqual(appids.map((appid) => ({ appid })));
  const usersOf = async (appid: string) => (await fetch(`${wechatUrl}/_control/users?appid=${appid}`)).text();
  expect(new Set(await Promise.all(appids.map(usersOf))).size).toBe(3);
  const headers = { 'x-wechat-appid': `${appids[2]}`, authorization: 'Bearer dev-key' };
  expect((await fetch(`${apiUrl}/v1/grants?openid=o`, { headers })).status).toBe(200);
  // The log says which one a request was for.
  await expect.poll(output).toMatch(new RegExp(`/v1/grants 200 .* ${appids[2]}`));
  const { items: served } = (await (await fetch(`${apiUrl}/v1/apps`, { headers })).json()) as {
    items: { appid: string }[];
  };
  expect(served.map(({ appid }) => appid)).toEqual(appids);
});

test('WEBHOOK_URL gets the events, each try is shown, and redrive --local brings back what was given up', async () => {
  const receiver = await startWebhookReceiver();
  onTestFinished(receiver.close);
  const { apiUrl, until, traces } = await started({
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: 'secret-of-dev',
  });
  const grant = (requestId: string) =>
    fetch(`${apiUrl}/v1/grants`, {
      method: 'POST',
      headers: { authorization: 'Bearer dev-key', 'content-type': 'application/json' },
      body: JSON.stringify({ openid: 'o-webhook', requestId, results: { [GRANTED]: 'accept' } }),
    });
  await grant('tap-1');
  await until('hook   Grant Recorded');
  expect(receiver.received[0]?.headers['x-qingniao-secret']).toBe('secret-of-dev');
  receiver.answerNext(400);
  await grant('tap-2');
  await until('given up: a dead letter');
  const env = { PORT: new URL(apiUrl).port, TMPDIR: traces };
  const redriven = run('operate/redrive.ts', env, '--local', '--queue', 'webhook');
  await redriven.until('1 of 1 published again');
  await expect.poll(() => receiver.received.length).toBe(3);
}, 30_000);

test.each([
  ['--apps', '0', '--apps takes a whole number from 1 to 100.'],
  ['--apps', '101', '--apps takes a whole number from 1 to 100.'],
  ['--apps', 'three', '--apps takes a whole number from 1 to 100.'],
  ['--lang', 'fr', '--lang takes en or zh.'],
  ['--app', '3', 'Did you mean --apps?'],
])('%s %s is told in one line, with 2, and starts nothing', async (option, value, line) => {
  const { exited, output } = dev({}, option, value);
  expect(await exited).toEqual([2, null]);
  expect(output().split('\n')[0]).toContain(line);
  expect(output()).not.toMatch(/^\s+at |ready/m);
});

test('several mini programs are for the simulated WeChat only', async () => {
  const real = { WECHAT_API_BASE_URL: 'http://127.0.0.1:9', WECHAT_APP_ID: 'wx', WECHAT_APP_SECRET: 's' };
  const { exited, output } = dev(real, '--apps', '2');
  expect(await exited).toEqual([2, null]);
  expect(output()).toContain('unset WECHAT_API_BASE_URL');
});

test.runIf(onLinux).each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it within a second, and its engines with it',
  // A busy machine may be slow for a moment.
  { retry: 2 },
  async (signal) => {
    const { child, exited, engines, traces, apiUrl } = await started();
    expect(engines).not.toEqual([]);
    // What npm run logs finds it by.
    const told = readdirSync(traces).find((name) => name.endsWith(`-${new URL(apiUrl).port}`));
    expect(readFileSync(join(traces, `${told}`, 'stack.json'), 'utf8')).toContain('log.jsonl');
    const sentAt = performance.now();
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - sentAt).toBeLessThan(1000);
    expect(readdirSync(traces).filter((name) => /^qingniao-(dev|log)/.test(name))).toEqual([]);
    // An engine that took its time is not waited for; it notices that it is alone.
    await expect.poll(() => alive(engines), { timeout: 5000 }).toEqual([]);
  },
);

test.runIf(onLinux)('its engines end even when it is killed without a chance to clean up', async () => {
  const { child, exited, engines } = await started();
  expect(engines).not.toEqual([]);
  child.kill('SIGKILL');
  await exited;
  await expect.poll(() => alive(engines), { timeout: 5000 }).toEqual([]);
});

test.each(['PORT', 'WECHAT_SIMULATOR_PORT'])(
  'a taken port is named, with %s as the way out',
  async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { exited, output } = dev({ [variable]: `${port}` });
    const inChinese = dev({ [variable]: `${port}` }, '--lang', 'zh');
    expect(await exited).toEqual([1, null]);
    expect(output()).toContain(`Port ${port} is in use. Choose another with ${variable}`);
    expect(await inChinese.exited).toEqual([1, null]);
    expect(inChinese.output()).toContain(`端口 ${port} 已被占用`);
  },
);

test('bad settings are all named at once before anything starts, without a stack and without a value', async () => {
  const { exited, output } = dev({
    PORT: '70000',
    GRANT_SOURCE: 'both-of-them',
    API_KEYS: '[{"name":"backend","secret":"k3y-itself"}]',
    TEMPLATE_ALIASES: 'k3y itself',
    PUBLISHED_EVENTS: 'k3y-itself',
    FORWARD_WECHAT_MESSAGES: 'k3y-itself',
  });
  expect(await exited).toEqual([1, null]);
  for (const name of [
    'PORT',
    'GRANT_SOURCE',
    'API_KEYS.0.sha256',
    'TEMPLATE_ALIASES',
    'PUBLISHED_EVENTS.0',
    'FORWARD_WECHAT_MESSAGES',
  ])
    expect(output()).toMatch(new RegExp(`^  ${name}: `, 'm'));
  expect(output()).not.toMatch(/k3y|both-of-them|70000|^\s+at |ready/m);
});

test("the owner's keys and aliases are taken; dev-key stays valid", async () => {
  const plain = 'qn_owner';
  const sha256 = createHash('sha256').update(plain).digest('hex');
  const template = 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s';
  const { apiUrl } = await started({
    API_KEYS: JSON.stringify([{ name: 'owner', sha256, scopes: ['read', 'manage'] }]),
    TEMPLATE_ALIASES: `cheaper=${template}`,
  });
  for (const key of [plain, 'dev-key']) {
    const headers = { authorization: `Bearer ${key}` };
    await fetch(`${apiUrl}/v1/templates/sync`, { method: 'POST', headers });
    const answer = await fetch(`${apiUrl}/v1/templates/cheaper`, { headers });
    expect(await answer.json()).toMatchObject({ templateId: template });
  }
});

test.each(['local/dev.ts', 'local/demo/run.ts'])(
  'a start of %s that fails tells why, without a stack',
  async (file) => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as { port: number };
    nobody.close();
    await once(nobody, 'close');
    const { exited, output } = run(file, { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` });
    expect(await exited).toEqual([1, null]);
    expect(output()).toContain(`The DynamoDB engine at http://127.0.0.1:${port} cannot be used.`);
    expect(output()).toContain('ECONNREFUSED');
    expect(output()).not.toMatch(/^\s+at /m);
  },
);

test('a data folder that is none is told without a stack', async () => {
  const { exited, output } = dev({}, '--data', 'package.json');
  expect(await exited).toEqual([1, null]);
  expect(output()).toContain('package.json');
  expect(output()).not.toMatch(/^\s+at /m);
});

test('--help names every variable and starts nothing', async () => {
  const { exited, output } = dev({}, '--help');
  expect(await exited).toEqual([0, null]);
  for (const name of [
    'PORT',
    'WECHAT_SIMULATOR_PORT',
    'WECHAT_API_BASE_URL',
    'AWS_ENDPOINT_URL_DYNAMODB',
    'TABLE_NAME',
    '--data',
    '--apps',
    '--lang',
  ]) {
    expect(output()).toContain(name);
  }
});
