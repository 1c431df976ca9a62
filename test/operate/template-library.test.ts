import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { SAMPLE_TEMPLATES, type SimulatedApp } from '../../local/wechat-simulator/index.ts';
import type { CommandError } from '../../operate/command-line.ts';
import { findService } from '../../operate/service-client.ts';
import { readTemplates } from '../../operate/template/account-templates.ts';
import { type LibraryKeyword, type LibraryTitle, libraryOf } from '../../operate/template/library.ts';
import { planTemplates } from '../../operate/template/plan-templates.ts';
import { readWishes } from '../../operate/template/wished-templates.ts';
import { QUIET } from '../contract/running-service.ts';
import { runCommand } from './run-command.ts';

// Each test runs the command several times.
vi.setConfig({ testTimeout: 60_000 });

let stack: Stack;
let folder: string;
let first: SimulatedApp;
let other: SimulatedApp;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-library-'));
  stack = await startStack({
    logger: QUIET,
    dispatchEverySeconds: 0,
    moreApps: [{ templates: SAMPLE_TEMPLATES }],
  });
  [first, other] = stack.wechat!.apps() as [SimulatedApp, SimulatedApp];
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

const template = (...args: string[]) => runCommand('template', args, { QINGNIAO_API_URL: stack.apiUrl });
const forOther = (...args: string[]) => template(...args, '--app', other.appId);

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(stack.apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

let files = 0;
async function fileWith(content: string): Promise<string> {
  const file = join(folder, `templates-${files++}.yml`);
  await writeFile(file, content);
  return file;
}

/** Each alias of a mini program with its template's id. */
async function aliasesOf(...args: string[]): Promise<Record<string, string>> {
  const { stdout } = await template('list', '--json', ...args);
  const templates = JSON.parse(stdout) as { alias?: string; templateId: string }[];
  return Object.fromEntries(
    templates.flatMap(({ alias, templateId }) => (alias ? [[alias, templateId]] : [])),
  );
}

const calls = (...names: string[]) =>
  names.reduce((sum, name) => sum + (stack.wechat!.received().stats.byCall[name]?.total ?? 0), 0);

const WISHES = `
templates:
  - alias: order-shipped
    title: 订单发货通知
    keywords: [商品名称, 快递公司, 订单编号]
    scene: 发货后通知买家
  - alias: refunded
    tid: 1221
    keywords: [1, 备注]
  - alias: policy-expires
    title: 报告出具通知
    keywords: [就诊人, 报告名称]
    kind: limited
`;

describe('npm run template -- search', () => {
  test('finds titles with their keywords', async () => {
    const { code, stdout } = await template('search', '发货');
    expect(code).toBe(0);
    for (const text of ['403', '订单发货通知', '服装/鞋/箱包', '快递公司', 'character_string']) {
      expect(stdout).toContain(text);
    }
    const { stdout: json } = await template('search', '通知', '--json');
    expect(JSON.parse(json).map(({ tid }: { tid: string }) => tid)).toEqual(['403', '1221', '5311', '7102']);
  });

  test('says where it looked in vain, and exits with 1', async () => {
    const { code, stderr } = await template('search', '没有的');
    expect([code, stderr]).toEqual([1, expect.stringContaining('公立医疗机构')]);
  });
});

describe('npm run template -- apply', () => {
  test('shows the difference and changes nothing where there is nobody to ask', async () => {
    const { code, stdout, stderr } = await template('apply', await fileWith(WISHES));
    expect(code).toBe(1);
    expect(stdout).toMatch(/\+ order-shipped {2}订单发货通知: 商品名称, 快递公司, 订单编号 {2}tid 403/);
    expect(stdout).toContain('3 of 3 are to be changed');
    expect(stdout).toMatch(/left alone[\s\S]*商品降价提醒/);
    expect(stderr).toContain('--yes');
    expect(first.templates()).toHaveLength(SAMPLE_TEMPLATES.length);
  });

  test('brings the account to the file; applied twice it changes nothing, and asks the library nothing', async () => {
    const file = await fileWith(WISHES);
    const { code, stdout, stderr } = await template('apply', file, '--yes');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/✔ order-shipped = [A-Za-z0-9_-]{43}/);
    const aliases = await aliasesOf();
    expect(Object.keys(aliases).toSorted()).toEqual(['order-shipped', 'policy-expires', 'refunded']);
    const added = first.templates().find(({ templateId }) => templateId === aliases['order-shipped']);
    expect(added?.keywords.map(({ label }) => label)).toEqual(['商品名称', '快递公司', '订单编号']);
    const { stdout: list } = await template('list', '--json');
    expect(JSON.parse(list)).toContainEqual(
      expect.objectContaining({ alias: 'policy-expires', kind: 'limited' }),
    );

    const writes = calls('add-template', 'delete-template');
    const again = await template('apply', file);
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('Nothing is to be changed');
    expect(calls('add-template', 'delete-template')).toBe(writes);
    expect(await aliasesOf()).toEqual(aliases);

    const byName = await fileWith(WISHES.replace(/ {2}- alias: refunded[\s\S]*?(?= {2}- alias: policy)/, ''));
    const reads = calls('categories', 'public-titles', 'public-keywords');
    expect((await template('apply', byName)).code).toBe(0);
    expect(calls('categories', 'public-titles', 'public-keywords')).toBe(reads);
  });

  test('gives another mini program the same aliases with ids of its own', async () => {
    const file = await fileWith(WISHES);
    expect((await forOther('apply', file, '--yes')).code).toBe(0);
    const [mine, theirs] = [await aliasesOf(), await aliasesOf('--app', other.appId)];
    expect(Object.keys(theirs).toSorted()).toEqual(Object.keys(mine).toSorted());
    for (const [alias, id] of Object.entries(theirs)) expect([alias, id]).not.toEqual([alias, mine[alias]]);
    expect(other.templates().map(({ templateId }) => templateId)).toEqual(
      expect.arrayContaining(Object.values(theirs)),
    );
  });

  test('adds another template where keywords change, moves the alias and leaves the one before', async () => {
    const before = (await aliasesOf())['order-shipped'];
    const changed = WISHES.replace('[商品名称, 快递公司, 订单编号]', '[商品名称, 快递单号]');
    const { code, stdout } = await template('apply', await fileWith(changed), '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain(`order-shipped, from ${before}`);
    const after = (await aliasesOf())['order-shipped'];
    expect(after).not.toBe(before);
    expect(first.templates().map(({ templateId }) => templateId)).toContain(before);
    const back = await template('apply', await fileWith(WISHES), '--yes');
    expect(back.stdout).toMatch(/~ order-shipped/);
    expect((await aliasesOf())['order-shipped']).toBe(before);
  });

  test('adds anew what was deleted in the console, and moves the alias from what is gone', async () => {
    const file = await fileWith(
      'templates: [{ alias: gone, title: 退款成功通知, keywords: [退款金额, 退款状态] }]',
    );
    await template('apply', file, '--yes');
    const before = (await aliasesOf())['gone']!;
    first.removeTemplate(before);
    const { code, stdout } = await template('apply', file, '--yes');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\+ gone[\s\S]*✔ gone = /)]);
    const after = (await aliasesOf())['gone']!;
    expect(after).not.toBe(before);
    expect(first.templates().map(({ templateId }) => templateId)).toContain(after);
  });

  test('says that a template has its keywords in another order, and leaves it; adding asks WeChat', async () => {
    const order = WISHES.replace('[商品名称, 快递公司, 订单编号]', '[订单编号, 快递公司, 商品名称]');
    const { code, stdout } = await template('apply', await fileWith(order));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/another order/)]);
    const asked = calls('add-template');
    const added = await template('add', '403', '--keywords', '订单编号,快递公司,商品名称');
    expect([added.code, added.stdout]).toEqual([0, expect.stringContaining('order-shipped = ')]);
    expect(calls('add-template')).toBe(asked + 1);
  });

  test('goes on with the same file where a call failed', async () => {
    const file = await fileWith(`
templates:
  - { alias: parking-due, title: 停车缴费通知, keywords: [车牌号, 停车费用] }
  - { alias: visit, title: 就诊提醒, keywords: [就诊人, 就诊时间] }
`);
    first.setSwitches({ privateTemplates: first.templates().length + 1 });
    const failed = await template('apply', file, '--yes');
    const again = await template('apply', file, '--yes', '--json');
    first.setSwitches({ privateTemplates: 25 });
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('wechat-refused')]);
    expect(failed.stdout).toContain('✔ parking-due');
    expect(failed.stderr).toContain('DELETE /v1/templates');
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([
      1,
      { applied: false, templates: [{ alias: 'parking-due', changed: false }] },
    ]);
    const { code, stdout } = await template('apply', file, '--yes');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/= parking-due[\s\S]*✔ visit/)]);
  });

  test('tells the difference and the outcome as JSON', async () => {
    const file = await fileWith(
      'templates: [{ alias: drop, title: 商品降价提醒, keywords: [商品名称, 当前价格] }]',
    );
    const before = await template('apply', file, '--json');
    expect(before.code).toBe(1);
    expect(JSON.parse(before.stdout)).toMatchObject({
      applied: false,
      templates: [{ order: { tid: '2001' } }],
    });
    const { stdout } = await template('apply', file, '--json', '--yes');
    expect(JSON.parse(stdout)).toMatchObject({
      applied: true,
      templates: [{ alias: 'drop', changed: true }],
    });
  });

  test.each([
    ['no YAML', 'templates: [', /line 1: /],
    [
      'an unknown field',
      'templates: [{ alias: a, title: 就诊提醒, kidList: [1, 2] }]',
      /did you mean keywords\?/,
    ],
    ['no keywords', 'templates: [{ alias: a, title: 就诊提醒 }]', /templates\.0\.keywords: is missing/],
    ['no title', 'templates: [{ alias: a, keywords: [1, 2] }]', /needs a title or a tid/],
    ['no alias', 'templates: [{ title: 就诊提醒, keywords: [1, 2] }]', /templates\.0\.alias: is missing/],
    [
      'a bad alias',
      'templates: [{ alias: 就诊, title: 就诊提醒, keywords: [1, 2] }]',
      /templates\.0\.alias: must be a name/,
    ],
    ['nothing', 'templates: []', /is empty/],
    [
      'an alias twice',
      'templates: [{ alias: a, tid: 403, keywords: [1, 2] }, { alias: a, tid: 403, keywords: [1, 3] }]',
      /alias a/,
    ],
    [
      'a template twice',
      'templates: [{ alias: a, tid: 403, keywords: [1, 7] }, { alias: b, tid: 403, keywords: [7, 1] }]',
      /b is another entry's template/,
    ],
    [
      'an unknown title',
      'templates: [{ alias: a, title: 就诊提示, keywords: [1, 2] }]',
      /did you mean 就诊提醒\?/,
    ],
    ['an unknown tid', 'templates: [{ alias: a, tid: 9, keywords: [1, 2] }]', /no tid 9/],
    [
      'an unknown keyword',
      'templates: [{ alias: a, tid: 5310, keywords: [就诊人, 医生] }]',
      /no keyword 医生.*2 就诊科室/,
    ],
  ])('refuses a file with %s, and says where', async (_, content, says) => {
    const service = await findService({ api: stack.apiUrl }, {});
    const wish = async () =>
      planTemplates(
        await readWishes(await fileWith(content)),
        await readTemplates(service),
        libraryOf(service),
      );
    const { message } = await wish().then(
      () => ({ message: 'accepted' }),
      (error: CommandError) => error,
    );
    expect(message).toMatch(says);
  });

  test.each([
    [
      'an alias that is a number',
      'templates: [{ alias: 12, tid: 1, keywords: [1] }]',
      /alias: must be a name: /,
    ],
    ['tabs', 'templates:\n\t- alias: a', /is not YAML: line 2: Tabs are not allowed/],
    [
      'an anchor that there is not',
      'templates: [{ alias: a, tid: 1, keywords: *x }]',
      /not YAML: Unresolved/,
    ],
    ['a second document', 'templates: []\n---\n', /line 2: a second document begins here/],
    ['nothing at all', '# later', /faults: must begin with "templates:" and a list/],
    ['a full-width colon', 'templates:\n  - alias：a', /templates\.0: must have alias, title or tid/],
    ['a keyword twice', 'templates: [{ alias: a, tid: 5310, keywords: [1, 就诊人] }]', /named twice/],
    ['no keyword', 'templates: [{ alias: a, tid: 5310, keywords: [] }]', /needs keywords/],
  ])('refuses a file with %s in one line, and says where', async (_, content, says) => {
    const service = await findService({ api: stack.apiUrl }, {});
    const reading = async () =>
      planTemplates(await readWishes(await fileWith(content)), [], libraryOf(service));
    await expect(reading()).rejects.toThrow(says);
  });

  test('reads YAML as editors write it: a byte order mark, CRLF, anchors, merge keys, numbers for texts', async () => {
    const file = await fileWith(
      '\uFEFFtemplates:\r\n  - &one { alias: a, title: 12306, keywords: [01, 2], scene: 7 }\r\n  - { <<: *one, alias: b }\r\n',
    );
    expect(await readWishes(file)).toEqual(
      ['a', 'b'].map((alias) => ({ alias, title: '12306', keywords: ['01', '2'], scene: '7' })),
    );
  });

  test('brings the template of a service card too, which has no keywords', async () => {
    const file = await fileWith('templates: [{ alias: parcel, tid: 10000001, keywords: [] }]');
    const { code, stdout } = await template('apply', file, '--yes');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\+ parcel {2}service card 10000001/)]);
    const asked = calls('add-template');
    expect(await template('apply', file)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing is to be changed'),
    });
    expect(calls('add-template')).toBe(asked);
    const added = await template('add', '10000001');
    const { parcel } = await aliasesOf();
    expect([added.code, added.stdout]).toEqual([0, expect.stringContaining(parcel!)]);
  });

  test('of a title with two tids wants the tid, and takes that', async () => {
    const titles = ['403', '1403'].map((tid) => ({ tid, title: '发货', kind: 'one-time', categoryId: '1' }));
    const library = {
      titles: async () => titles.map((title) => ({ ...title, category: title.tid })) as LibraryTitle[],
      keywordsOf: async (tid: string) => [{ keywordId: Number(tid), name: '单号' }] as LibraryKeyword[],
    };
    const wish = (tid: string) => `templates: [{ alias: a, title: 发货, ${tid} keywords: [单号] }]`;
    const planned = async (content: string) =>
      planTemplates(await readWishes(await fileWith(content)), [], library);
    await expect(planned(wish(''))).rejects.toThrow(/tid: 403 \(403\), 1403 \(1403\)/);
    const { templates } = await planned(wish('tid: 1403,'));
    expect(templates).toMatchObject([{ order: { tid: '1403', keywordIds: [1403] } }]);
  });

  test('ends with 2 and one line for a wrong file, with 1 for a difference', async () => {
    for (const name of [join(folder, 'nowhere.yml'), await fileWith('templates: 1')]) {
      const { code, stderr } = await template('apply', name, '--yes');
      expect([code, stderr.trim().split('\n')]).toEqual([2, [expect.stringContaining(name)]]);
    }
  });

  test('is told in words and without a stack what is wrong with a file', async () => {
    const file = await fileWith('templates: [{ alias: a, title: 就诊提示, keywords: [1, 2] }]');
    const { code, stderr } = await template('apply', file, '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Nothing was changed')]);
    expect(stderr).not.toContain('    at ');
  });
});

