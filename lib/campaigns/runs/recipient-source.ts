import { isLongTerm } from '../../grants/holds.ts';
import { grantsOf, type Ledger } from '../../grants/ledger.ts';
import { grantedAfter, NONE_RECENT } from '../../grants/recent-grants.ts';
import type { Versioned } from '../../versioned.ts';
import type { Recipient } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { borderBetween, isErased, type RunBatch } from './batch.ts';
import type { RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';

/** The users who ever answered for a template, shard by shard in the order of their openids. */
export interface AudienceStore {
  openids(
    templateId: string,
    shard: number,
    limit: number,
    after: string,
  ): Promise<{ readonly openids: readonly string[]; readonly next: string | undefined }>;
  /** The ledgers of these users by openid; of one who has none, there is none. */
  loadLedgers(openids: readonly string[]): Promise<ReadonlyMap<string, Versioned<Ledger>>>;
}

/** Finds the recipients of one shard of a run, in the order of their openids. */
export interface RecipientSource {
  /** Up to a page of those behind `after`, and where to go on. There may be a next page although this one is empty. */
  next(after: string): Promise<Pick<RunBatch, 'recipients' | 'next'>>;
}

/** What the sources read. */
export interface SourceServices {
  readonly audience: AudienceStore;
  readonly campaigns: Pick<CampaignStore, 'recipientsOf'>;
  readonly runs: Pick<RunStore, 'loadBatch' | 'loadResults' | 'shardOf'>;
  /** How many recipients a page holds at the most (100 where nothing speaks against it). */
  readonly pageSize: number;
}

/** Where the recipients of a run come from. */
export function sourceOf(services: SourceServices, run: RunRecord, shard: number): RecipientSource {
  switch (run.source.type) {
    case 'grantees':
      return { next: (after) => nextGrantees(services, run, shard, after) };
    case 'recipients':
      return namedRecipients(services, run.campaignId, run.source.pages, shard);
    case 'failed-of': {
      const { runId } = run.source;
      return { next: (after) => nextFailed(services, runId, shard, after) };
    }
  }
}

/**
 * How many sends this user may get in a run that began then, going by what is recorded now: grants that came after do not count, and
 * the oldest grants are taken to be spent first.
 */
export function isGrantee(ledger: Ledger, { content, startedAtMs }: RunRecord): boolean {
  const grants = grantsOf(ledger, content.templateId);
  if (!grants) return false;
  const since = grantedAfter(grants.recent ?? NONE_RECENT, startedAtMs);
  return isLongTerm(grants.kind) ? grants.subscribed && grants.granted > since : grants.available > since;
}

const CANDIDATES_AT_ONCE = 100;
/** After so many candidates without a page full of grantees, the work is put down for a moment. */
const MOST_CANDIDATES = 2_000;

async function nextGrantees(
  { audience, pageSize }: SourceServices,
  run: RunRecord,
  shard: number,
  after: string,
): Promise<Pick<RunBatch, 'recipients' | 'next'>> {
  const recipients: Recipient[] = [];
  const ending = async (last: string, known?: string) => {
    const following = known ?? (await audience.openids(run.content.templateId, shard, 1, last)).openids[0];
    return { recipients, ...(following !== undefined && { next: borderBetween(last, following) }) };
  };
  let position = after;
  for (let seen = 0; seen < MOST_CANDIDATES; seen += CANDIDATES_AT_ONCE) {
    const { openids, next } = await audience.openids(
      run.content.templateId,
      shard,
      CANDIDATES_AT_ONCE,
      position,
    );
    const ledgers = await audience.loadLedgers(openids);
    for (const [index, openid] of openids.entries()) {
      const ledger = ledgers.get(openid);
      if (ledger && isGrantee(ledger.value, run)) recipients.push({ openid });
      if (recipients.length === pageSize) return ending(openid, openids[index + 1]);
    }
    if (next === undefined) return { recipients };
    position = next;
  }
  return ending(position);
}

const PAGES_AT_ONCE = 8;

/** Those whom the owner named, each once, whatever order and however often they were named in. The first mention counts. */
function namedRecipients(
  { campaigns, runs, pageSize }: SourceServices,
  campaignId: string,
  batches: number,
  shard: number,
): RecipientSource {
  let named: Promise<readonly Recipient[]> | undefined;

  async function read(): Promise<readonly Recipient[]> {
    const byOpenid = new Map<string, Recipient>();
    for (let first = 0; first < batches; first += PAGES_AT_ONCE) {
      const count = Math.min(PAGES_AT_ONCE, batches - first);
      const read = await Promise.all(
        Array.from({ length: count }, (_, index) => campaigns.recipientsOf(campaignId, first + index)),
      );
      for (const recipient of read.flat()) {
        const { openid } = recipient;
        if (runs.shardOf(openid) === shard && !byOpenid.has(openid)) byOpenid.set(openid, recipient);
      }
    }
    return [...byOpenid.values()].sort((one, other) => (one.openid < other.openid ? -1 : 1));
  }

  return {
    async next(after) {
      named ??= read();
      const behind = (await named).filter(({ openid }) => openid > after);
      const recipients = behind.slice(0, pageSize);
      const [last, following] = [recipients.at(-1), behind[pageSize]];
      return {
        recipients,
        ...(last && following && { next: borderBetween(last.openid, following.openid) }),
      };
    },
  };
}

/** After so many pages without anyone who failed, the work is put down for a moment. */
const MOST_PAGES = 50;

async function nextFailed(
  { runs }: SourceServices,
  runId: string,
  shard: number,
  after: string,
): Promise<Pick<RunBatch, 'recipients' | 'next'>> {
  let position = after;
  for (let seen = 0; seen < MOST_PAGES; seen++) {
    const key = { runId, shard, after: position };
    const batch = await runs.loadBatch(key);
    if (!batch) return { recipients: [] };
    const { results } = (await runs.loadResults(key)).value;
    const recipients = batch.recipients.filter(
      (recipient, index) => results.get(index)?.state === 'failed' && !isErased(recipient),
    );
    if (recipients.length > 0 || batch.next === undefined) {
      return { recipients, ...(batch.next !== undefined && { next: batch.next }) };
    }
    position = batch.next;
  }
  return { recipients: [], next: position };
}
