import {
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { Count } from '../changes/counts.ts';
import type { StatisticsWriter } from '../changes/statistics-writer.ts';
import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import { quarterOf, sumOf } from '../statistics/statistics.ts';
import type { Table } from './client.ts';
import { readItem } from './items.ts';
import { type Key, quarterKey, statisticsMarkKey, stockKey } from './keys.ts';

/** The stream keeps a change for a day; a group of changes comes again no later. */
const MARK_KEPT_SECONDS = 2 * 24 * 60 * 60;
const QUARTER_KEPT_SECONDS = 800 * 24 * 60 * 60;

/** Adds to the statistics in DynamoDB: an item for each template and quarter of an hour, one for each template's stock, and the marks of what was counted. */
export function createStatisticsWriter(
  table: Table,
  { clock, ...contention }: Contention & { readonly clock: Clock },
): StatisticsWriter {
  return {
    async add({ groupId, upTo, countsAfter }) {
      let counted: bigint | undefined;
      await untilUncontended(async () => {
        if (counted !== undefined && counted >= upTo) return;
        const counts = countsAfter(counted);
        if (counts.length === 0) return;
        const expiresAt = Math.ceil(clock() / 1000) + MARK_KEPT_SECONDS;
        const mark = markPut(table, { groupId, upTo, counted, expiresAt });
        const result = await write(table, [mark, ...additions(table, counts)]);
        if (result === 'committed') return;
        if (result !== 'conflict') counted = result.countedUpTo;
        return 'conflict';
      }, contention);
    },
  };
}

/** Sets the mark, or moves it on where a part of the group was counted before. */
function markPut(
  table: Table,
  mark: { groupId: string; upTo: bigint; counted: bigint | undefined; expiresAt: number },
): TransactWriteItem {
  const { groupId, upTo, counted, expiresAt } = mark;
  return {
    Put: {
      TableName: table.name,
      Item: marshall({ ...statisticsMarkKey(table, groupId), upTo: String(upTo), expiresAt }),
      ...(counted === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'upTo = :counted',
            ExpressionAttributeValues: marshall({ ':counted': String(counted) }),
          }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

const markItem = v.object({
  upTo: v.pipe(
    v.string(),
    v.transform((text) => BigInt(text)),
  ),
});

/** `countedUpTo`: the mark that stands there already. */
async function write(
  { client }: Table,
  TransactItems: TransactWriteItem[],
): Promise<'committed' | 'conflict' | { readonly countedUpTo: bigint }> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return 'committed';
  } catch (error) {
    if (error instanceof TransactionInProgressException) return 'conflict';
    if (!(error instanceof TransactionCanceledException)) throw error;
    const [mark] = error.CancellationReasons ?? [];
    if (mark?.Code === 'ConditionalCheckFailed' && mark.Item) {
      return { countedUpTo: v.parse(markItem, readItem(mark.Item)).upTo };
    }
    const passing = error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict');
    if (passing) return 'conflict';
    throw error;
  }
}

/** One update for each template and quarter, and one for each stock that changed. */
function additions(table: Table, counts: readonly Count[]): readonly TransactWriteItem[] {
  const expiresAfter = (startsAtMs: number) => Math.ceil(startsAtMs / 1000) + QUARTER_KEPT_SECONDS;
  const quarters = Map.groupBy(counts, ({ templateId, atMs }) => `${quarterOf(atMs)} ${templateId}`);
  const stocks = Map.groupBy(
    counts.filter(({ name }) => name === 'available'),
    ({ templateId }) => templateId,
  );
  const templates = new Set(counts.map(({ templateId }) => templateId));
  return [
    ...[...quarters.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const startsAtMs = quarterOf(first.atMs);
      const key = quarterKey(table, first.templateId, startsAtMs);
      return [addition(table, key, summed(group), expiresAfter(startsAtMs))];
    }),
    // A template shows in the list from its first statistics on, whatever its stock.
    ...[...templates].map((templateId) =>
      addition(table, stockKey(table, templateId), { available: 0, ...summed(stocks.get(templateId) ?? []) }),
    ),
  ];
}

function summed(counts: readonly Count[]): Readonly<Record<string, number>> {
  return sumOf(counts.map(({ name, by }) => ({ [name]: by })));
}

function addition(
  table: Table,
  key: Key,
  counts: Readonly<Record<string, number>>,
  expiresAt?: number,
): TransactWriteItem {
  const added = Object.entries(counts);
  const setsExpiry = expiresAt === undefined ? '' : ' SET expiresAt = :expiresAt';
  return {
    Update: {
      TableName: table.name,
      Key: marshall(key),
      UpdateExpression: `ADD ${added.map((_, index) => `#c${index} :c${index}`).join(', ')}${setsExpiry}`,
      ExpressionAttributeNames: Object.fromEntries(added.map(([name], index) => [`#c${index}`, name])),
      ExpressionAttributeValues: marshall({
        ...Object.fromEntries(added.map(([, by], index) => [`:c${index}`, by])),
        ...(expiresAt !== undefined && { ':expiresAt': expiresAt }),
      }),
    },
  };
}
