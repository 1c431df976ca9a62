import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

const usageOfKind = v.object({
  writeUnits: v.number(),
  readUnits: v.number(),
  apiRequests: v.number(),
  invocations: v.number(),
  queueRequests: v.number(),
  /** Requests to DynamoDB, which functions wait for. */
  tableCalls: v.number(),
  /**
   * Of one core of the machine that measured, with the simulated WeChat and the local queue in it: more than
   * the functions used.
   */
  cpuMilliseconds: v.number(),
  logBytes: v.number(),
  events: v.number(),
  /** What stays in the table. */
  storedBytes: v.number(),
});

/** What one of a kind uses of what AWS bills. */
export type UsageOfKind = Readonly<v.InferOutput<typeof usageOfKind>>;

/** The kinds of things that are counted. */
export const KINDS = ['users', 'grants', 'messages', 'timed', 'campaign', 'events', 'minutes'] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

const usageByKind = v.object({
  users: usageOfKind,
  grants: usageOfKind,
  messages: usageOfKind,
  timed: usageOfKind,
  campaign: usageOfKind,
  events: usageOfKind,
  minutes: usageOfKind,
} satisfies Record<Kind, typeof usageOfKind>);

/** What one of each kind uses. */
export type UsageByKind = Readonly<v.InferOutput<typeof usageByKind>>;

/**
 * When each comes alone, the most that it can use; and in a crowd, where functions, batches and statistics
 * are shared.
 */
export interface Usage {
  readonly alone: UsageByKind;
  readonly crowd: UsageByKind;
}

/** A month has so many minutes, on average. */
export const MINUTES_OF_MONTH = 43_830;

/** What one of each kind uses, as `npm run bench -- usage` measured it. */
export async function measuredUsage(): Promise<Usage> {
  const text = await readFile(new URL('usage.json', import.meta.url), 'utf8');
  return v.parse(v.object({ alone: usageByKind, crowd: usageByKind }), JSON.parse(text));
}
