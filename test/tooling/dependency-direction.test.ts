import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const DOMAIN_FOLDERS = [
  'grants',
  'messages',
  'limits',
  'sends',
  'cards',
  'campaigns',
  'templates',
  'sessions',
  'token',
  'users',
  'wechat-events',
  'stream',
  'statistics',
];

/** Code that no domain folder may hold, by a name for the file. */
const FORBIDDEN_IN_DOMAIN = {
  'reaches-for-the-sdk': `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nexport const used = DynamoDBClient;`,
  'reaches-for-undici': `import { request } from 'undici';\nexport const used = request;`,
  'reaches-for-middy': `import middy from '@middy/core';\nexport const used = middy;`,
  'does-its-own-io': `import { request } from 'node:http';\nexport const used = request;`,
  'knows-the-table': `import { used } from '../dynamodb/table.ts';\nexport const it = used;`,
  'knows-a-type-of-wechat': `import type { Used } from '../wechat/client.ts';\nexport type It = Used;`,
  'knows-the-queue': `import { used } from '../sqs/sqs-queues.ts';\nexport const it = used;`,
  'knows-the-bus': `import { used } from '../eventbridge/eventbridge-bus.ts';\nexport const it = used;`,
  'knows-a-handler': `import { used } from '../../handlers/grants.ts';\nexport const it = used;`,
  'knows-the-http-client': `import { used } from '../http/http-client.ts';\nexport const it = used;`,
  'knows-the-api': `import { used } from '../api/problem.ts';\nexport const it = used;`,
  'knows-the-runtime': `import { used } from '../runtime/aws.ts';\nexport const it = used;`,
  'knows-a-command': `import { used } from '../../operate/audit/audit.ts';\nexport const it = used;`,
  'knows-the-simulator': `import { used } from '../../local/wechat-simulator/start.ts';\nexport const it = used;`,
  'reads-the-clock': `export const used = Date.now();`,
  'throws-dice': `export const used = Math.random();`,
  'reads-the-environment': `export const used = process.env['TABLE_NAME'];`,
};

/** What the rules must leave alone. */
const ALLOWED = {
  'lib/grants/uses-a-leaf.ts': `import type { Clock } from '../clock.ts';\nexport type It = Clock;`,
  'lib/limits/uses-the-domain.ts': `import { used } from '../grants/ledger.ts';\nexport const it = used;`,
  'lib/dynamodb/uses-the-sdk.ts': `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nexport const used = DynamoDBClient;`,
  'lib/dynamodb/uses-the-domain.ts': `import { used } from '../grants/ledger.ts';\nexport const it = used;`,
  'local/uses-anything.ts': `import { used } from '../lib/dynamodb/table.ts';\nexport const it = used;`,
};

const domainFile = (folder: string, name: string) => `lib/${folder}/${name}.ts`;

let refused: Map<string, string[]>;
beforeAll(async () => {
  const forbidden = DOMAIN_FOLDERS.flatMap((folder) =>
    Object.entries(FORBIDDEN_IN_DOMAIN).map(([name, code]) => [domainFile(folder, name), code]),
  );
  refused = await lint({
    ...Object.fromEntries(forbidden),
    ...ALLOWED,
    'handlers/uses-a-test.ts': `import { used } from '../test/support/table.ts';\nexport const it = used;`,
    'lib/api/uses-a-command.ts': `import { used } from '../../operate/audit/audit.ts';\nexport const it = used;`,
    'lib/dynamodb/knows-the-api.ts': `import { used } from '../api/message-view.ts';\nexport const it = used;`,
    'lib/sqs/knows-the-api.ts': `import { used } from '../api/message-view.ts';\nexport const it = used;`,
    'lib/scheduler/knows-the-runtime.ts': `import { used } from '../runtime/aws.ts';\nexport const it = used;`,
    'lib/http/knows-the-table.ts': `import { used } from '../dynamodb/table.ts';\nexport const it = used;`,
  });
});

test.each(Object.keys(FORBIDDEN_IN_DOMAIN))('code that %s is refused in every domain folder', (name) => {
  const files = DOMAIN_FOLDERS.map((folder) => domainFile(folder, name));
  expect(files.filter((file) => !refused.has(file))).toEqual([]);
});

test('a handler that uses a test is refused', () => {
  expect(refused.get('handlers/uses-a-test.ts')).toEqual(['lint/style/noRestrictedImports']);
});

test('a client of HTTP that knows the table is refused', () => {
  expect(refused.get('lib/http/knows-the-table.ts')).toEqual(['lint/style/noRestrictedImports']);
});

test("what is deployed uses none of the operators' commands", () => {
  expect(refused.get('lib/api/uses-a-command.ts')).toEqual(['lint/style/noRestrictedImports']);
});

test.each([
  'lib/dynamodb/knows-the-api.ts',
  'lib/sqs/knows-the-api.ts',
  'lib/scheduler/knows-the-runtime.ts',
])('a store that knows how callers see things is refused: %s', (file) => {
  expect(refused.get(file)).toEqual(['lint/style/noRestrictedImports']);
});

test.each(Object.keys(ALLOWED))('%s is fine', (file) => {
  expect(refused.get(file)).toBeUndefined();
});

/** Lints files under the project's own rules; gives the rules that each file breaks. */
async function lint(files: Record<string, string>): Promise<Map<string, string[]>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'qingniao-lint-')));
  try {
    for (const name of ['biome.json', '.gitignore']) await cp(name, join(folder, name));
    for (const [file, code] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), code);
    }
    return brokenRules(await runBiome(folder), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runBiome(cwd: string): Promise<string> {
  const biome = join(process.cwd(), 'node_modules/.bin/biome');
  const args = ['lint', '--reporter=github', '--max-diagnostics=none'];
  const run = promisify(execFile)(biome, args, { cwd });
  return run.then(
    ({ stdout }) => stdout,
    (failure: { stdout: string }) => failure.stdout,
  );
}

function brokenRules(report: string, folder: string): Map<string, string[]> {
  const broken = new Map<string, string[]>();
  for (const [, rule = '', path = ''] of report.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)) {
    const file = relative(folder, path);
    broken.set(file, [...(broken.get(file) ?? []), rule]);
  }
  return broken;
}
