import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../lib/campaigns/recipients/read-csv.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { csvParts } from '../../operate/campaign/csv-parts.ts';
import { PRICE_DROP, QUIET, quietNow } from '../contract/running-service.ts';
import { runCommand } from './run-command.ts';

let stack: Stack;
let folder: string;
let openids: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'campaign-'));
  stack = await startStack({ logger: QUIET, dispatchEverySeconds: 0 });
  openids = stack.wechat!.createUsers(3);
  for (const openid of openids) {
    stack.wechat!.subscribe({ openid, results: { [PRICE_DROP.templateId]: 'accept' } });
    await fetch(`${stack.apiUrl}/v1/grants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        openid,
        requestId: randomUUID(),
        results: { [PRICE_DROP.templateId]: 'accept' },
      }),
    });
  }
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

const campaign = (...args: string[]) => runCommand('campaign', args, { QINGNIAO_API_URL: stack.apiUrl });

async function fileWith(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const ORDER = {
  name: 'Autumn sale',
  templateId: PRICE_DROP.templateId,
  data: { ...PRICE_DROP.data, thing1: '{{name}}的优惠' },
  audience: { type: 'recipients' },
};

test('from a file to the exported outcome', async () => {
  const order = await fileWith('order.json', JSON.stringify(ORDER));
  const rows = [...openids, 'oNobody'].map((openid, index) => `${openid},用户${index}`);
  const csv = await fileWith('people.csv', `\uFEFFopenid,name\r\n${rows.join('\r\n')}\r\n`);
  const made = await campaign('create', order, '--recipients', csv);
  expect([made.code, made.stderr]).toEqual([0, '']);
  const id = /cmp_[0-9a-f]{32}/.exec(made.stdout)?.[0] ?? '';
  expect(made.stdout).toContain('4 recipients');

  const listed = await campaign('list');
  expect(listed.stdout).toContain(id);

  const ran = await campaign('run', id, '--watch', '--every', '0.1');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout.trim().split('\n').at(-1)).toMatch(/finished .*4\/4.*sent 3.*skipped 1: no-grant/);

  const out = join(folder, 'outcome.csv');
  expect((await campaign('export', id, '--out', out)).code).toBe(0);
  const exported: Record<string, string>[] = parse(await readFile(out, 'utf8'), { columns: true });
  expect(exported.map(({ openid, status }) => [openid, status]).toSorted()).toEqual(
    [...openids.map((openid) => [openid, 'sent']), ['oNobody', 'skipped']].toSorted(),
  );

  const json = await campaign('show', id, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ id, status: 'active', lastRun: { counts: { sent: 3 } } });

  const paused = await campaign('pause', id, '--campaign');
  expect([paused.stderr, paused.stdout]).toEqual(['', expect.stringContaining('paused')]);
  expect((await campaign('run', id)).stderr).toContain('campaign-not-active');
  expect((await campaign('resume', id, '--campaign')).stdout).toContain('active');
  const over = await campaign('pause', id);
  expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('run-over')]);
  expect((await campaign('delete', id)).code).toBe(0);
  expect((await campaign('show', id)).stderr).toContain('not-found');
}, 60_000);

test('what WeChat may refuse is shown, and changes nothing', async () => {
  const data = { ...ORDER.data, amount2: '₩12000', amount3: '￥{{price}}' };
  const order = await fileWith('doubtful.json', JSON.stringify({ ...ORDER, data }));
  const csv = await fileWith('doubtful.csv', 'openid;name;price;\r\no1;小明;0.5283;\r\n;;;\r\n');
  const made = await campaign('create', order, '--recipients', csv);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toMatch(/! data\.amount2: .*currency sign/);
  expect(made.stdout).toMatch(/! line 2\.variables: .*two decimals/);
  const id = /cmp_[0-9a-f]{32}/.exec(made.stdout)?.[0] ?? '';
  const more = await fileWith('more.csv', 'openid,name,price\no2,小红,0.1234\n');
  expect((await campaign('add', id, more)).stdout).toMatch(/^2 recipients.*\n.*! line 2\.variables/);
});

test('a file that a Chinese Excel saved in GBK is refused, with how to save it', async () => {
  const gbk = Buffer.concat([Buffer.from('openid,name\no1,'), Buffer.from('d0a1c3f7', 'hex')]);
  const file = join(folder, 'gbk.csv');
  await writeFile(file, gbk);
  const order = await fileWith('for-gbk.json', JSON.stringify(ORDER));
  const { code, stderr } = await campaign('create', order, '--recipients', file);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/CSV UTF-8/)]);
  expect((await campaign('list')).stdout).not.toContain('for-gbk');
});

test('a run in its quiet hours says until when it waits', async () => {
  const order = await fileWith(
    'quiet.json',
    JSON.stringify({
      ...ORDER,
      quietHours: quietNow(),
      audience: { ...ORDER.audience, recipients: [{ openid: openids[0], variables: { name: '小明' } }] },
    }),
  );
  const { stdout } = await campaign('create', order);
  const id = /cmp_[0-9a-f]{32}/.exec(stdout)?.[0] ?? '';
  expect((await campaign('run', id)).stdout).toMatch(
    /quiet until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:00/,
  );
  expect((await campaign('show', id)).stdout).toMatch(/running.*quiet until 20\d\d-/);
  expect((await campaign('stop', id)).stdout).not.toContain('quiet until');
}, 60_000);

test.each<[string, string[], string, number]>([
  ['no command', [], 'Say create', 2],
  ['a word too few', ['run'], 'Say create', 2],
  ['a command that is nearly right', ['craete', 'x.json'], 'Did you mean create?', 2],
  ['a file that is not there', ['create', '/nowhere.json'], 'cannot be read', 2],
])('%s is told, with what to do', async (_, args, words, ends) => {
  const { code, stderr } = await campaign(...args);
  expect(code).toBe(ends);
  expect(stderr).toContain(words);
});

describe('a CSV that is too large for one request', () => {
  const csv = `openid,text\n${Array.from({ length: 500 }, (_, i) => `o${i},"line ${i}\nand more"`).join('\n')}\n`;

  test('is cut between rows, each part with the header and at most as large as asked for', () => {
    const parts = csvParts(csv, 4000);
    expect(parts.length).toBeGreaterThan(3);
    const rows = parts.flatMap(
      (part) => parse(part, { columns: true, skip_empty_lines: true }) as { openid: string }[],
    );
    expect(rows.map(({ openid }) => openid)).toEqual(Array.from({ length: 500 }, (_, i) => `o${i}`));
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(4100);
  });

  test('keeps the lines of the file', () => {
    for (const part of csvParts(csv, 4000)) {
      const whole = csv.split('\n');
      const lines = part.split('\n');
      expect(lines.slice(0, -1).every((line, index) => line === '' || line === whole[index])).toBe(true);
    }
  });

  test('is cut as a spreadsheet wrote it: separator, blank rows, last columns', () => {
    const rows = Array.from({ length: 500 }, (_, i) => `o${i};"line ${i};\nand more";`);
    const sheet = `\uFEFFsep=;\r\n;;\r\nopenid;text;\r\n${rows.join('\r\n;;\r\n')}\r\n${';;\r\n'.repeat(2000)}`;
    const whole = readCsv(sheet);
    const parts = csvParts(sheet, 4000).map(readCsv);
    expect(parts.length).toBeGreaterThan(3);
    const read = parts.filter((part) => part.type === 'read');
    const recipients = read.flatMap((part) => part.recipients);
    const lines = read.flatMap((part) => part.lines);
    expect({ type: 'read', recipients, lines }).toEqual(whole);
  });

  test('and a small one stays as it is', () => {
    expect(csvParts('openid\no1\n')).toEqual(['openid\no1\n']);
  });
});
