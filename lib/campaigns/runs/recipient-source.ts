import { grantsOf, isSubscription, type Ledger } from '../../grants/ledger.ts';
import { grantedAfter, NONE_RECENT } from '../../grants/recent-grants.ts';
import type { Versioned } from '../../versioned.ts';
import type { Recipient } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { borderBetween, isErased, type RunBatch } from './batch.ts';
import type { RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';

/** The users who ever answered for a template, shard by shard in the order of their openids. */
export interface TemplateUsers {
  openids(
    templateId: string,
    shard: number,
    limit: number,
    after: string,
  ): Promise<{ readonly openids: readonly string[]; readonly next: string | undefined }>;
  /** The ledgers of these users by openid; users without one are left out. */
  loadLedgers(openids: readonly string[]): Promise<ReadonlyMap<string, Versioned<Ledger>>>;
}

/** Finds the recipients of one shard of a run, in the order of their openids. */
export interface RecipientSource {
  /** The batch that begins at `after`. There may be a next one although this one is empty. */
  next(after: string): Promise<PlannedBatch>;
}

type PlannedBatch = Pick<RunBatch, 'recipients' | 'next'>;

export interface SourceServices {
  readonly audience: TemplateUsers;
  readonly campaigns: Pick<CampaignStore, 'recipientsOf'>;
  readonly runs: Pick<RunStore, 'loadBatch' | 'loadResults' | 'shardOf'>;
  /** How many recipients a batch holds at most. */
  readonly pageSize: number;
}

/** Finds the recipients of one shard of a run, wherever they come from. */
export function recipientSourceOf(services: SourceServices, run: RunRecord, shard: number): RecipientSource {
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
 * Whether the user has a grant for a run that began then. Grants that came after do not count, and the oldest
 * are taken to be spent first.
 */
export function isGrantee(ledger: Ledger, { content, startedAtMs }: RunRecord): boolean {
  const grants = grantsOf(ledger, content.templateId);
  if (!grants) return false;
  const since = grantedAfter(grants.recent ?? NONE_RECENT, startedAtMs);
  return isSubscription(grants.kind) ? grants.subscribed && grants.granted > since : grants.available > since;
}

/** Reads end where a full batch would, so that nobody is read twice; `min` keeps them few where few are grantees. */
const CANDIDATES_PER_READ = { min: 25, max: 100 };
/** A batch ends after so many candidates, however few grantees are among them. */
const MAX_CANDIDATES = 2_000;

async function nextGrantees(
  { audience, pageSize }: SourceServices,
  run: RunRecord,
  shard: number,
  after: string,
): Promise<PlannedBatch> {
  const recipients: Recipient[] = [];
  const ending = async (last: string, known?: string) => {
    const following = known ?? (await audience.openids(run.content.templateId, shard, 1, last)).openids[0];
    return { recipients, ...(following !== undefined && { next: borderBetween(last, following) }) };
  };
  let position = after;
  for (let seen = 0, limit = 0; seen < MAX_CANDIDATES; seen += limit) {
    const { min, max } = CANDIDATES_PER_READ;
    limit = Math.max(min, Math.min(max, pageSize - recipients.length));
    const { openids, next } = await audience.openids(run.content.templateId, shard, limit, position);
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

/** The recipients whom the owner named, by openid. Of one who was named twice the first mention counts. */
function namedRecipients(
  { campaigns, runs, pageSize }: SourceServices,
  campaignId: string,
  pages: number,
  shard: number,
): RecipientSource {
  let named: Promise<readonly Recipient[]> | undefined;

  async function read(): Promise<readonly Recipient[]> {
    const byOpenid = new Map<string, Recipient>();
    for (let first = 0; first < pages; first += PAGES_AT_ONCE) {
      const count = Math.min(PAGES_AT_ONCE, pages - first);
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

/** The search ends after so many batches in which nobody failed. */
const MAX_BATCHES = 50;

async function nextFailed(
  { runs }: SourceServices,
  runId: string,
  shard: number,
  after: string,
): Promise<PlannedBatch> {
  let position = after;
  for (let seen = 0; seen < MAX_BATCHES; seen++) {
    const key = { runId, shard, start: position };
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
