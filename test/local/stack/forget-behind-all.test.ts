import { expect, test } from 'vitest';
import { forgetBehindAll } from '../../../local/stack/forget-behind-all.ts';

test('a change is forgotten once every function that follows the table has been handed it', () => {
  const forgotten: string[] = [];
  const follower = forgetBehindAll((table, upTo) => void forgotten.push(`${table} ${upTo}`), 2);
  const [quick, slow] = [follower(), follower()];
  quick('t', '9000');
  expect(forgotten).toEqual([]);
  slow('t', '4000');
  quick('t', '10000');
  slow('t', '10000');
  expect(forgotten).toEqual(['t 4000', 't 10000']);
});

test('they go by the thousand', () => {
  const forgotten: string[] = [];
  const forget = forgetBehindAll((_, upTo) => void forgotten.push(upTo), 1)();
  for (const upTo of ['400', '999', '1000', '1900', '2000']) forget('t', upTo);
  expect(forgotten).toEqual(['1000', '2000']);
});
