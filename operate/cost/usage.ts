import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

const usageOfKind = v.object({
  writeUnits: v.number(),
  readUnits: v.number(),
  apiRequests: v.number(),
  invocations: v.number(),
  queueRequests: v.number(),
  /** Of functions, waiting included. */
  milliseconds: v.number(),
  logBytes: v.number(),
  events: v.number(),
});

/** What one of a kind uses of what AWS bills. */
export type UsageOfKind = Readonly<v.InferOutput<typeof usageOfKind>>;

/** The kinds of things that are counted. */
export const KINDS = ['grants', 'messages', 'timed', 'campaign'] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

const usageByKind = v.object({
  grants: usageOfKind,
  messages: usageOfKind,
  timed: usageOfKind,
  campaign: usageOfKind,
} satisfies Record<Kind, typeof usageOfKind>);

/** What one of each kind uses, as `npm run bench -- usage` measured it. */
export async function measuredUsage(): Promise<Readonly<Record<Kind, UsageOfKind>>> {
  const text = await readFile(new URL('usage.json', import.meta.url), 'utf8');
  return v.parse(usageByKind, JSON.parse(text));
}
