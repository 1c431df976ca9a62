import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../lib/campaigns/recipients/read-csv.ts';

const read = (text: string) => {
  const result = readCsv(text);
  return result.type === 'read' ? result.recipients : result.errors;
};

/** A text in both languages, whose English holds `text`. */
const says = (text: string) => ({
  en: expect.stringContaining(text),
  zh: expect.stringMatching(/\p{sc=Han}/u),
});

describe('a CSV of recipients', () => {
  it('has a header, a column openid and a column for each variable', () => {
    expect(read('openid,name,城市\no1,Ming,广州\no2,Hong,上海\n')).toEqual([
      { openid: 'o1', variables: { name: 'Ming', 城市: '广州' } },
      { openid: 'o2', variables: { name: 'Hong', 城市: '上海' } },
    ]);
  });

  it('may have its columns in any order, CRLF, a byte order mark, empty lines and no line end at the last', () => {
    expect(read('\uFEFFname,openid\r\nMing,o1\r\n\r\nHong,o2')).toEqual([
      { openid: 'o1', variables: { name: 'Ming' } },
      { openid: 'o2', variables: { name: 'Hong' } },
    ]);
  });

  it('may hold commas, quotes and line breaks in quotes', () => {
    expect(read('openid,text\no1,"a, ""b""\nc"\n')).toEqual([
      { openid: 'o1', variables: { text: 'a, "b"\nc' } },
    ]);
  });

  describe('as spreadsheets write it', () => {
    const people = [
      { openid: 'o1', variables: { name: 'Ming' } },
      { openid: 'o2', variables: { name: 'Hong' } },
    ];

    it.each([
      ['rows of commas below the data', 'openid,name\no1,Ming\no2,Hong\n,\n,\n,\n'],
      ['rows of commas between', 'openid,name\n,\no1,Ming\n,\no2,Hong\n'],
      ['rows of commas above the header', ',\n,\nopenid,name\no1,Ming\no2,Hong\n'],
      ['more commas than columns', 'openid,name\no1,Ming,,\no2,Hong,\n,,,,,\n'],
      ['empty last columns', 'openid,name,,\no1,Ming,,\no2,Hong,,\n,,,\n'],
      ['empty last columns in the header alone', 'openid,name,,\no1,Ming\no2,Hong\n'],
      ['an empty column between', 'openid,,name\no1,,Ming\no2, ,Hong\n'],
      ['an empty first column', ',openid,name\n,o1,Ming\n,o2,Hong\n'],
      ['quoted empty values', 'openid,name,""\no1,Ming,""\n"","",""\no2,Hong," "\n'],
      ['rows of spaces', 'openid,name\no1,Ming\n   \n , \n\u3000,\u00a0\no2,Hong\n\t\n'],
      ['spaces in the header', ' openid , name \no1,Ming\no2,Hong\n'],
      ['a quoted header behind a byte order mark', '\uFEFF"openid","name"\r\n"o1","Ming"\r\n"o2","Hong"\r\n'],
      ['blank lines at both ends', '\r\n\r\nopenid,name\r\no1,Ming\r\no2,Hong\r\n\r\n\r\n'],
      ['semicolons', 'openid;name\no1;Ming\no2;Hong\n;\n'],
      ['tabs', 'openid\tname\no1\tMing\no2\tHong\n\t\n'],
      ['tabs and spaces in the header', '\t\nopenid \t name\t\no1\tMing\t\no2\tHong\t\n'],
      ['a line that tells the separator', '\uFEFFsep=;\r\nopenid;name\r\no1;Ming\r\no2;Hong\r\n'],
      ['a line that tells the comma', 'sep=,\nopenid,name\no1,Ming\no2,Hong\n'],
      ['line ends of an old Mac', 'openid,name\ro1,Ming\ro2,Hong\r'],
      ['line ends of two systems', 'openid,name\no1,Ming\r\no2,Hong\r\n'],
      ['another spelling of openid', 'OpenID,name\no1,Ming\no2,Hong\n'],
      ['names in braces, as the texts have them', '{{openid}},{{ name }}\no1,Ming\no2,Hong\n'],
    ])('%s', (_, text) => {
      expect(read(text)).toEqual(people);
    });

    it('with sixteen thousand empty columns', () => {
      const commas = ','.repeat(16_382);
      expect(read(`openid,name${commas}\r\no1,Ming${commas}\r\n,${commas}\r\no2,Hong${commas}\r\n`)).toEqual(
        people,
      );
    });

    it('with separators and Chinese commas inside of values', () => {
      expect(read('openid;text\no1;a,b，c\no2;"d;e"\n')).toEqual([
        { openid: 'o1', variables: { text: 'a,b，c' } },
        { openid: 'o2', variables: { text: 'd;e' } },
      ]);
    });

    it('with the lines of the file, whatever is skipped', () => {
      expect(readCsv('sep=,\n,\nopenid,name\n,\no1,Ming\n\no2,Hong\n,\n')).toMatchObject({ lines: [5, 7] });
    });
  });

  it('takes an empty value for no value, and spaces around an openid for nothing', () => {
    expect(read('openid,name\n o1 ,\n')).toEqual([{ openid: 'o1', variables: {} }]);
  });

  it('takes what a row leaves out at its end for empty, as Excel writes rows below the sixteenth', () => {
    expect(read('openid,name,note\no1,Ming,x\no2,Hong\no3\n')).toEqual([
      { openid: 'o1', variables: { name: 'Ming', note: 'x' } },
      { openid: 'o2', variables: { name: 'Hong' } },
      { openid: 'o3', variables: {} },
    ]);
  });

  it('keeps the line of each recipient, also behind empty lines and values of several lines', () => {
    const result = readCsv('openid,text\n\no1,"a\nb"\no2,c\n');
    expect(result).toMatchObject({ type: 'read', lines: [4, 5] });
  });

  it.each([
    ['', [{ path: 'line 1', message: says('header') }]],
    ['openid\n', [{ path: '', message: says('at least one') }]],
    ['name\nMing\n', [{ path: 'line 1', message: says('openid') }]],
    ['openid,name,name\no1,a,b\n', [{ path: 'line 1', message: says('column 3 twice') }]],
    ['openid,1st\no1,a\n', [{ path: 'line 1', message: says('column 2') }]],
    ['openid,name\no1\no2,b,c\n', [{ path: 'line 3', message: says('has 3 values; the header has 2') }]],
    ['openid,name,\no1,a,b\n', [{ path: 'line 2', message: says('has 3 values; the header has 2') }]],
    ['openid,,name\no1,a,b\n', [{ path: 'line 2', message: says('column 2, which has no name') }]],
    [',\nopenid,name\n,\no1,a\n,b\n', [{ path: 'line 5.openid', message: says('openid') }]],
    [',,\n , \n', [{ path: 'line 1', message: says('header') }]],
    ['openid,name\n,\n,\n', [{ path: '', message: says('at least one') }]],
    ['openid，name\no1，Ming\n', [{ path: 'line 1', message: says('Chinese comma') }]],
    ['openid,OPENID\no1,o2\n', [{ path: 'line 1', message: says('column 2 twice') }]],
    [
      'openid|name\no1|Ming\n',
      [
        { path: 'line 1', message: says('openid') },
        { path: 'line 1', message: says('column 1') },
      ],
    ],
    ['openid,order id\no1,7\n', [{ path: 'line 1', message: says('column 2') }]],
    ['openid\no1\nnot an openid\n', [{ path: 'line 3.openid', message: says('openid') }]],
    ['openid,name\no1,"Ming\no2,b\n', [{ path: 'line 2', message: says('not closed') }]],
    ['openid,name\no1,Mi"ng\n', [{ path: 'line 2', message: says('quote') }]],
    ['openid,name\no1,"Ming"x\n', [{ path: 'line 2', message: says('quote') }]],
  ])('%j is refused by its line', (text, errors) => {
    expect(readCsv(text)).toEqual({ type: 'bad', errors });
  });

  it('names fifty errors and no more', () => {
    expect(read(`openid\n${'!\n'.repeat(500)}`)).toHaveLength(50);
  });

  it('never repeats a value of the file', () => {
    const secret = 'x'.repeat(3000);
    expect(JSON.stringify(readCsv(`openid,name\no1,${secret}\n`))).not.toContain(secret);
  });

  it('of 100,000 lines takes a moment', () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `o${index},name ${index % 100}`);
    expect(read(`openid,name\n${lines.join('\n')}`)).toHaveLength(100_000);
  });
});
