import { setTimeout as sleepFor } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createBatchedWrites } from '../../../lib/dynamodb/batched-writes.ts';
import { type ConditionalPut, getItem, putAtomically } from '../../../lib/dynamodb/items.ts';
import { useTable } from '../../support/dynamodb.ts';
import { keptLogs } from '../../support/log-lines.ts';
import { watched } from '../../support/watched-table.ts';

type Answer = (input: object, send: () => Promise<object>) => object | Promise<object>;
let calls: string[] = [];
/** What stands in for DynamoDB's answer to a batch. */
let answer: Answer | undefined;
const table = watched(await useTable(), async (operation, input, send) => {
  calls.push(operation);
  return operation === 'BatchExecuteStatement' && answer ? answer(input, send) : send();
});
const logs = keptLogs();
const write = createBatchedWrites(table, logs);

beforeEach(() => {
  calls = [];
  answer = undefined;
});

const keyOf = (sk: string) => ({ pk: 'wx#shared', sk });
const note = (sk: string) => getItem(table, keyOf(sk)).then((item) => item?.['note']);

/** Puts `names` into the table as `v1`, before the calls are counted. */
async function stored(...names: string[]): Promise<void> {
  for (const sk of names) {
    const item = { ...keyOf(sk), note: 'old', kept: { deep: ['价', 1] }, version: 'v1' };
    await putAtomically(table, [{ item, condition: 'attribute_not_exists(pk)' }]);
  }
  calls = [];
}

/** The change of an item's note, read as {@link stored} left it. */
function change(sk: string, to: string, from = 'v1'): ConditionalPut {
  const before = { ...keyOf(sk), note: 'old', kept: { deep: ['价', 1] } };
  return {
    item: { ...before, note: to, version: `${to} over ${from}` },
    condition: 'version = :version',
    values: { ':version': from },
    over: { item: before, version: from },
  };
}

describe('writes asked for at the same moment', () => {
  test('take one call, and leave the whole item behind as a put would', async () => {
    await stored('a', 'b', 'c');
    const results = await Promise.all(['a', 'b', 'c'].map((sk) => write(change(sk, 'new'))));
    expect(results).toEqual(['committed', 'committed', 'committed']);
    expect(calls).toEqual(['BatchExecuteStatement']);
    expect(await getItem(table, keyOf('a'))).toEqual({
      ...keyOf('a'),
      note: 'new',
      kept: { deep: ['价', 1] },
      version: 'new over v1',
    });
  });

  test('are no more than 25 to a call', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `many-${n}`);
    await stored(...names);
    const results = await Promise.all(names.map((sk) => write(change(sk, 'new'))));
    expect(new Set(results)).toEqual(new Set(['committed']));
    expect(calls).toEqual(Array(3).fill('BatchExecuteStatement'));
  });

  test('each have a condition of their own: one that conflicts leaves the others written', async () => {
    await stored('won', 'lost', 'won too');
    const results = await Promise.all([
      write(change('won', 'new')),
      write(change('lost', 'new', 'v0')),
      write(change('gone', 'new')),
      write(change('won too', 'new')),
    ]);
    expect(results).toEqual(['committed', 'conflict', 'conflict', 'committed']);
    expect(await Promise.all(['won', 'lost', 'gone', 'won too'].map(note))).toEqual([
      'new',
      'old',
      undefined,
      'new',
    ]);
  });

  test('over one item and one version let one through', async () => {
    await stored('contended', 'other');
    const results = await Promise.all([
      write(change('contended', 'first')),
      write(change('other', 'new')),
      write(change('contended', 'second')),
    ]);
    expect(results.toSorted()).toEqual(['committed', 'committed', 'conflict']);
    expect(await note('contended')).toBe(results[0] === 'committed' ? 'first' : 'second');
  });
});

test('a write alone is a plain put', async () => {
  await stored('alone');
  expect(await write(change('alone', 'new'))).toBe('committed');
  expect(calls).toEqual(['PutItem']);
});

test('one that loses an attribute is a plain put even in company', async () => {
  await stored('x', 'y', 'z');
  const { kept: _, ...without } = change('z', 'new').item as ConditionalPut['item'] & { kept: unknown };
  const results = await Promise.all([
    write(change('x', 'new')),
    write(change('y', 'new')),
    write({ ...change('z', 'new'), item: without }),
  ]);
  expect(results).toEqual(Array(3).fill('committed'));
  expect(calls.toSorted()).toEqual(['BatchExecuteStatement', 'PutItem']);
  expect(await getItem(table, keyOf('z'))).toEqual({ ...keyOf('z'), note: 'new', version: 'new over v1' });
});

describe('new items', () => {
  const fresh = (sk: string, version = 'v1'): ConditionalPut => ({
    item: { ...keyOf(sk), note: { de: ['价', 1, true] }, absent: undefined, version },
    condition: 'attribute_not_exists(pk)',
  });

  test('share a call, with each other and with changes', async () => {
    await stored('old one');
    const results = await Promise.all([
      write(fresh('fresh 1')),
      write(fresh('fresh 2')),
      write(change('old one', 'new')),
    ]);
    expect(results).toEqual(Array(3).fill('committed'));
    expect(calls).toEqual(['BatchExecuteStatement']);
    const item = { ...keyOf('fresh 2'), note: { de: ['价', 1, true] }, version: 'v1' };
    expect(await getItem(table, keyOf('fresh 2'))).toEqual(item);
  });

  test('do not replace what is there already', async () => {
    await stored('taken');
    const results = await Promise.all([write(fresh('taken', 'v2')), write(fresh('free'))]);
    expect(results).toEqual(['conflict', 'committed']);
    expect(await note('taken')).toBe('old');
  });

  test('are known for our own when their answer was lost', async () => {
    answer = async (_, send) => {
      await send();
      throw new Error('socket hang up');
    };
    expect(await Promise.all([write(fresh('lost 1')), write(fresh('lost 2'))])).toEqual([
      'committed',
      'committed',
    ]);
  });
});

