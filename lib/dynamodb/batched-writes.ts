import { BatchExecuteStatementCommand, type BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Logger } from '../logger.ts';
import { shareCalls } from './batched-calls.ts';
import { type ConditionalPut, IS_NEW, putAtomically } from './items.ts';
import { type Table, toAttribute } from './table.ts';

/** Writes one item under its condition, as {@link putAtomically} does. */
export type WriteItem = (put: ConditionalPut) => Promise<'committed' | 'conflict'>;

/** DynamoDB takes so many statements in one call. */
const STATEMENTS_PER_CALL = 25;

interface Asked {
  readonly put: ConditionalPut;
  readonly statement: BatchStatementRequest;
  readonly answer: PromiseWithResolvers<'committed' | 'conflict'>;
}

/**
 * Writes that are asked for at the same moment, or while such a call is under way, share the next one;
 * DynamoDB bills the same.
 *
 * Each is a statement of its own with a condition of its own, so that one that fails leaves the others as
 * they are. What a call does not answer with a plain success is written alone, whose answer counts: there a
 * conflict, a repeat of our own write and lack of capacity are told apart. That is safe after a time-out too,
 * because the statement and the put are over the same version and leave the same one behind.
 */
export function createBatchedWrites(table: Table, { logger }: { readonly logger: Logger }): WriteItem {
  const report = reportOnce(logger);
  const ask = shareCalls<Asked>({
    most: STATEMENTS_PER_CALL,
    next: nextGroup,
    call: (group) => writeGroup(table, group, report),
  });
  return (put) => {
    const statement = statementOf(table, put);
    if (!statement) return putAtomically(table, [put]);
    const answer = Promise.withResolvers<'committed' | 'conflict'>();
    ask({ put, statement, answer });
    return answer.promise;
  };
}

/** Those that go together: a call may name an item only once. */
function nextGroup(asked: readonly Asked[]): readonly Asked[] {
  const group = new Map<string, Asked>();
  for (const each of asked) {
    const name = JSON.stringify([each.put.item.pk, each.put.item.sk]);
    if (!group.has(name)) group.set(name, each);
    if (group.size === STATEMENTS_PER_CALL) break;
  }
  return [...group.values()];
}

/** Never rejects; who asked is answered. */
async function writeGroup(
  table: Table,
  group: readonly Asked[],
  report: (error: unknown) => void,
): Promise<void> {
  const [first, ...more] = group;
  if (first && more.length === 0) return writeAlone(table, first);
  const done = await writeInOneCall(table, group, report);
  for (const [index, each] of group.entries()) {
    if (done[index]) each.answer.resolve('committed');
    else void writeAlone(table, each);
  }
}

function writeAlone(table: Table, { put, answer }: Asked): Promise<void> {
  return putAtomically(table, [put]).then(answer.resolve, answer.reject);
}

/** Which of them DynamoDB says it has written. */
async function writeInOneCall(
  { client }: Table,
  group: readonly Asked[],
  report: (error: unknown) => void,
): Promise<readonly boolean[]> {
  const Statements = group.map(({ statement }) => statement);
  try {
    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }));
    for (const { Error: error } of Responses) {
      if (error && !PASSING_CODES.has(error.Code ?? '')) report(error);
    }
    return group.map((_, index) => Responses[index] !== undefined && Responses[index].Error === undefined);
  } catch (error) {
    report(error);
    // Each finds out alone what is wrong with it.
    return [];
  }
}

/** What a statement may be refused for in everyday traffic. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  'ConditionalCheckFailed',
  'DuplicateItem',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);

const throttling = v.object({
  name: v.picklist(['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded']),
});

/**
 * Tells of the first failure in a container: a missing right would slow every write down, and nothing else
 * shows it.
 */
function reportOnce(logger: Logger): (error: unknown) => void {
  let isReported = false;
  return (error) => {
    if (isReported || v.is(throttling, error)) return;
    isReported = true;
    logger.error(
      'DynamoDB does not take several writes in one call, so each is made alone. Check dynamodb:PartiQLInsert and dynamodb:PartiQLUpdate of this role.',
      { error },
    );
  };
}

/** The same write as a statement, where there is one. */
function statementOf(table: Table, put: ConditionalPut): BatchStatementRequest | undefined {
  return put.condition === IS_NEW ? insertion(table, put) : update(table, put);
}

/** Refused, as the put is, where there is such an item already. */
function insertion({ name }: Table, { item }: ConditionalPut): BatchStatementRequest {
  const attributes = Object.entries(item).filter(([, value]) => value !== undefined);
  return {
    Statement: `INSERT INTO "${name}" VALUE {${attributes.map(([key]) => `'${key}':?`).join(',')}}`,
    Parameters: attributes.map(([, value]) => toAttribute(value)),
  };
}

/**
 * PartiQL has no statement that replaces an item, so this sets what is new. Undefined where nothing is known
 * of the item before, and where an attribute goes, for which DynamoDB's engines have no form in common.
 */
function update({ name }: Table, { item, over }: ConditionalPut): BatchStatementRequest | undefined {
  if (!over || Object.keys(over.item).some((key) => item[key] === undefined)) return undefined;
  const isNew = ([key, value]: readonly [string, unknown]) => value !== over.item[key];
  const news = Object.entries(item).filter(isNew);
  const assignments = news.map(([key]) => `"${key}"=?`).join(',');
  return {
    Statement: `UPDATE "${name}" SET ${assignments} WHERE "pk"=? AND "sk"=? AND "version"=?`,
    Parameters: [...news.map(([, value]) => value), item.pk, item.sk, over.version].map(toAttribute),
  };
}
