import type { Recipient } from '../campaign.ts';

/** How many recipients one page of a run holds at the most. */
export const RUN_PAGE_SIZE = 100;

/**
 * Where a page stands in its run. Each shard's recipients are planned in the order of their openids; `after` is where the page begins,
 * exclusively, and empty for the first.
 */
export interface PagePlace {
  readonly runId: string;
  readonly shard: number;
  readonly after: string;
}

/**
 * Recipients that were planned together. A page is written once and never changes: planned again, it is as it was.
 * The pages of a shard do not overlap, so that nobody is in a run twice.
 */
export interface RunPage {
  /** Whose run it is, and of what: so that a page can be understood without its run. */
  readonly campaignId: string;
  readonly templateId: string;
  readonly recipients: readonly Recipient[];
  /** Where the next page of the shard begins; absent for the last. */
  readonly next?: string;
  /** The shard's pages and recipients up to and with this one. */
  readonly upTo: Planned;
}

/** How much of a shard has been planned. */
export interface Planned {
  readonly pages: number;
  readonly recipients: number;
}
