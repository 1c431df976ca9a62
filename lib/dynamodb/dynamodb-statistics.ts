import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { type Contention, retryOnConflict } from '../retry.ts';
import { bucketOf, type Counts, type StatisticsReader, sumOf } from '../statistics/statistics.ts';
import type { Count, CountedPart, StatisticsWriter } from '../stream/counts.ts';
import { getItems, type Item, queryPages, readItem, writeTogether } from './items.ts';
import {
  bucketKey,
  bucketsPartition,
  COUNTERS,
  gaugeKey,
  type Key,
  sortableMoment,
  statisticsMarkKey,
  statisticsPartition,
} from './keys.ts';
import { type Table, toAttributes } from './table.ts';

/** Reads statistics from DynamoDB, and sums up their counters. */
export function createStatisticsReader(table: Table): StatisticsReader {
  async function query(pk: string, from: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    const pages = queryPages(table, {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: toAttributes({ ':pk': pk, ':from': from }),
    });
    for await (const { Items = [] } of pages) items.push(...Items.map(readItem));
    return items;
  }

  return {
    async gauges() {
      const byTemplate = summedBy(await query(statisticsPartition(table), ' '));
      return [...byTemplate]
        .map(([templateId, counts]) => ({ templateId, available: counts['available'] ?? 0 }))
        .toSorted((one, other) => (one.templateId < other.templateId ? -1 : 1));
    },

    async buckets(templateId, fromMs) {
      const from = sortableMoment(bucketOf(fromMs));
      const byMoment = summedBy(await query(bucketsPartition(table, templateId), from));
      return [...byMoment].map(([moment, counts]) => ({ startsAtMs: Number(moment), counts }));
    },
  };
}

/** Counts by the sort keys without their counter's number. */
function summedBy(items: readonly Item[]): ReadonlyMap<string, Counts> {
  const groups = Map.groupBy(items, ({ sk }) => String(sk).split('#')[0] ?? '');
  return new Map([...groups].map(([name, group]) => [name, sumOf(group.map(countsIn))]));
}

function countsIn({ pk: _pk, sk: _sk, expiresAt: _expiresAt, ...counts }: Item): Counts {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, typeof count === 'number' ? count : 0]),
  );
}

/** The stream keeps a record for a day; it comes again no later. */
const MARKS_KEPT_SECONDS = 2 * 24 * 60 * 60;
const BUCKETS_KEPT_SECONDS = 800 * 24 * 60 * 60;

/** A transaction takes 100 writes: up to a mark for each part, and a bucket and a gauge for each count. */
const PARTS_PER_STEP = 25;
const COUNTS_PER_STEP = 37;

/** So much of an id is marked: no two writes of one moment are the same in it. */
const MARKED_LENGTH = 16;

/**
 * Adds to the statistics in DynamoDB. The same transaction marks each part that it adds, if none of them is
 * marked. So a part counts once, whichever others it comes with each time.
 */
export function createStatisticsWriter(
  table: Table,
  { clock, random, sleep }: Contention & { readonly clock: Clock },
): StatisticsWriter {
  async function addStep(step: readonly CountedPart[]): Promise<void> {
    let left = step;
    // The first counter, as long as nobody else writes; after a conflict any.
    let counter = 0;
    await retryOnConflict(
      async () => {
        if (left.length === 0) return undefined;
        const counts = left.flatMap((part) => part.counts);
        const writes = [...marks(table, left, clock()), ...additions(table, counts, counter)];
        if ((await writeTogether(table, writes)) === 'committed') return undefined;
        left = await withoutMarked(table, left);
        counter = Math.floor(random() * COUNTERS);
        return 'conflict';
      },
      { random, sleep },
    );
  }

  return {
    async add(parts) {
      for (const step of stepsOf(parts)) await addStep(step);
    },
  };
}

/** Parts in transactions, those of one mark together. */
function stepsOf(parts: readonly CountedPart[]): readonly (readonly CountedPart[])[] {
  const markOf = (part: CountedPart) => statisticsMarkKey({ appId: '' }, part).pk;
  const steps: CountedPart[][] = [];
  let counts = Number.POSITIVE_INFINITY;
  for (const part of parts.toSorted((one, other) => (markOf(one) < markOf(other) ? -1 : 1))) {
    const step = steps.at(-1);
    counts += part.counts.length;
    if (step && step.length < PARTS_PER_STEP && counts <= COUNTS_PER_STEP) {
      step.push(part);
    } else {
      steps.push([part]);
      counts = part.counts.length;
    }
  }
  return steps;
}

