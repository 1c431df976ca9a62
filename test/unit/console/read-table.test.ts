import { describe, expect, test } from 'vitest';
import { readTable } from '../../../console/src/pages/campaigns/new/read-table.ts';
import { checkList, uploadsOf } from '../../../console/src/pages/campaigns/new/recipient-list.ts';
import { readCsv } from '../../../lib/campaigns/recipients/read-csv.ts';

const bytes = (text: string) => new TextEncoder().encode(text).buffer;
const noLook = () => undefined;
const takesAll = () => undefined;

/** Over many parts. */
const MANY = 60_000;

describe('a list as spreadsheets write it', () => {
  test('of many parts every row is read once, also where a value with line ends lies across two parts', async () => {
    const value = 'first line\nsecond, ""quoted"" line\n';
    const rows = Array.from({ length: MANY }, (_, n) => `o${n},"${value}"`);
    const { columns, rows: read, encoding } = await readTable(bytes(`openid,text\n${rows.join('\n')}\n`));
    expect([columns, encoding]).toEqual([['openid', 'text'], 'UTF-8']);
    expect(read).toHaveLength(MANY);
    expect(
      read.every(([openid, text]) => openid?.startsWith('o') && text === value.replaceAll('""', '"')),
    ).toBe(true);
  });

  test.each([
    ['UTF-8 with its mark and CRLF', bytes('\uFEFFopenid,名称\r\no1,茶杯\r\n'), 'UTF-8'],
    ['CR alone, and semicolons', bytes('openid;名称\ro1;茶杯\r'), 'UTF-8'],
    ['an emoji', bytes('openid,名称\no1,茶杯\n'), 'UTF-8'],
    [
      'GBK',
      new Uint8Array([
        ...Buffer.from('openid,'),
        0xc3,
        0xfb,
        0xb3,
        0xc6,
        10,
        ...Buffer.from('o1,'),
        0xb2,
        0xe8,
        0xb1,
        0xad,
        10,
      ]).buffer,
      'GB18030',
    ],
    [
      'UTF-16 little-endian',
      new Uint8Array([0xff, 0xfe, ...Buffer.from('openid\t名称\no1\t茶杯\n', 'utf16le')]).buffer,
      'UTF-16',
    ],
  ])('%s', async (_, file, encoding) => {
    expect(await readTable(file)).toEqual({ columns: ['openid', '名称'], rows: [['o1', '茶杯']], encoding });
  });

  test('what is no text, and a quote that is never closed, are refused', async () => {
    await expect(readTable(new Uint8Array([0xff, 0xff, 0x00, 0x81]).buffer)).rejects.toThrow();
    await expect(readTable(bytes('openid,a\no1,"never closed\no2,b\n'))).rejects.toThrow();
    expect(await readTable(new ArrayBuffer(0))).toMatchObject({ columns: [], rows: [] });
  });
});

describe('the rows of a list', () => {
  const columns = { openidColumn: 1, variableColumns: { goods: 0 } };

  test('each faulty one is told why, and the others are uploaded as the service reads them', async () => {
    const rows = [
      ['茶杯', ' o1 '],
      ['茶壶', 'not an openid!'],
      ['  ', 'o2'],
      ['茶盘', 'o1'],
      ['长'.repeat(700), 'o3'],
      ['refused', 'o4'],
      ['with "quotes", and\na line', 'o5'],
    ];
    const list = await checkList(
      { columns: ['goods', 'user'], rows, encoding: 'UTF-8' },
      columns,
      ({ goods }) => (goods === 'refused' ? { en: 'does not fit', zh: '不合规' } : undefined),
      noLook,
    );
    expect(list.faulty.map(({ cells: [, openid], why }) => [openid, why.en])).toEqual([
      ['not an openid!', expect.stringContaining('must be an openid')],
      ['o2', '“goods” is empty'],
      ['o1', 'This user stands further up already'],
      ['o3', 'The variables are over 2000 bytes together'],
      ['o4', 'does not fit'],
    ]);
    const [upload = '', ...more] = uploadsOf(list);
    expect(more).toEqual([]);
    expect(readCsv(upload)).toMatchObject({
      type: 'read',
      recipients: [
        { openid: 'o1', variables: { goods: '茶杯' } },
        { openid: 'o5', variables: { goods: 'with "quotes", and\na line' } },
      ],
    });
  });

  test('many go in several uploads, none of them over what one may hold', async () => {
    const rows = Array.from({ length: MANY }, (_, n) => ['茶杯'.repeat(20), `oMany${n}`]);
    const list = await checkList(
      { columns: ['goods', 'user'], rows, encoding: 'UTF-8' },
      columns,
      takesAll,
      noLook,
    );
    const uploads = [...uploadsOf(list)];
    expect(uploads.length).toBeGreaterThan(2);
    expect(Math.max(...uploads.map((text) => Buffer.byteLength(text)))).toBeLessThan(4 * 1024 * 1024);
    expect(uploads.reduce((sum, text) => sum + text.trim().split('\r\n').length - 1, 0)).toBe(MANY);
  });
});
