import { expect, test } from 'vitest';
import { isOfRestore, RESTORE_DELETES } from '../../../lib/dynamodb/read-stream-record.ts';

const plain = { version: 'v' };
const by = (restoredBy: string) => ({ version: 'v', restoredBy });

test.each([
  ['writes over what stood there', plain, by('first')],
  ['brings back what was gone', undefined, by('first')],
  ['writes over what an earlier restore wrote', by('first'), by('second')],
  ['marks what it deletes', by('first'), by(RESTORE_DELETES)],
  ['deletes what it marked', by(RESTORE_DELETES), undefined],
])('a restore %s', (_, before, after) => {
  expect(isOfRestore(before, after)).toBe(true);
});

test.each([
  ['writes', plain, plain],
  ['makes', undefined, plain],
  ['deletes', plain, undefined],
  ['writes over what was restored, and drops the mark', by('first'), plain],
  ['changes a part of what was restored', by('first'), by('first')],
  ['deletes what was restored', by('first'), undefined],
])('it is no restore that the service %s', (_, before, after) => {
  expect(isOfRestore(before, after)).toBe(false);
});
