import { expect, test } from 'vitest';
import { argumentFaults, unknown } from '../../../operate/argument-faults.ts';

const options = {
  stage: { type: 'string', short: 's' },
  'dry-run': { type: 'boolean' },
  rotate: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;
const faults = (args: string[], takesWords = false) => argumentFaults(args, { options, takesWords });

test.each([
  [['--stage', 'dev', '--dry-run']],
  [['--stage=dev', '--rotate', 'a', '--rotate', 'b']],
  [['-s', 'dev']],
  [['-sdev']],
  [['--stage=--odd']],
  [['--help']],
  [['-h']],
])('%j is taken', (args) => {
  expect(faults(args)).toEqual([]);
});

test.each([
  [['--stag', 'dev'], 'There is no option --stag. Did you mean --stage?'],
  [['--satge=dev'], 'There is no option --satge. Did you mean --stage?'],
  [['--dry'], 'Did you mean --dry-run?'],
  [['--dryrun'], 'Did you mean --dry-run?'],
  [['--STAGE', 'x'], 'Did you mean --stage?'],
  [['-stage', 'dev'], 'There is no option -stage. Did you mean --stage?'],
  [['-x'], 'There is no option -x.'],
  [['--frobnicate'], 'There is no option --frobnicate.'],
  [['--constructor'], 'There is no option --constructor.'],
  [['--stage'], '--stage needs a value.'],
  [['--stage', '--dry-run'], '--stage needs a value.'],
  [['-s'], '-s needs a value.'],
  [['--dry-run=yes'], '--dry-run takes no value.'],
  [['stage'], 'Did you mean --stage?'],
  [['dev'], 'options go after " -- ".'],
])('%j is one fault: %s', (args, says) => {
  expect(faults(args)).toEqual([expect.stringContaining(says)]);
});

test('a word that may be the value of an option which npm kept is not repeated', () => {
  expect(faults(['qn_secret']).join()).not.toContain('qn_secret');
});

test('all faults are named at once, and no value of an option, which may be a secret', () => {
  expect(faults(['--kee', 'secret-1', '--dry-run=secret-2', '--rotat=secret-3'])).toEqual([
    expect.stringContaining('--kee'),
    expect.stringContaining('--dry-run takes no value'),
    expect.stringContaining('--rotate'),
  ]);
  expect(faults(['--kee', 'secret-1', '--dry-run=secret-2', '--rotat=secret-3']).join()).not.toContain(
    'secret',
  );
});

test('words are taken where a command takes them', () => {
  expect(faults(['list', '--stage', 'dev', '--', '-x'], true)).toEqual([]);
});

test('a command, a part or a queue that there is not is named with the one that was meant', () => {
  expect(unknown('command', 'lst', ['list', 'show'])).toBe('There is no command "lst". Did you mean list?');
  expect(unknown('queue', 'x', ['send', 'event'])).toBe('There is no queue "x".');
});