const marked = ({ id }: CountedPart) => {
  const [change = '', part] = id.split('#');
  const short = change.slice(0, MARKED_LENGTH);
  return part === undefined ? short : `${short}#${part}`;
};

function byMark(table: Table, parts: readonly CountedPart[]): ReadonlyMap<string, readonly CountedPart[]> {
  return Map.groupBy(parts, (part) => statisticsMarkKey(table, part).pk);
}

function marks(table: Table, parts: readonly CountedPart[], nowMs: number): readonly TransactWriteItem[] {
  const expiresAt = Math.ceil(nowMs / 1000) + MARKS_KEPT_SECONDS;
  return [...byMark(table, parts)].map(([pk, ofMark]) => {
    const names = ofMark.map(marked);
    return {
      Update: {
        TableName: table.name,
        Key: toAttributes({ pk, sk: 'marks' }),
        UpdateExpression: 'ADD marked :marked SET expiresAt = :expiresAt',
        ConditionExpression: names.map((_, index) => `NOT contains(marked, :m${index})`).join(' AND '),
        ExpressionAttributeValues: toAttributes({
          ':marked': new Set(names),
          ':expiresAt': expiresAt,
          ...Object.fromEntries(names.map((name, index) => [`:m${index}`, name])),
        }),
      },
    };
  });
}

const marksItem = v.object({ pk: v.string(), marked: v.set(v.string()) });

async function withoutMarked(table: Table, parts: readonly CountedPart[]): Promise<readonly CountedPart[]> {
  const keys = [...byMark(table, parts).keys()].map((pk): Key => ({ pk, sk: 'marks' }));
  const items = (await getItems(table, keys)).map((item) => v.parse(marksItem, item));
  const known = new Map(items.map(({ pk, marked }) => [pk, marked]));
  return parts.filter((part) => !known.get(statisticsMarkKey(table, part).pk)?.has(marked(part)));
}

/** Leaves the gauge as it is and comes only after a grant, which made the template's gauge. */
const AFTER_A_GRANT: ReadonlySet<string> = new Set(['sent', 'delivered', 'refused', 'unknown']);

/** One update for each template and time bucket, and one for each gauge that changed. */
function additions(table: Table, counts: readonly Count[], counter: number): readonly TransactWriteItem[] {
  const buckets = Map.groupBy(counts, ({ templateId, atMs }) => `${bucketOf(atMs)} ${templateId}`);
  const gauges = Map.groupBy(
    counts.filter(({ name }) => !AFTER_A_GRANT.has(name)),
    ({ templateId }) => templateId,
  );
  return [
    ...[...buckets.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const startsAtMs = bucketOf(first.atMs);
      const key = bucketKey(table, first.templateId, startsAtMs, counter);
      return [addition(table, key, summed(group), Math.ceil(startsAtMs / 1000) + BUCKETS_KEPT_SECONDS)];
    }),
    ...[...gauges].map(([templateId, group]) => {
      const left = summed(group.filter(({ name }) => name === 'available'));
      return addition(table, gaugeKey(table, templateId, counter), { available: 0, ...left });
    }),
  ];
}

function summed(counts: readonly Count[]): Counts {
  return sumOf(counts.map(({ name, by }) => ({ [name]: by })));
}

function addition(table: Table, key: Key, counts: Counts, expiresAt?: number): TransactWriteItem {
  const added = Object.entries(counts);
  const setsExpiry = expiresAt === undefined ? '' : ' SET expiresAt = :expiresAt';
  const values: Item = {
    ...Object.fromEntries(added.map(([, by], index) => [`:c${index}`, by])),
    ...(expiresAt !== undefined && { ':expiresAt': expiresAt }),
  };
  return {
    Update: {
      TableName: table.name,
      Key: toAttributes(key),
      UpdateExpression: `ADD ${added.map((_, index) => `#c${index} :c${index}`).join(', ')}${setsExpiry}`,
      ExpressionAttributeNames: Object.fromEntries(added.map(([name], index) => [`#c${index}`, name])),
      ExpressionAttributeValues: toAttributes(values),
    },
  };
}
