import { readRecipientSendId } from '../../../lib/campaigns/runs/recipient-send.ts';
import { isOpen, NOT_BEGUN, tookGrant } from '../../../lib/campaigns/runs/results.ts';
import { isOver, type Run, type RunRecord } from '../../../lib/campaigns/runs/run.ts';
import { closeClaim } from '../../../lib/grants/claims.ts';
import { grantsOf, type Ledger, spentOf } from '../../../lib/grants/ledger.ts';
import { claimFate } from '../../../lib/sends/send-record.ts';
import type { Faults } from '../faults.ts';
import type { Scheduler } from '../scheduler.ts';
import type { WeChatRequest } from '../wechat.ts';
import type { CampaignTable } from './table.ts';

const TEMPLATE_ID = 'once';
/** A pause holds everything back after this. */
const PAUSE_WITHIN_MS = 3_000;
const SKEW_MS = 2_000;

/** What the rules look at. */
export interface CampaignRulesOptions {
  readonly scheduler: Scheduler;
  readonly table: () => CampaignTable;
  readonly faults: Faults;
  /** Nothing goes wrong in this world. */
  readonly isUntroubled: boolean;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** Checks a world as it goes, and once it is at rest. */
export function createCampaignRules({ scheduler, table, faults, isUntroubled, fail }: CampaignRulesOptions) {
  const sends = new Map<string, WeChatRequest[]>();
  const ofUser = new Map<string, WeChatRequest[]>();
  const acceptedOf = new Map<string, number>();
  const grantsBefore = new Map<string, number[]>();
  const erased = new Set<string>();
  const heldBackSince = new Map<string, number>();
  const promised = new Map<string, string>();
  const isPunctual = faults.stall + faults.slowRead + faults.heldUpWrite + faults.skewMs === 0;

  const runOf = (request: WeChatRequest) => request.messageId.split(' ')[0] ?? '';
  const isRecipients = (request: WeChatRequest) => request.messageId.includes(' ');

  return {
    granted(openid: string, atMs: number): void {
      grantsBefore.set(openid, [...(grantsBefore.get(openid) ?? []), atMs]);
    },

    /** A user's item was deleted; what they grant afterwards begins anew. */
    deleted(openid: string): void {
      erased.add(openid);
      grantsBefore.delete(openid);
      acceptedOf.delete(openid);
    },

    promised: (runId: string, type: string) => void promised.set(runId, type),

    runWritten({ id, status }: RunRecord): void {
      if (status === 'running') heldBackSince.delete(id.slice(-12));
      else if (!heldBackSince.has(id.slice(-12))) heldBackSince.set(id.slice(-12), scheduler.now());
    },

    leaving(request: WeChatRequest): void {
      const now = scheduler.now();
      if (!table().ledgers.get(request.openid)) fail('who was erased is not sent to', request);
      for (const other of ofUser.get(request.openid) ?? []) {
        if (other.told === undefined && other.endsAtMs > now)
          fail('no two requests to one user overlap', { request, other });
      }
      ofUser.set(request.openid, [...(ofUser.get(request.openid) ?? []), request]);
      for (const other of sends.get(request.messageId) ?? []) {
        if (other.told !== 'refused')
          fail('nothing follows a request that was accepted or may have been', { request, other });
      }
      sends.set(request.messageId, [...(sends.get(request.messageId) ?? []), request]);
      const heldBackAtMs = heldBackSince.get(runOf(request));
      if (isRecipients(request) && isPunctual && heldBackAtMs !== undefined) {
        if (now > heldBackAtMs + PAUSE_WITHIN_MS)
          fail('a run that pauses or has ended sends nothing more', { request, heldBackAtMs, now });
      }
    },

    accepted({ openid }: WeChatRequest): void {
      const count = (acceptedOf.get(openid) ?? 0) + 1;
      acceptedOf.set(openid, count);
      const ledger = table().ledgers.get(openid);
      const granted = (ledger && grantsOf(ledger, TEMPLATE_ID)?.granted) ?? 0;
      if (count > granted) fail('never more accepted sends than grants recorded', { openid, count, granted });
    },

    /** `read` shows a run as a caller sees it. */
    async atRest(read: (run: RunRecord) => Promise<Run | undefined>): Promise<void> {
      for (const [runId, type] of promised) {
        const started = type === 'started' || type === 'exists';
        if (started && !table().runs.get(runId)) fail('no started run is lost', { runId, type });
      }
      for (const run of table().runs.values()) {
        if (!isOver(run)) fail('every run comes to its end', run);
        const shown = await read(run);
        if (shown) checkRun(run, shown);
      }
      for (const ledger of table().ledgers.values()) checkLedger(ledger);
    },
  };

  function checkRun(run: RunRecord, shown: Run): void {
    const pages = table().pagesOf(run.id);
    const openids = pages.flatMap(({ page }) => page.recipients.map(({ openid }) => openid));
    if (new Set(openids).size !== openids.length) fail('nobody is in a run twice', { run: run.id, openids });
    if (run.status === 'finished') checkAudience(run, openids);
    const counted = { pending: 0, sent: 0, delivered: 0, refused: 0, failed: 0, unknown: 0, skipped: 0 };
    for (const { page, results } of pages) {
      page.recipients.forEach(({ openid }, index) => {
        const result = results.results.get(index);
        counted[result?.state ?? 'pending'] += 1;
        checkTruth(run, openid, result?.state ?? 'pending');
        if (run.status === 'finished' && isOpen(result))
          fail('a finished run has dealt with everyone', { run, openid });
      });
      if (run.status === 'finished' && results.lease) fail('a page that is done with is given back', results);
    }
    if (JSON.stringify(counted) !== JSON.stringify(shown.counts) || shown.recipients !== openids.length)
      fail("a run's counts are those of its pages", { run: run.id, counted, shown });
  }

  /** Everyone with a grant of before the run, and nobody who had none. Who spent it meanwhile may be missing. */
  function checkAudience(run: RunRecord, openids: readonly string[]): void {
    if (run.source.type !== 'grantees') return;
    for (const [openid, grantedAtMs] of grantsBefore) {
      if (erased.has(openid)) continue;
      if (grantedAtMs.every((atMs) => atMs > run.startedAtMs) && openids.includes(openid))
        fail('who granted only after a run began is not in it', { openid, run: run.id });
      const untouched = ![...table().runs.values()].some(
        (other) => other.id !== run.id && isInRun(other.id, openid),
      );
      const booked = [...table().messages.values()].some((message) => message.openid === openid);
      // The clock of the function that started the run may be ahead.
      const before = grantedAtMs.filter((atMs) => atMs <= run.startedAtMs - SKEW_MS).length;
      if (before > 0 && untouched && !booked && !openids.includes(openid))
        fail('everyone with a grant is in the run', { openid, run: run.id });
    }
  }

  function isInRun(runId: string, openid: string): boolean {
    return table()
      .pagesOf(runId)
      .some(({ page }) => page.recipients.some((recipient) => recipient.openid === openid));
  }

  /** What the run says of a recipient against what WeChat knows. */
  function checkTruth(run: RunRecord, openid: string, state: string): void {
    const requests = sends.get(`${run.id.slice(-12)} ${openid}`) ?? [];
    const accepted = requests.filter(({ truth }) => truth === 'accepted').length;
    if (state === 'unknown' && isUntroubled)
      fail('where nothing goes wrong, nobody is unknown', { run: run.id, openid, requests });
    if (state === 'sent' && accepted !== 1) fail('what is sent was accepted once', { openid, requests });
    const harmless = state !== 'sent' && state !== 'unknown';
    const mayHide = requests.some(({ told }) => told !== 'refused');
    if (harmless && (accepted > 0 || mayHide))
      fail('a send that may have been accepted is sent or unknown', { run: run.id, openid, state, requests });
  }

  /** With the open claim closed by its send, every grant is where the sends say. */
  function checkLedger(stored: Ledger): void {
    const ledger = settled(stored);
    if (!ledger) return;
    const grants = grantsOf(ledger, TEMPLATE_ID);
    if (!grants) return;
    if (Math.min(grants.available, grants.held, spentOf(grants)) < 0) fail('no balance is negative', ledger);
    // What was sent to them before is not told from what was sent since.
    if (erased.has(ledger.openid)) return;
    const spent = spendingRecipients(ledger.openid) + spendingMessages(ledger.openid);
    if (spentOf(grants) < spent || (grants.epoch === 0 && spentOf(grants) !== spent))
      fail('as many grants are spent as sends took', { ledger, spent });
  }

  function settled(ledger: Ledger): Ledger | undefined {
    const { claim } = ledger;
    if (!claim) return ledger;
    const send = readRecipientSendId(claim.messageId);
    if (!send) {
      const message = table().messages.get(claim.messageId);
      const own = message?.lastClaim?.claimId === claim.claimId ? message.lastClaim.effect : 'spend';
      return closeClaim(ledger, own);
    }
    const page = table()
      .pagesOf(send.runId)
      .find(({ page: { recipients } }) => recipients[send.index]?.openid === send.openid);
    const outcome = claimFate(claim, page?.results.results.get(send.index) ?? NOT_BEGUN, scheduler.now());
    if (outcome.type === 'settled' && outcome.effect !== 'spend')
      fail('planning sees what a send gave back', { ledger, effect: outcome.effect });
    if (outcome.type === 'settled') return closeClaim(ledger, outcome.effect);
    fail('no claim is left behind', { ledger, run: table().runs.get(send.runId)?.status });
    return undefined;
  }

  function spendingRecipients(openid: string): number {
    return [...table().runs.values()]
      .flatMap(({ id }) => table().pagesOf(id))
      .flatMap(({ page, results }) =>
        page.recipients.flatMap((recipient, index) =>
          recipient.openid === openid ? (results.results.get(index) ?? []) : [],
        ),
      )
      .filter(tookGrant).length;
  }

  function spendingMessages(openid: string): number {
    return [...table().messages.values()].filter(
      (message) =>
        message.openid === openid &&
        (message.state === 'sent' || message.state === 'unknown' || message.lastClaim?.effect === 'spend'),
    ).length;
  }
}
