import * as v from 'valibot';
import { count } from '../../stored-schemas.ts';
import type { Recipient } from '../campaign.ts';

const ERASED = '*';
/** Sorts behind every letter of an openid. */
const BEHIND_ALL = '~';
/** Sorts before every letter of an openid. */
const BEFORE_ALL = '!';
const COUNT_DIGITS = 9;

/**
 * How many recipients one batch of a run holds at most: whole rounds of those that are sent to at a time. With
 * each one's variables at their longest it stays within DynamoDB's 400 kB, and a run to 1,000 has one batch in
 * each shard.
 */
export const BATCH_SIZE = 175;

/**
 * Where a batch begins in its run. A shard's recipients are planned in the order of their openids. `start` is
 * the border to the batch before, and empty for the first.
 */
export interface BatchKey {
  readonly runId: string;
  readonly shard: number;
  readonly start: string;
}

/** How much of a shard has been planned. */
export const planned = v.object({ batches: count, recipients: count });

/** See {@link planned}. */
export type Planned = Readonly<v.InferOutput<typeof planned>>;

/** A batch without its recipients, who are stored packed. */
export const batchHeader = v.object({
  campaignId: v.string(),
  templateId: v.string(),
  /** Where the next batch of the shard begins; absent for the last. */
  next: v.exactOptional(v.string()),
  /** The shard's batches and recipients up to and with this one. */
  upTo: planned,
});

/**
 * Recipients that were planned together. A batch is written once and changes only where a user is erased. The
 * batches of a shard do not overlap, so that nobody is in a run twice.
 */
export interface RunBatch extends Readonly<v.InferOutput<typeof batchHeader>> {
  readonly recipients: readonly Recipient[];
}

/**
 * Takes the place of an erased user's openid. No openid is like it, so no grant is ever found for it. Each in
 * a batch is another, because DynamoDB reads no key twice in one call.
 */
export function erasedOpenid(index: number): string {
  return `${ERASED}${index}`;
}

/** Whether this recipient was erased. */
export function isErased({ openid }: Pick<Recipient, 'openid'>): boolean {
  return openid.startsWith(ERASED);
}

/**
 * The border between the batch that ends with `last` and the one that begins with `following`. It stays in
 * keys, where no user can be erased, so it holds no more of an openid than tells the two apart.
 */
export function borderBetween(last: string, following: string): string {
  const at = [...last].findIndex((letter, index) => letter !== following[index]);
  return at < 0 ? last : `${last.slice(0, at + 1)}${BEHIND_ALL}`;
}

/** The border that follows `border` with nobody between the two. */
export function borderBehind(border: string): string {
  const [openids = '', count = '0'] = border.split(BEFORE_ALL);
  return `${openids}${BEFORE_ALL}${String(Number(count) + 1).padStart(COUNT_DIGITS, '0')}`;
}
