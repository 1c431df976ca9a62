import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createStatisticsReader } from '../../../lib/dynamodb/dynamodb-statistics.ts';
import { createStatisticsWriter } from '../../../lib/dynamodb/dynamodb-statistics-writer.ts';
import type { Table } from '../../../lib/dynamodb/table.ts';
import type { Count, CountedChange } from '../../../lib/stream/counts.ts';
import { type Chance, createChance } from '../../simulation/chance.ts';

/** A call of the writer, as the engine would take it. */
export type ChangeCall = (call: UpdateItemCommand) => UpdateItemCommand;

const AT = Date.UTC(2026, 11, 1, 4);
const QUARTER_MS = 15 * 60_000;
const SHARDS = 3;
const CHANGES = 18;
/** More than any world needs in which what is counted gets on. */
const MOST_TRIES = 60;
const NAMES = ['granted', 'available', 'sent', 'delivered', 'failed:45009'];

/** What happens in one world: the names of its items are its own. */
interface World {
  readonly chance: Chance;
  readonly table: Table;
  readonly templates: readonly string[];
}

/** A shard's changes in their order; numbers of one shard have no meaning in another, and may have one digit more in between. */
function shardOf({ chance, templates }: World): readonly CountedChange[] {
  let last = 10 ** chance.between(1, 3) - chance.between(1, 12);
  return Array.from({ length: CHANGES }, (_, index): CountedChange => {
    last += chance.between(1, 3);
    const atMs = AT + Math.floor(index / 6) * QUARTER_MS;
    const count = (): Count => ({
      templateId: chance.pick(templates),
      atMs,
      name: chance.pick(NAMES),
      by: chance.pick([1, 1, 1, -1]),
    });
    const counts = Array.from({ length: chance.between(1, 3) }, count);
    return { id: `${index}`, atMs, sequenceNumber: `${last}`, counts };
  });
}

/** A container whose calls to the table fail at times, before or after they took effect. */
function container({ chance, table }: World, change: ChangeCall) {
  const client = {
    async send(command: unknown) {
      const isUpdate = command instanceof UpdateItemCommand;
      if (isUpdate && chance.happens(0.06)) throw new Error('not sent');
      const answer = await table.client.send((isUpdate ? change(command) : command) as UpdateItemCommand);
      if (isUpdate && chance.happens(0.06)) throw new Error('the answer is lost');
      return answer;
    },
  } as unknown as Table['client'];
  return createStatisticsWriter({ ...table, client }, { clock: () => 0 });
}

/**
 * Delivers a shard as Lambda does: the first time in order, in batches of any length, each until it went well;
 * now and then by two pollers at the same time, from further back, or from the beginning.
 */
async function deliver(
  world: World,
  shard: string,
  changes: readonly CountedChange[],
  change: ChangeCall,
): Promise<void> {
  const { chance } = world;
  let from = 0;
  for (let tries = 0; from < changes.length && tries < MOST_TRIES; tries++) {
    const to = Math.min(changes.length, from + chance.between(1, 10));
    const call = () => container(world, change).add(shard, changes.slice(from, to));
    const calls = chance.happens(0.1) ? [call(), call()] : [call()];
    const ends = await Promise.allSettled(calls);
    if (ends.some(({ status }) => status === 'fulfilled')) from = to;
    if (chance.happens(0.15)) from = chance.happens(0.3) ? 0 : Math.max(0, from - chance.between(1, 12));
  }
}

function totals(changes: readonly CountedChange[]): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, by: number) => sums.set(key, (sums.get(key) ?? 0) + by);
  for (const { templateId, atMs, name, by } of changes.flatMap(({ counts }) => counts)) {
    add(`${templateId} ${atMs} ${name}`, by);
    if (name === 'available') add(`${templateId} gauge`, by);
  }
  return sums;
}

/** Counts of one world that are not what was stored; none, where all is well. */
export async function miscounts(
  table: Table,
  seed: number,
  change: ChangeCall = (call) => call,
): Promise<readonly string[]> {
  const chance = createChance(seed);
  const run = `${seed}-${Math.random()}`;
  const world = { chance, table, templates: ['a', 'b'].map((name) => `${name}-${run}`) };
  const shards = Array.from({ length: SHARDS }, () => shardOf(world));
  await Promise.all(shards.map((changes, index) => deliver(world, `${run} ${index}`, changes, change)));
  const reader = createStatisticsReader(table);
  const stored = new Map<string, number>();
  for (const { templateId, available } of await reader.gauges())
    if (world.templates.includes(templateId)) stored.set(`${templateId} gauge`, available);
  for (const templateId of world.templates)
    for (const { startsAtMs, counts } of await reader.buckets(templateId, AT))
      for (const [name, count] of Object.entries(counts))
        stored.set(`${templateId} ${startsAtMs} ${name}`, count);
  const due = totals(shards.flat());
  return [...new Set([...due.keys(), ...stored.keys()])].filter(
    (key) => (due.get(key) ?? 0) !== (stored.get(key) ?? 0),
  );
}
