import { allItems, ITEMS, type Item, type Region } from './prices.ts';
import { KINDS, type Kind, type UsageByKind, type UsageOfKind } from './usage.ts';

/** How many of each kind, and how many events went to the webhook, each attempt for itself. */
export type Counts = Readonly<Partial<Record<Kind | 'webhooks', number>>>;

/** One line of a bill. `cost` is undefined where the region's price is not known. */
export interface BillLine {
  readonly item: Item;
  /** What is to be paid for. */
  readonly amount: number;
  readonly cost: number | undefined;
}

/**
 * Lambda gives one CPU for this much memory,
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const GB_OF_ONE_CPU = 1_769 / 1_024;
/** What send-messages has, the most of all functions that wait for WeChat. */
const GB_WHILE_WAITING = 1;
/**
 * "Single-digit milliseconds",
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
const TABLE_MS = 5;
/** An answer of WeChat's; assumed. */
const WECHAT_MS = 50;
/** So many recipients of a campaign wait at the same time within one function. */
const CAMPAIGN_AT_ONCE = 50;
/** They ask WeChat once each. */
const ASKS_WECHAT: ReadonlySet<Kind> = new Set<Kind>(['users', 'messages', 'timed', 'campaign']);

/** What so many of each kind use, and cost in a region, with what is free left out if asked for. */
export function reckon(
  counts: Counts,
  usage: UsageByKind,
  { prices, free }: Pick<Region, 'prices' | 'free'>,
  withFree = false,
): readonly BillLine[] {
  const used = (value: (one: UsageOfKind, kind: Kind) => number) =>
    KINDS.reduce((sum, kind) => sum + (counts[kind] ?? 0) * value(usage[kind], kind), 0);
  const amounts: Readonly<Record<Item, number>> = {
    writeUnits: used(({ writeUnits }) => writeUnits),
    readUnits: used(({ readUnits }) => readUnits),
    storageGb: used(({ storedBytes }) => storedBytes) / 1e9,
    invocations: used(({ invocations }) => invocations),
    gbSeconds: used(gbSeconds),
    apiRequests: used(({ apiRequests }) => apiRequests),
    queueRequests: used(({ queueRequests }) => queueRequests),
    events: used(({ events }) => events),
    webhookRequests: counts.webhooks ?? 0,
    logGb: used(({ logBytes }) => logBytes) / 1e9,
  };
  return allItems().map((item) => {
    const amount = Math.max(0, amounts[item] - (withFree ? (free[item] ?? 0) : 0));
    const price = prices[item]?.price;
    return { item, amount, cost: price === undefined ? undefined : (amount / ITEMS[item].per) * price };
  });
}

/**
 * Less memory means fewer cycles in a second, and as many in all: computing costs the same with any. Waiting
 * does not.
 */
function gbSeconds({ cpuMilliseconds, tableCalls }: UsageOfKind, kind: Kind): number {
  const waiting = tableCalls * TABLE_MS + (ASKS_WECHAT.has(kind) ? WECHAT_MS : 0);
  const atOnce = kind === 'campaign' ? CAMPAIGN_AT_ONCE : 1;
  return (cpuMilliseconds * GB_OF_ONE_CPU + (waiting / atOnce) * GB_WHILE_WAITING) / 1_000;
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
