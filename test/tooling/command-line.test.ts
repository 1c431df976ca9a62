import { expect, test } from 'vitest';
import { helpText } from '../../operate/command-help.ts';
import { languageOf, withoutOption } from '../../operate/language.ts';
import { table, wrapped } from '../../operate/table.ts';
import { localTime, zoneOf } from '../../operate/times.ts';

test.each([
  [[], 'zh-CN', 'zh'],
  [[], 'en-US', 'en'],
  [[], 'fr-FR', 'en'],
  [['--lang', 'en'], 'zh-CN', 'en'],
  [['--lang=zh'], 'en-US', 'zh'],
  [['--lang', 'zh', '--lang', 'en'], 'zh-CN', 'en'],
  [['--', '--lang', 'zh'], 'en-US', 'en'],
  [['--lang', 'fr'], 'zh-CN', 'zh'],
  [['--lang'], 'en-US', 'en'],
])('a command called with %j on a system of %s speaks %s', (args, locale, language) => {
  expect(languageOf(args, locale)).toBe(language);
});

test('an option of all commands is taken out before a command sees its own', () => {
  expect(withoutOption(['a', '--lang', 'zh', '--lang=en', '--json', '--', '--lang', 'x'], '--lang')).toEqual([
    'a',
    '--json',
    '--',
    '--lang',
    'x',
  ]);
});

test('a moment is told in the zone that is asked for, with its offset', () => {
  const moment = '2026-12-01T01:00:00.000Z';
  expect(localTime(moment, 'Asia/Shanghai')).toBe('2026-12-01 09:00:00 +08:00');
  expect(localTime(Date.parse(moment), 'UTC')).toBe('2026-12-01 01:00:00 +00:00');
  expect(localTime(moment, 'America/New_York')).toBe('2026-11-30 20:00:00 -05:00');
  expect(zoneOf(['--zone', 'Asia/Shanghai'])).toBe('Asia/Shanghai');
  expect(zoneOf(['--zone', 'Mars/Base'])).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test('a table has headers, and columns that hold Chinese', () => {
  expect(
    table(
      ['名称', 'n'],
      [
        ['预约提醒', '7'],
        ['a', '1,000'],
      ],
      [1],
    ),
  ).toEqual(['名称          n', '预约提醒      7', 'a         1,000']);
  expect(table(['a'], [])).toEqual(['a']);
});

test('a text is wrapped between words, and in Chinese between any two characters but before a stop', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('一二三，四五', 6)).toEqual(['一二三，', '四五']);
});

test('help says what a command does, how it is called, and each option with its text beside it', () => {
  const statement = {
    name: 'audit',
    about: 'Looks.',
    usages: [['--stage NAME'], ['', 'all of it']] as const,
    words: { PORT: 'of the API' },
    notes: 'That is all.',
  };
  const options = {
    stage: { type: 'string', value: 'NAME', help: 'which' },
    yes: { type: 'boolean', short: 'y', help: 'ask nothing' },
  } as const;
  expect(helpText(statement, options).split('\n')).toEqual([
    'Looks.',
    '',
    '  npm run audit -- --stage NAME',
    '  npm run audit                  all of it',
    '',
    '  PORT          of the API',
    '  --stage NAME  which',
    '  --yes, -y     ask nothing',
    '',
    'That is all.',
  ]);
});
