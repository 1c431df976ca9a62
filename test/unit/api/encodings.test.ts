import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../../lib/api/http-handler.ts';
import { describeRoutes, route } from '../../../lib/api/route.ts';
import { oneApp } from '../../support/api-credentials.ts';
import { call, type HttpRequestParts } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

const { putThing } = describeRoutes({
  putThing: {
    route: 'POST /v1/things/{id}',
    summary: 'For these tests',
    access: { anyone: true },
    params: v.object({ id: v.string() }),
    query: v.strictObject({ note: v.exactOptional(v.string()) }),
    body: v.strictObject({ name: v.string() }),
    csv: 'Anything.',
    answers: { 200: { description: 'What came in', schema: v.unknown() } },
  },
});

const handler = createHttpHandler(
  () => [
    route(putThing, async ({ body, csv, query }) => ({
      status: 200,
      body: { name: body?.name, csv, note: query.note },
    })),
  ],
  { apps: oneApp(), logger: keptLogs().logger },
);

const send = (parts: HttpRequestParts) => call(handler, { method: 'POST', path: '/v1/things/a', ...parts });

/** The two ways in which API Gateway hands over the same bytes. */
const ways: readonly [string, (bytes: Buffer) => HttpRequestParts][] = [
  ['in base64', (bytes) => ({ text: bytes.toString('base64'), isBase64Encoded: true })],
  ['as text, decoded before', (bytes) => ({ text: bytes.toString('utf8') })],
];

const json = (name: Buffer) => Buffer.concat([Buffer.from('{"name":"'), name, Buffer.from('"}')]);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const bigEndian = (text: string) => utf16(text).swap16();

describe.each(ways)('a body %s', (_, as) => {
  it.each([
    ['GBK, as Windows’ curl sends it', json(Buffer.from('c4e3bac3', 'hex'))],
    ['GBK in the name of a field', Buffer.from('{"\xc3\xfb":"n"}', 'latin1')],
    ['Big5', json(Buffer.from('a741a66e', 'hex'))],
    ['GB18030 of four bytes', json(Buffer.from('95329031', 'hex'))],
    ['ISO 8859-1', json(Buffer.from('é', 'latin1'))],
    ['UTF-16 with a byte order mark', utf16('\uFEFF{"name":"鸟"}')],
    ['UTF-16, big-endian', bigEndian('\uFEFF{"name":"鸟"}')],
    ['UTF-16 without a byte order mark', utf16('{"name":"n"}')],
    ['UTF-8 that was cut off inside a character', json(Buffer.from('青鸟').subarray(0, 5))],
    ['UTF-8 that was cut off at its end', Buffer.from('{"name":"青鸟').subarray(0, 14)],
    ['halves of a surrogate pair, each in three bytes', json(Buffer.from('eda0bdedb880', 'hex'))],
    ['a form longer than it must be', json(Buffer.from('c0af', 'hex'))],
  ])('that is %s is 400, and told how to send UTF-8', async (__, bytes) => {
    const { status, body } = await send(as(bytes));
    expect([status, body.code]).toEqual([400, 'malformed-json']);
    for (const text of [body.remedy.en, body.remedy.zh]) {
      expect(text).toMatch(/chcp 65001/);
      expect(text).toMatch(/--data-binary @/);
      expect(text).toMatch(/mb_convert_encoding/);
      expect(text).toMatch(/JSON_UNESCAPED_UNICODE/);
    }
  });

  it('is refused for its bytes before its charset', async () => {
    const headers = { 'content-type': 'application/json; charset=gbk' };
    const { body } = await send({ ...as(json(Buffer.from('c4e3bac3', 'hex'))), headers });
    expect(body.code).toBe('malformed-json');
  });

  it.each([
    ['Chinese', '青鸟'],
    ['an emoji', '🐦'],
    ['the last characters of each length', '\u007f\u07ff\uffef\u{10ffff}'],
    ['text in which a byte order mark stands', 'a\ufeffb'],
  ])('in UTF-8 is taken as it is: %s', async (__, name) => {
    expect((await send(as(json(Buffer.from(name))))).body).toEqual({ name });
  });

  it('may begin with a byte order mark', async () => {
    expect((await send(as(Buffer.from('\uFEFF{"name":"青鸟"}')))).body).toEqual({ name: '青鸟' });
  });

  it('may hold U+FFFD in its escape', async () => {
    expect((await send(as(Buffer.from('{"name":"\\ufffd"}')))).body).toEqual({ name: '\ufffd' });
  });

  it('of CSV is held to the same', async () => {
    const csv = (bytes: Buffer, type = 'text/csv') =>
      send({ ...as(bytes), headers: { 'content-type': type } });
    const gbk = Buffer.concat([Buffer.from('openid,name\no1,'), Buffer.from('c4e3bac3', 'hex')]);
    for (const bytes of [gbk, utf16('\uFEFFopenid\no1'), utf16('openid\no1')]) {
      const { status, body } = await csv(bytes);
      expect([status, body.code, body.remedy.zh]).toEqual([
        400,
        'malformed-json',
        expect.stringMatching(/Excel/),
      ]);
    }
    expect((await csv(Buffer.from('openid\n青鸟'))).body.csv).toBe('openid\n青鸟');
    expect((await csv(Buffer.from('\uFEFFopenid\no1'))).body.csv).toBe('openid\no1');
    expect((await csv(Buffer.from('openid\no1'), 'text/csv; charset=gbk')).status).toBe(415);
  });
});

