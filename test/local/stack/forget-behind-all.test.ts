import { expect, test } from 'vitest';
import { forgetBehindAll } from '../../../local/stack/forget-behind-all.ts';

test('a change is forgotten once every function that follows the table has been handed it', () => {
  const forgotten: string[] = [];
  const follower = forgetBehindAll((table, upTo) => void forgotten.push(`${table} ${upTo}`), 2);
  const [quick, slow] = [follower(), follower()];
  quick('t', '9');
  expect(forgotten).toEqual([]);
  slow('t', '4');
  quick('t', '10');
  slow('t', '10');
  expect(forgotten).toEqual(['t 4', 't 4', 't 10']);
});
