import type { Recipient } from '../campaign.ts';

const ERASED = '*';
/** Sorts behind whatever an openid may hold. */
const BEHIND_ALL = '~';

/** How many recipients one batch of a run holds at the most. */
export const BATCH_SIZE = 100;

/**
 * Where a batch stands in its run. Each shard's recipients are planned in the order of their openids; `after` is where the batch begins:
 * empty for the first, else the border to the batch before.
 */
export interface BatchKey {
  readonly runId: string;
  readonly shard: number;
  readonly after: string;
}

/**
 * Recipients that were planned together. A batch is written once and never changes but for users who are erased: planned again, it is
 * as it was. The batches of a shard do not overlap, so that nobody is in a run twice.
 */
export interface RunBatch {
  /** Whose run it is, and of what: so that a batch can be understood without its run. */
  readonly campaignId: string;
  readonly templateId: string;
  readonly recipients: readonly Recipient[];
  /** Where the next batch of the shard begins; absent for the last. */
  readonly next?: string;
  /** The shard's batches and recipients up to and with this one. */
  readonly upTo: Planned;
}

/** How much of a shard has been planned. */
export interface Planned {
  readonly batches: number;
  readonly recipients: number;
}

/**
 * Stands where a user stood who was erased. No openid is like it, so no grant is ever found for it; each in a batch is another, so
 * that many ledgers can be read at once.
 */
export function erasedOpenid(index: number): string {
  return `${ERASED}${index}`;
}

/** Whether this recipient was erased. */
export function isErased({ openid }: Pick<Recipient, 'openid'>): boolean {
  return openid.startsWith(ERASED);
}

/**
 * Where a batch ends that `last` is in and `following` is not: a text between the two. It stays in keys where no user can be erased,
 * so it holds no more of an openid than tells the two apart.
 */
export function borderBetween(last: string, following: string): string {
  const at = [...last].findIndex((letter, index) => letter !== following[index]);
  return at < 0 ? last : `${last.slice(0, at + 1)}${BEHIND_ALL}`;
}
