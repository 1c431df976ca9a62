import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, test } from 'vitest';

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
const BINARY = new Set(['.png', '.jpg', '.ico', '.tgz', '.zip']);

/** What looks like a credential in a text: the rules' messages, which do not hold it. */
async function secretsIn(filePath: string, content: string): Promise<string[]> {
  const source = { filePath, content, contentType: 'text', ext: extname(filePath) } as const;
  const { messages } = await lintSource({
    source,
    options: { config, maskSecrets: true, noPhysicFilePath: true },
  });
  return messages.map(({ loc, messageId }) => `${filePath}:${loc.start.line} ${messageId}`);
}

test('no file of the repository holds a credential', async () => {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-z'], { maxBuffer: 10_000_000 });
  const files = stdout.split('\0').filter((file) => file !== '' && !BINARY.has(extname(file)));
  expect(files.length).toBeGreaterThan(100);
  const found: string[] = [];
  for (const file of files) {
    const content = await readFile(file, 'utf8').catch(() => '');
    found.push(...(await secretsIn(file, content)));
  }
  expect(found).toEqual([]);
});

test('credentials are known by their forms', async () => {
  const random = (length: number) =>
    Array.from({ length }, (_, n) => 'QWERTYUIOPASDFGHJKLZ2345'[(n * 7 + 3) % 24]).join('');
  const gitHub = ['gh', 'p_', random(36)].join('');
  const aws = ['AWS_SECRET_', `ACCESS_KEY=${random(40)}`].join('');
  expect(await secretsIn('a.ts', `const token = '${gitHub}';`)).toHaveLength(1);
  expect(await secretsIn('.env', aws)).toHaveLength(1);
});