describe('npm run template -- add and remove', () => {
  const ADD = ['add', '订单发货通知', '--keywords', '收货人，发货时间', '--scene', '发货', '--alias', 'one'];

  test('add a template by its title, and delete it by its alias', async () => {
    const { code, stdout, stderr } = await template(...ADD);
    expect([code, stderr]).toEqual([0, '']);
    const id = (await aliasesOf())['one']!;
    expect(stdout).toContain(`✔ one = ${id}`);
    expect((await template(...ADD)).stdout).toContain(`= one = ${id}`);
    expect((await template('remove', 'one')).code).toBe(1);
    expect(first.templates().map(({ templateId }) => templateId)).toContain(id);
    expect((await template('remove', 'one', '--yes')).stdout).toContain(`✔ ${id} is deleted`);
    expect(first.templates().map(({ templateId }) => templateId)).not.toContain(id);
    expect((await template('remove', 'one', '--yes')).stderr).toContain('not-found');
  });

  test('what is in use is deleted by force only', async () => {
    await template(...ADD);
    const id = (await aliasesOf())['one']!;
    const data = { name6: '王小明', time5: '15:01' };
    const campaign = await call('POST', '/v1/campaigns', {
      name: '周五',
      templateId: 'one',
      data,
      audience: { type: 'grantees' },
    });
    const openid = first.createUser();
    const results = first.subscribe({ openid, results: { [id]: 'accept' } });
    await call('POST', '/v1/grants', { openid, requestId: 'r', results });
    const sendAt = new Date(Date.now() + 86_400_000).toISOString();
    const message = await call('POST', '/v1/messages', { to: openid, templateId: 'one', data, sendAt });
    const refused = await template('remove', 'one', '--yes');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('template-in-use')]);
    expect(refused.stderr).toContain(String(message['id']));
    const { code, stdout } = await template('remove', 'one', '--yes', '--force');
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 waiting messages canceled/);
    expect(stdout).toContain(String(campaign['id']));
    expect(await call('GET', `/v1/messages/${message['id']}`)).toMatchObject({ status: 'canceled' });
  });

  test('say what they need', async () => {
    const { code, stderr } = await template('add', '403');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--keywords')]);
    expect((await template('add', '403', '--keywords', '1')).stderr).toContain('keywordIds');
  });
});