describe('U+FFFD itself', () => {
  const bytes = Buffer.from('{"name":"\ufffd"}');

  it('is taken where the bytes show that it was sent', async () => {
    expect((await send({ text: bytes.toString('base64'), isBase64Encoded: true })).body.name).toBe('\ufffd');
  });

  it('is refused where it may stand for what was not UTF-8', async () => {
    expect((await send({ text: bytes.toString() })).body.code).toBe('malformed-json');
  });
});

describe('a content type', () => {
  it.each([
    'application/json; charset=utf8',
    'application/json;charset="UTF-8"',
    'application/json; profile=x; charset=utf-8',
    'application/json; odata=verbose',
    'application/json; charset=us-ascii',
    'application/json;',
  ])('is taken: %s', async (type) => {
    expect((await send({ json: { name: 'n' }, headers: { 'content-type': type } })).status).toBe(200);
  });

  it.each(['gbk', 'GB2312', 'gb18030', 'big5', 'iso-8859-1', 'utf-16', '"gbk"'])(
    'that names the charset %s is 415, and told how to send UTF-8',
    async (charset) => {
      const headers = { 'content-type': `application/json; charset=${charset}` };
      const { status, body } = await send({ json: { name: 'n' }, headers });
      expect([status, body.code, body.remedy.en]).toEqual([
        415,
        'unsupported-media-type',
        expect.stringContaining('chcp 65001'),
      ]);
    },
  );
});

it.each(['gzip', 'br', 'deflate'])(
  'a body in %s is 415, and not taken for another encoding',
  async (coding) => {
    const headers = { 'content-encoding': coding };
    const { status, body } = await send({ text: 'H4sIAA==', isBase64Encoded: true, headers });
    expect([status, body.code]).toEqual([415, 'unsupported-media-type']);
  },
);

describe('a query', () => {
  it.each([
    ['in GBK', 'note=%C4%E3%BA%C3'],
    ['with a name in GBK', '%C4%E3=1'],
    ['cut off inside a character', 'note=%E9%9D'],
    ['with a % that encodes nothing', 'note=100%'],
    ['with a % before no digits', 'note=%zz'],
  ])('%s is 422, and told how to encode', async (_, query) => {
    const { status, body } = await send({ json: { name: 'n' }, query });
    expect([status, body.code]).toEqual([422, 'invalid-query']);
    expect(body.remedy.en).toContain('encodeURIComponent');
    expect(body.remedy.zh).toMatch(/\p{sc=Han}/u);
  });

  it('in UTF-8 is taken', async () => {
    const { body } = await send({ json: { name: 'n' }, query: 'note=%E9%9D%92%20100%25' });
    expect(body.note).toBe('青 100%');
  });
});

it.each(['/v1/things/\ufffd\ufffd', '/v1/things/%C4%E3', '/v1/\ufffd'])(
  'an address that is not percent-encoded UTF-8 is 404, and told how to encode: %s',
  async (path) => {
    const { status, body } = await send({ json: { name: 'n' }, path });
    expect([status, body.code]).toEqual([404, 'not-found']);
    expect(body.remedy.en).toContain('encodeURIComponent');
  },
);
