import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/samples.ts';
import { runCommand } from './run-command.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const [SHIPPED, , PRICE_DROP, VISIT, PARKING] = SAMPLE_TEMPLATES.map(({ templateId }) => templateId);

let stack: Stack;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-'));
  stack = await startStack({
    logger: quiet,
    dispatchEverySeconds: 0,
    settings: { TEMPLATE_ALIASES: `shipped=${SHIPPED},parking=${PARKING}` },
  });
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

const template = (...args: string[]) => runCommand('template', args, { QINGNIAO_API_URL: stack.apiUrl });

let files = 0;
async function fileWith(content: unknown): Promise<string> {
  const file = join(folder, `messages-${files++}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const FINE = {
  character_string1: 'DD1',
  thing2: '茶',
  thing3: '顺丰',
  character_string4: 'SF1',
  time5: '15:01',
};

describe('npm run template', () => {
  test('lists every template with its fields', async () => {
    const { code, stdout } = await template('list');
    expect(code).toBe(0);
    for (const { templateId, title, keywords } of SAMPLE_TEMPLATES) {
      for (const text of [templateId, title, ...keywords.map(({ key }) => key)])
        expect(stdout).toContain(text);
    }
    const json = JSON.parse((await template('list', '--json')).stdout);
    expect(json).toHaveLength(SAMPLE_TEMPLATES.length);
  });

  test('declares the kind of a long-term template, which list then shows, and takes it back', async () => {
    const { code, stdout } = await template('kind', VISIT ?? '', 'limited');
    expect([code, stdout]).toEqual([0, expect.stringContaining('limited')]);
    expect((await template('list')).stdout).toContain('复诊提醒  limited');
    expect((await template('kind', VISIT ?? '', 'long-term')).stdout).toContain('long-term');
    const contradicted = await template('kind', 'shipped', 'device');
    expect([contradicted.code, contradicted.stderr]).toEqual([1, expect.stringContaining('one-time')]);
    const misspelt = await template('kind', VISIT ?? '', 'limted');
    expect([misspelt.code, misspelt.stderr]).toEqual([2, expect.stringContaining('limited')]);
    expect((await template('kind', VISIT ?? '')).code).toBe(2);
  });

  test('gives an example that its own check passes', async () => {
    const out = join(folder, 'example.json');
    expect((await template('example', 'shipped', '--openid', 'oUser', '--out', out)).code).toBe(0);
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ to: 'oUser', templateId: 'shipped' });
    const { code, stdout } = await template('check', out);
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 of 1 can be sent')]);
  });

  test('names every fault of every message and exits with 1', async () => {
    const bad = { to: 'o', templateId: 'shipped', data: { ...FINE, thing2: '长'.repeat(21), thing3: '' } };
    const file = await fileWith({ messages: [{ ...bad, data: FINE }, bad] });
    const { code, stdout } = await template('check', file);
    expect(code).toBe(1);
    for (const text of ['data.thing2', 'data.thing3', '21 characters', '1 of 2 would be refused']) {
      expect(stdout).toContain(text);
    }
  });

  test('shows what fit would change, and takes data alone where the template is named', async () => {
    const file = await fileWith({ ...FINE, thing2: '长'.repeat(21) });
    expect((await template('check', file, '--template', SHIPPED ?? '')).code).toBe(1);
    const { code, stdout } = await template('check', file, '--template', 'shipped', '--fit');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${'长'.repeat(19)}…`)]);
    const json = await template('check', file, '--template', 'shipped', '--fit', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([{ result: { valid: true, fitted: [{ key: 'thing2' }] } }]);
  });

  test('says what is wrong with its words, and without a stack', async () => {
    const cases: [string[], string, number?][] = [
      [['check', 'nowhere.json'], 'cannot be read', 2],
      [['check', await fileWith('{')], 'not JSON', 2],
      [['check', await fileWith({ data: {} })], 'is none', 2],
      [[], 'Say list', 2],
      [['exmaple', 'x'], 'Did you mean example?', 2],
      [['list', '--frobnicate'], 'npm run template -- --help', 2],
      [['list', '--api', 'here'], 'no address', 2],
      [['list', '--api', 'http://127.0.0.1:9'], 'Is the service running?'],
      [['list', '--api', 'https://example.com'], 'API key'],
      [['list', '--key', 'wrong'], 'invalid-token'],
    ];
    await Promise.all(
      cases.map(async ([args, text, ends = 1]) => {
        const { code, stderr } = await template(...args);
        expect([args, code, stderr]).toEqual([args, ends, expect.stringContaining(text)]);
        expect(stderr).not.toContain('    at ');
      }),
    );
  });

  test('explains itself', async () => {
    const { code, stdout } = await template('--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining('QINGNIAO_API_KEY')]);
  });

  test('finds the API of a deployed stage', async () => {
    const endpoint = await useCloudFormation({ HttpApiUrl: stack.apiUrl });
    const env = {
      AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint,
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    };
    const { code, stdout } = await runCommand('template', ['list', '--stage', 'test'], env);
    expect([code, stdout]).toEqual([0, expect.stringContaining('parking')]);
  });
});

