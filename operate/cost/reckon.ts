import type { Item, Region } from './prices.ts';
import { ITEMS } from './prices.ts';
import { KINDS, type Kind, type UsageOfKind } from './usage.ts';

/** How many of each kind. */
export type Counts = Readonly<Partial<Record<Kind, number>>>;

/** One line of a bill. `cost` is undefined where the region's price is not known. */
export interface BillLine {
  readonly item: Item;
  readonly amount: number;
  readonly cost: number | undefined;
}

/** Lambda gives one CPU for this much memory, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MB_OF_ONE_CPU = 1_769;
const MILLION = 1_000_000;
const EACH: ReadonlySet<Item> = new Set(['gbSeconds', 'logGb']);

/**
 * What so many of each kind use, and cost in a region. Functions are reckoned as if they worked all the time with one whole CPU, so that their
 * part is an upper bound: much of it they wait for WeChat, with less memory.
 */
export function reckon(
  counts: Counts,
  usage: Readonly<Record<Kind, UsageOfKind>>,
  { prices }: Region,
): readonly BillLine[] {
  const used = (name: keyof UsageOfKind) =>
    KINDS.reduce((sum, kind) => sum + (counts[kind] ?? 0) * usage[kind][name], 0);
  const amounts: Readonly<Record<Item, number>> = {
    writeUnits: used('writeUnits'),
    readUnits: used('readUnits'),
    apiRequests: used('apiRequests'),
    invocations: used('invocations'),
    queueRequests: used('queueRequests'),
    events: used('events'),
    gbSeconds: (used('milliseconds') / 1000) * (MB_OF_ONE_CPU / 1024),
    logGb: used('logBytes') / 1e9,
  };
  return itemsOf(ITEMS).map((item) => {
    const price = prices[item]?.price;
    const amount = amounts[item];
    return { item, amount, cost: price && (EACH.has(item) ? amount : amount / MILLION) * price };
  });
}

/** What is known of a bill, and which of it is not. */
export function totalOf(lines: readonly BillLine[]): {
  readonly known: number;
  readonly unknown: readonly Item[];
} {
  return {
    known: lines.reduce((sum, { cost = 0 }) => sum + cost, 0),
    unknown: lines.flatMap(({ item, amount, cost }) => (cost === undefined && amount > 0 ? [item] : [])),
  };
}

function itemsOf(items: typeof ITEMS): readonly Item[] {
  return Object.keys(items).filter((name): name is Item => name in items);
}
