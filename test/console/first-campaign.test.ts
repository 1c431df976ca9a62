import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { buildConsole } from '../../local/console/build-console.ts';
import { lookAt, openBrowser, type View } from './browser.ts';
import { speaking } from './console-world.ts';
import { wizard } from './wizard.ts';

const ROOT = join(import.meta.dirname, '../..');
const OPENED_WITHIN_MS = 60_000;

await buildConsole();
const openAddress = await openBrowser();

/** `npm run dev` as a newcomer starts it, on free ports, and what it has printed. */
async function startDev(language: View['language']) {
  const startedAtMs = Date.now();
  const traces = mkdtempSync(join(tmpdir(), 'qingniao-console-'));
  const child = spawn(process.execPath, ['local/dev.ts', '--lang', language], {
    cwd: ROOT,
    env: {
      ...process.env,
      NO_COLOR: '1',
      PORT: '0',
      WECHAT_SIMULATOR_PORT: '0',
      PHONE_PORT: '0',
      TMPDIR: traces,
    },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(traces, { recursive: true, force: true });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  await expect.poll(() => output, { timeout: OPENED_WITHIN_MS }).toContain('Ctrl-C');
  return { output: () => output, startedAtMs };
}

/** What the greeting tells a newcomer to type. */
async function type(line: string): Promise<void> {
  const [, script, args = ''] = /^npm run (\S+)(?: -- (.*))?$/.exec(line) ?? [];
  expect(script).toBe('dev:users');
  await promisify(execFile)(process.execPath, ['local/dev-users.ts', ...args.split(' ').filter(Boolean)], {
    cwd: ROOT,
  });
}

test.each<View>([
  { language: 'en', width: 1280 },
  { language: 'zh', width: 390 },
])(
  'from npm run dev to a first campaign that reached ten users in under two minutes, by what the greeting and the pages say, in $language at $width px',
  async (view) => {
    const say = speaking(view);
    const { output, startedAtMs } = await startDev(view.language);
    const address = /(http:\S+\/console\/#key=\S+)/.exec(output())?.[1] ?? '';
    const page = await openAddress(address, view);
    // The overview of a service that nobody has used says how to get users.
    await page.getByText('npm run dev:users').waitFor();
    await lookAt(page, 'first-overview', view);
    await type(/npm run dev:users.*/.exec(output())?.[0] ?? '');
    await page.getByRole('link', { name: say('Make a campaign', '新建群发活动') }).click();
    const { writeMessage, goOn, countPeople, send } = wizard(page, view);
    await writeMessage(say('Back in stock', '到货提醒'), {}, () => lookAt(page, 'first-message', view));
    await lookAt(page, 'first-audience', view);
    await goOn();
    await lookAt(page, 'first-when', view);
    await goOn();
    const people = await countPeople();
    expect(people).toBe(10);
    await lookAt(page, 'first-confirm', view);
    await send(people);
    await lookAt(page, 'first-run', view);
    const wechatUrl = /--wechat (\S+)/.exec(output())?.[1];
    const received = await (await fetch(`${wechatUrl}/_control/received?call=send`)).json();
    const { items } = received as { items: { openid: string }[] };
    expect(new Set(items.map(({ openid }) => openid)).size).toBe(10);
    expect(Date.now() - startedAtMs).toBeLessThan(120_000);
  },
);