describe('npm run template -- types', () => {
  /** The lines after @ts-expect-error must be errors, all others must not: one compilation proves both. */
  const USE = `
import type { NewMessage, NewMessageOf, TemplateData, TemplateName } from './templates.ts';

const fine: NewMessage = {
  to: 'o', templateId: 'shipped',
  data: { character_string1: 'a', thing2: { value: 'b' }, thing3: 'c', character_string4: 'd', time5: 'e' },
  sendAt: '2026-12-01T09:00:00+08:00', fit: true,
};
const byId: TemplateData['${SHIPPED}'] = fine.templateId === 'shipped' ? fine.data : missing();
const name: TemplateName = '${PRICE_DROP}';
function send<N extends TemplateName>(message: NewMessageOf<N>): N { return message.templateId; }
function missing(): never { throw new Error(); }

send({ to: 'o', templateId: 'parking', data: { car_number1: 'a', enum_string2: '待缴费', amount3: '1', date4: 'x', number5: '1' } });
// @ts-expect-error a value that the template does not list
send({ to: 'o', templateId: 'parking', data: { car_number1: 'a', enum_string2: '付了', amount3: '1', date4: 'x', number5: '1' } });
// @ts-expect-error a field that is spelt wrong
const wrongKey: TemplateData['shipped'] = { character_string1: 'a', thing22: 'b', thing3: 'c', character_string4: 'd', time5: 'e' };
// @ts-expect-error a field too many
const surplus: TemplateData['shipped'] = { character_string1: 'a', thing2: 'b', thing3: 'c', character_string4: 'd', time5: 'e', thing6: 'f' };
// @ts-expect-error a field too few
const short: TemplateData['shipped'] = { character_string1: 'a', thing2: 'b', thing3: 'c', character_string4: 'd' };
// @ts-expect-error no text
const number: TemplateData['shipped'] = { character_string1: 1, thing2: 'b', thing3: 'c', character_string4: 'd', time5: 'e' };
// @ts-expect-error a field that is spelt wrong, in a whole message
send({ to: 'o', templateId: 'odd-one', data: { thing: 'a', enum_string2: '*/' } });
send({ to: 'o', templateId: 'odd-one', data: { thing1: 'a', enum_string2: '*/' } });
// @ts-expect-error no such template
const unknown: TemplateName = 'shiped';
// @ts-expect-error the data of another template
send({ to: 'o', templateId: 'shipped', data: { car_number1: 'a', enum_string2: '待缴费', amount3: '1', date4: 'x', number5: '1' } });
export { byId, name, wrongKey, surplus, short, number, unknown };
`;

  test('makes a wrong field name a compile error, whatever people write into titles, labels and values', async () => {
    const keywords = [
      { key: 'thing1', label: '*/ export const x = 1; /*', example: '`$' + '{1}`' },
      { key: 'enum_string2', label: '甲\n乙', example: '"', values: ['"', "it's", '\\', '*/'] },
    ];
    stack.wechat?.addTemplates([{ templateId: 'odd-one', title: '*/ 奇怪', kind: 'one-time', keywords }]);
    const headers = { authorization: 'Bearer dev-key' };
    await fetch(`${stack.apiUrl}/v1/templates/sync`, { method: 'POST', headers });
    expect((await template('types', '--out', join(folder, 'templates.ts'))).code).toBe(0);
    await writeFile(join(folder, 'use.ts'), USE);
    expect(await compile('use.ts')).toBe('');
  });

  async function compile(file: string): Promise<string> {
    const tsc = resolve('node_modules/.bin/tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--allowImportingTsExtensions'];
    try {
      await promisify(execFile)(tsc, [...options, file], { cwd: folder });
      return '';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }
});

/** A CloudFormation that answers one stack with these outputs beside those of every stage. */
async function useCloudFormation(outputs: Record<string, string>): Promise<string> {
  const all = { TableName: 't', SendQueueUrl: 'q', SendDeadLetterQueueUrl: 'd', ...outputs };
  const members = Object.entries(all).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(`<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
    <StackName>qingniao-test</StackName><CreationTime>2026-12-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
