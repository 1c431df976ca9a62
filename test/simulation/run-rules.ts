import { isOpen } from '../../lib/campaigns/runs/results.ts';
import { isOver, NO_COUNTS, type RunRecord, type RunView } from '../../lib/campaigns/runs/run.ts';
import type { Faults } from './faults.ts';
import type { RecipientBook } from './recipient-book.ts';
import { runMark } from './run-ports.ts';
import type { Scheduler } from './scheduler.ts';
import { LATE_MS, type Trouble } from './send-rules.ts';
import type { TableWrite } from './table.ts';
import type { TableState } from './table-part.ts';
import type { WeChatRequest } from './wechat.ts';

/** A pause holds everything back after this. */
const PAUSE_WITHIN_MS = 3_000;
/** Clocks may be apart by as much. */
const SKEW_MS = 2_000;

/** What the rules of runs look at. */
export interface RunRuleOptions {
  readonly scheduler: Scheduler;
  readonly state: () => TableState;
  readonly book: RecipientBook;
  readonly campaignTemplateId: string;
  readonly faults: Faults;
  /** Whether the last call for a send was refused for its token: what was under way may go on. */
  readonly isTokenRefused: (sendId: string) => boolean;
  /** Whether WeChat pushes events. */
  readonly pushes: boolean;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** A run comes to its end, deals with everyone once and with nobody else, and its counts are true. */
export function createRunRules({ scheduler, state, book, faults, fail, ...options }: RunRuleOptions) {
  /** When each user granted what the campaign may use, and when each such grant stood in the table. */
  const tappedAtMs = new Map<string, number[]>();
  const grantedAtMs = new Map<string, number[]>();
  const erased = new Set<string>();
  const heldBackSince = new Map<string, number>();
  /** The life that a user was in when they were written into a run; undefined where nothing was stored of them. */
  const lifeInRun = new Map<string, string | undefined>();
  const promised = new Set<string>();
  const isPunctual = faults.stall + faults.slowRead + faults.heldUpWrite + faults.skewMs === 0;

  function checkRun(run: RunRecord, shown: RunView): void {
    if (!isOver(run)) fail('every run comes to its end', run);
    const batches = [...state().batchesOf(run.id)];
    const openids = batches.flatMap(({ batch }) => batch.recipients.map(({ openid }) => openid));
    const named = openids.filter((openid) => !openid.startsWith('*'));
    if (new Set(named).size !== named.length) fail('nobody is in a run twice', { run: run.id, openids });
    if (run.status === 'finished') checkAudience(run, openids);
    const counted = { ...NO_COUNTS };
    for (const { batch, results } of batches) {
      batch.recipients.forEach(({ openid }, index) => {
        const result = results.results.get(index);
        counted[result?.state ?? 'pending'] += 1;
        if (run.status === 'finished' && isOpen(result))
          fail('a finished run has dealt with everyone', { run, openid });
      });
      if (run.status === 'finished' && results.lease)
        fail('a batch that is done with is given back', results);
    }
    if (JSON.stringify(counted) !== JSON.stringify(shown.counts) || shown.recipients !== openids.length)
      fail("a run's counts are those of its batches", { run: run.id, counted, shown });
  }

  /**
   * Everyone with a grant of before the run, and nobody who had none. Who spent it meanwhile may be missing.
   */
  function checkAudience(run: RunRecord, openids: readonly string[]): void {
    if (run.source.type !== 'grantees') return;
    for (const [openid, moments] of tappedAtMs) {
      if (erased.has(openid)) continue;
      // Clocks may be apart, and WeChat tells of a tap by its second.
      if (moments.every((atMs) => atMs > run.startedAtMs + SKEW_MS) && openids.includes(openid))
        fail('who granted only after a run began is not in it', { openid, run: run.id });
      const used = book.ofUser(openid).some(({ runId }) => runId !== run.id);
      const booked = state().messagesOf(openid).length > 0;
      const grants = state().ledgerOf(openid)?.templates[options.campaignTemplateId];
      const revoked = grants !== undefined && (grants.epoch > 0 || grants.revokedAtMs !== undefined);
      const before = (grantedAtMs.get(openid) ?? []).some((atMs) => atMs <= run.startedAtMs - SKEW_MS);
      // An event is matched with a report by a minute, so that a tap of since may be taken for one of before.
      const unclear = options.pushes && moments.some((atMs) => atMs > run.startedAtMs);
      if (before && !unclear && !used && !booked && !revoked && !openids.includes(openid))
        fail('everyone with a grant is in the run', { openid, run: run.id });
    }
  }

  return {
    tapped(openid: string, templateId: string): void {
      if (templateId !== options.campaignTemplateId) return;
      tappedAtMs.set(openid, [...(tappedAtMs.get(openid) ?? []), scheduler.now()]);
    },
    /** So many grants of the campaign's template stand in the table. */
    granted(openid: string, count: number): void {
      const known = grantedAtMs.get(openid) ?? [];
      const more = Array.from({ length: count - known.length }, () => scheduler.now());
      if (more.length > 0) grantedAtMs.set(openid, [...known, ...more]);
    },
    /** Somebody has begun to erase a user: from then on they may have left the audience. */
    erasing: (openid: string): void => void erased.add(openid),
    deleted(openid: string): void {
      erased.add(openid);
      grantedAtMs.delete(openid);
    },
    /** Somebody was told that the run is started. */
    promised: (runId: string): void => void promised.add(runId),
    runWritten({ id, status }: RunRecord): void {
      if (status === 'running') heldBackSince.delete(runMark(id));
      else if (!heldBackSince.has(runMark(id))) heldBackSince.set(runMark(id), scheduler.now());
    },
    leaving(request: WeChatRequest): void {
      const atMs = heldBackSince.get(request.sendId.split(' ')[0] ?? '');
      if (options.isTokenRefused(request.sendId)) return;
      if (isPunctual && atMs !== undefined && scheduler.now() > atMs + PAUSE_WITHIN_MS)
        fail('a run that pauses or has ended sends nothing more', { request, atMs, now: scheduler.now() });
    },
    batchWritten({ key, batch }: NonNullable<TableWrite['batch']>): void {
      for (const { openid } of batch.recipients) {
        const name = `${key.runId} ${openid}`;
        if (!lifeInRun.has(name)) lifeInRun.set(name, state().ledgerOf(openid)?.life);
      }
    },
    /**
     * The batches that name a user although their run began before the user was erased; but for those that were
     * written when the user had granted anew.
     */
    namedBefore(openid: string, erasedAtMs: number): readonly string[] {
      return state()
        .runs()
        .filter(({ startedAtMs }) => startedAtMs < erasedAtMs - SKEW_MS)
        .filter(({ id }) => {
          const life = lifeInRun.get(`${id} ${openid}`);
          return life === undefined || life !== state().ledgerOf(openid)?.life;
        })
        .filter(({ id }) =>
          [...state().batchesOf(id)].some(({ batch }) =>
            batch.recipients.some((recipient) => recipient.openid === openid),
          ),
        )
        .map(({ id }) => `name in ${id}`);
    },
    /** `read` shows a run as a caller sees it. */
    async atRest(trouble: Trouble, read: (run: RunRecord) => Promise<RunView | undefined>): Promise<void> {
      for (const runId of promised) if (!state().run(runId)) fail('no started run is lost', runId);
      for (const run of state().runs()) {
        const tookMs = (run.finishedAtMs ?? 0) - run.startedAtMs;
        if (trouble === 'none' && run.generation === 0 && tookMs > LATE_MS)
          fail('without trouble a run that never pauses is soon over', run);
        const shown = await read(run);
        if (shown) checkRun(run, shown);
      }
    },
  };
}
