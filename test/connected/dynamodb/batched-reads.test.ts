import { beforeEach, expect, test } from 'vitest';
import { createBatchedReads } from '../../../lib/dynamodb/batched-reads.ts';
import { putAtomically } from '../../../lib/dynamodb/items.ts';
import { useTable } from '../../support/dynamodb.ts';
import { watched } from '../../support/watched-table.ts';

let calls: string[] = [];
let answer: ((input: object) => object | undefined) | undefined;
const table = watched(await useTable(), async (operation, input, send) => {
  calls.push(operation);
  return (operation === 'BatchGetItem' && answer?.(input)) || send();
});
const read = createBatchedReads(table);
const key = (sk: string) => ({ pk: 'user', sk });
const put = (sk: string, note: string) =>
  putAtomically(table, [{ item: { ...key(sk), note }, condition: 'attribute_not_exists(pk)' }]);

beforeEach(() => {
  calls = [];
  answer = undefined;
});

test('reads asked for at the same moment take one call, and each gets its own item or none', async () => {
  await put('a', 'first');
  await put('b', 'second');
  calls = [];
  const found = await Promise.all(['a', 'b', 'missing', 'a'].map((sk) => read(key(sk))));
  expect(found.map((item) => item?.['note'])).toEqual(['first', 'second', undefined, 'first']);
  expect(calls).toEqual(['BatchGetItem']);
});

test('one read alone is a plain one', async () => {
  await put('alone', 'here');
  calls = [];
  expect(await read(key('alone'))).toMatchObject({ note: 'here' });
  expect(calls).toEqual(['GetItem']);
});

test('more than one call takes are spread over several', async () => {
  const found = await Promise.all(Array.from({ length: 230 }, (_, n) => read(key(`none-${n}`))));
  expect(found.every((item) => item === undefined)).toBe(true);
  expect(calls).toEqual(Array(3).fill('BatchGetItem'));
});

test('a read sees what was written before it was asked for', async () => {
  await Promise.all([read(key('fresh')), read(key('other'))]);
  await put('fresh', 'new');
  const [fresh] = await Promise.all([read(key('fresh')), read(key('other'))]);
  expect(fresh).toMatchObject({ note: 'new' });
});

test('what DynamoDB leaves out for lack of capacity is read alone', async () => {
  await put('left', 'out');
  await put('taken', 'in');
  calls = [];
  answer = () => ({
    Responses: { [table.name]: [{ pk: { S: 'user' }, sk: { S: 'taken' }, note: { S: 'in' } }] },
    UnprocessedKeys: { [table.name]: { Keys: [{ pk: { S: 'user' }, sk: { S: 'left' } }] } },
  });
  const found = await Promise.all([read(key('left')), read(key('taken')), read(key('missing'))]);
  expect(found.map((item) => item?.['note'])).toEqual(['out', 'in', undefined]);
  expect(calls).toEqual(['BatchGetItem', 'GetItem']);
});

test('a call that fails fails for all who share it, and the next one is a new one', async () => {
  answer = () => {
    throw new Error('no answer');
  };
  const results = await Promise.allSettled([read(key('x')), read(key('y'))]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  answer = undefined;
  expect(await Promise.all([read(key('x')), read(key('y'))])).toEqual([undefined, undefined]);
});

test('what is asked for while a call is under way shares the next one', async () => {
  for (const sk of ['under', 'way', 'later', 'too']) await put(sk, sk);
  calls = [];
  let later: Promise<unknown> | undefined;
  answer = () => {
    later ??= Promise.all([read(key('later')), read(key('too'))]);
    return undefined;
  };
  await Promise.all([read(key('under')), read(key('way'))]);
  expect(await later).toMatchObject([{ note: 'later' }, { note: 'too' }]);
  expect(calls).toEqual(['BatchGetItem', 'BatchGetItem']);
});
