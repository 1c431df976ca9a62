import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { readSettings } from '../../lib/settings/settings.ts';
import { EVENTS_AFTER_MS } from '../../local/dev/options.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { exampleOf, inBothLanguages, READMES, readExamples } from './examples.ts';

const PAGES = [...READMES, ...inBothLanguages('start')];

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function useStack(): Promise<Stack> {
  const pushEvents = { delayMs: EVENTS_AFTER_MS };
  const stack = await startStack({ logger: quiet, dispatchEverySeconds: 0, pushEvents });
  onTestFinished(() => stack.close());
  return stack;
}

async function bash(script: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** What is shown must be there and equal, but for texts that are cut short with `…`. */
function shown(value: unknown): unknown {
  if (value === '…') return expect.stringMatching(/./);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)])),
  );
}

/** Events come a moment after what they tell of, and a job may come up before its run is stored and wait a moment too. */
const SOON_MS = 5_000;

// Dozens of calls, each a process of its own.
const SHELL_TIMEOUT_MS = 60_000;

test.each(PAGES)(
  'what %s tells to type into a shell answers what it shows',
  {
    timeout: SHELL_TIMEOUT_MS,
  },
  async (readme) => {
    const stack = await useStack();
    const setup = exampleOf(readme, 'setup')
      .replace('http://127.0.0.1:3000', stack.apiUrl)
      .replace('http://127.0.0.1:3100', stack.wechatUrl ?? '');
    const examples = readExamples(readme).filter(({ kind }) => kind === '');
    expect(examples.length).toBeGreaterThan(2);
    for (const { code, answers } of examples) {
      const lines = await bash(`${setup}\n${code}`);
      expect(lines.map((line) => JSON.parse(line))).toEqual(answers.map(shown));
      await stack.idle({ dueWithinMs: SOON_MS });
    }
  },
);

test.each(inBothLanguages('deploy'))(
  'the API key that %s makes is one that the settings take',
  async (readme) => {
    const [key = '', API_KEYS] = await bash(exampleOf(readme, 'api-key'));
    const { apiKeys } = readSettings({ API_KEYS }, ['apiKeys']);
    const sha256 = createHash('sha256').update(key).digest('hex');
    expect(apiKeys).toEqual([{ name: 'backend', sha256, scopes: ['read', 'send'] }]);
  },
);

test.each([READMES, inBothLanguages('start')])('%s and %s run the same examples', (...pages) => {
  const [english, chinese] = pages.map((page) => readExamples(page).map(({ kind }) => kind));
  expect(chinese).toEqual(english);
});