test('a write asked for after another was answered comes after it', async () => {
  await stored('turn', 'beside');
  expect(await Promise.all([write(change('turn', 'one')), write(change('beside', 'one'))])).toEqual([
    'committed',
    'committed',
  ]);
  expect(await write(change('turn', 'two', 'one over v1'))).toBe('committed');
  expect(await note('turn')).toBe('two');
});

describe('what a call does not answer with a plain success is written alone', () => {
  test('a statement that is throttled', async () => {
    await stored('fast', 'slow');
    answer = () => ({ Responses: [{}, { Error: { Code: 'ThrottlingError' } }] });
    const results = await Promise.all([write(change('fast', 'new')), write(change('slow', 'new'))]);
    expect(results).toEqual(['committed', 'committed']);
    expect(calls).toEqual(['BatchExecuteStatement', 'PutItem']);
    expect(await note('slow')).toBe('new');
  });

  test('a statement without an answer', async () => {
    await stored('heard', 'unheard');
    answer = () => ({ Responses: [{}] });
    await Promise.all([write(change('heard', 'new')), write(change('unheard', 'new'))]);
    expect(await note('unheard')).toBe('new');
  });

  test('all of a call whose answer was lost, which are then seen to be our own', async () => {
    await stored('p', 'q');
    answer = async (_, send) => {
      await send();
      throw new Error('socket hang up');
    };
    const results = await Promise.all([write(change('p', 'new')), write(change('q', 'new'))]);
    expect(results).toEqual(['committed', 'committed']);
    expect(await note('p')).toBe('new');
  });

  test('a statement that the SDK repeated and that met its own write', async () => {
    await stored('r', 's');
    answer = async (_, send) => {
      await send();
      return send();
    };
    const results = await Promise.all([write(change('r', 'new')), write(change('s', 'new'))]);
    expect(results).toEqual(['committed', 'committed']);
  });

  test('all of a call that never arrived, unless somebody else wrote meanwhile', async () => {
    await stored('t', 'u');
    answer = async () => {
      await putAtomically(table, [change('u', 'theirs')]);
      throw new Error('connect ECONNREFUSED');
    };
    const results = await Promise.all([write(change('t', 'ours')), write(change('u', 'ours'))]);
    expect(results).toEqual(['committed', 'conflict']);
    expect(await Promise.all(['t', 'u'].map(note))).toEqual(['ours', 'theirs']);
  });

  test('and one that cannot be written at all fails for itself only', async () => {
    await stored('fits', 'too large');
    const large = 'x'.repeat(401 * 1024);
    const results = await Promise.allSettled([
      write(change('fits', 'new')),
      write(change('too large', large)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await note('fits')).toBe('new');
  });
});

describe('while a call is under way', () => {
  test('what is asked for shares the next one', async () => {
    await stored('e', 'f', 'g', 'h');
    const first = [write(change('e', 'new')), write(change('f', 'new'))];
    let others: Promise<unknown>[] = [];
    answer = async (_, send) => {
      if (others.length === 0) {
        others = [write(change('g', 'new'))];
        await sleepFor(2);
        others.push(write(change('h', 'new')));
      }
      return send();
    };
    await Promise.all(first);
    await Promise.all(others);
    expect(calls).toEqual(['BatchExecuteStatement', 'BatchExecuteStatement']);
  });

  test('one that hangs holds up only those who share it', async () => {
    await stored('i', 'j', 'k');
    const hangs = Promise.withResolvers<unknown>();
    onTestFinished(() => hangs.resolve({}));
    answer = () => hangs.promise;
    void Promise.all([write(change('i', 'new')), write(change('j', 'new'))]);
    await sleepFor(1);
    expect(await write(change('k', 'new'))).toBe('committed');
  });
});

describe('what hides behind the way out', () => {
  const denied = () => {
    throw Object.assign(new Error('not authorized to perform: dynamodb:PartiQLUpdate'), {
      name: 'AccessDeniedException',
    });
  };

  test.each([
    ['of the whole call', denied],
    ['of each statement', () => ({ Responses: Array(2).fill({ Error: { Code: 'AccessDenied' } }) })],
  ])('a right that is missing, said %s, is logged once', async (_, answerDenied) => {
    const kept = keptLogs();
    const writeLogged = createBatchedWrites(table, kept);
    answer = answerDenied;
    for (const round of ['1', '2']) {
      await stored(`g${round}`, `h${round}`);
      await Promise.all([writeLogged(change(`g${round}`, 'new')), writeLogged(change(`h${round}`, 'new'))]);
    }
    expect(kept.lines).toHaveLength(1);
    expect(kept.text()).toContain('PartiQLUpdate');
  });

  test('throttling and conflicts are not', async () => {
    const kept = keptLogs();
    const writeLogged = createBatchedWrites(table, kept);
    await stored('i', 'j');
    answer = () => ({ Responses: [{}, { Error: { Code: 'ThrottlingError' } }] });
    await Promise.all([writeLogged(change('i', 'new')), writeLogged(change('j', 'new'))]);
    answer = () => {
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    };
    await stored('k', 'l');
    await Promise.all([writeLogged(change('k', 'new')), writeLogged(change('l', 'new'))]);
    expect(kept.lines).toEqual([]);
  });
});
