import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** `npm run dev` in a process of its own, on free ports unless told otherwise. */
function dev(env: Record<string, string> = {}, ...args: string[]) {
  const traces = mkdtempSync(join(tmpdir(), 'qingniao-traces-'));
  const child = spawn(process.execPath, ['local/dev.ts', ...args], {
    env: {
      ...process.env,
      NO_COLOR: '1',
      PORT: '0',
      WECHAT_SIMULATOR_PORT: '0',
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

async function started(env: Record<string, string> = {}) {
  const running = dev(env);
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
    expect(await exited).toEqual([1, null]);
    expect(output()).toContain(`Port ${port} is in use. Choose another with ${variable}`);
    expect(output()).toContain(`端口 ${port} 已被占用`);
  },
);

test('an unknown option and a bad port are refused with the way to the help', async () => {
  const unknown = dev({}, '--nope');
  expect(await unknown.exited).toEqual([1, null]);
  expect(unknown.output()).toContain('--help');
  const badPort = dev({ PORT: '70000' });
  expect(await badPort.exited).toEqual([1, null]);
  expect(badPort.output()).toContain('PORT must be a port');
});

test('--help names every variable and starts nothing', async () => {
  const { exited, output } = dev({}, '--help');
  expect(await exited).toEqual([0, null]);
  for (const name of [
    'PORT',
    'WECHAT_SIMULATOR_PORT',
    'WECHAT_API_BASE_URL',
    'AWS_ENDPOINT_URL_DYNAMODB',
    '--data',
  ]) {
    expect(output()).toContain(name);
  }
});
