import type { Audience, Campaign } from '../campaign.ts';

/** `paused` and `stopped` hold back what is queued already; `stopped` and `finished` are final. */
export type RunStatus = 'running' | 'paused' | 'stopped' | 'finished';

/** What began a run. */
export type RunTrigger = 'schedule' | 'manual' | 'resend-failed';

/** Where one recipient of a run stands. `skipped`: their grant was gone before their turn came. */
export type RecipientState = 'pending' | 'sent' | 'delivered' | 'refused' | 'failed' | 'unknown' | 'skipped';

/** How many recipients stand where. */
export type RunCounts = Readonly<Record<RecipientState, number>>;

/** Whom a run is for: the campaign's audience when the run began, or those whom an earlier run failed to reach. */
export type RunSource = Audience | { readonly type: 'failed-of'; readonly runId: string };

/** What a run sends and how. It is kept with the run, so that changing the campaign changes no run that has begun. */
export type RunContent = Pick<
  Campaign,
  'templateId' | 'data' | 'page' | 'miniprogramState' | 'lang' | 'fit' | 'maxPerSecond' | 'quietHours'
>;

/** One run of a campaign, as it is stored. Its recipients and what became of them stand in batches of their own. */
export interface RunRecord {
  readonly id: string;
  readonly campaignId: string;
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  /** Counts and checks, and sends nothing. What could be sent stays `pending`. */
  readonly dryRun: boolean;
  readonly source: RunSource;
  readonly content: RunContent;
  readonly startedAtMs: number;
  /** When it was stopped, or its last recipient was done with. */
  readonly finishedAtMs?: number;
  /** Rises whenever the run goes on after a pause: jobs from before are void, because all that is left is queued anew. */
  readonly generation: number;
  /** What had come of it when it ended. Sent events and late answers still move the counts of {@link Run} afterwards. */
  readonly summary?: RunSummary;
}

/** The recipients of a run by what became of them. */
export interface RunSummary {
  readonly recipients: number;
  readonly counts: RunCounts;
  /** Final outcomes by WeChat's errcode, accepted sends left out. */
  readonly byErrcode: Readonly<Record<string, number>>;
}

/** A run with its progress, as callers see it. */
export interface Run extends RunSummary {
  readonly id: string;
  readonly campaignId: string;
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  readonly dryRun: boolean;
  /** The run whose failed recipients this one is for. */
  readonly ofRunId?: string;
  readonly startedAtMs: number;
  readonly finishedAtMs?: number;
  /** When the quiet hours that hold it back now are over; only while it is under way. */
  readonly quietUntilMs?: number;
  /** How many recipients were done with per second lately; only while the run is under way. */
  readonly perSecond?: number;
  /** At that rate, what is left takes so long; only once everyone's place in the run is known. */
  readonly secondsLeft?: number;
}

/** Nobody has been counted yet. */
export const NO_COUNTS: RunCounts = {
  pending: 0,
  sent: 0,
  delivered: 0,
  refused: 0,
  failed: 0,
  unknown: 0,
  skipped: 0,
};

/** Whether the run has ended for good. */
export function isOver({ status }: Pick<RunRecord, 'status'>): boolean {
  return status === 'stopped' || status === 'finished';
}

/** A run as callers see it, with what has come of it. */
export function runWith(record: RunRecord, summary: RunSummary): Run {
  const { id, campaignId, status, trigger, dryRun, source, startedAtMs, finishedAtMs } = record;
  return {
    id,
    campaignId,
    status,
    trigger,
    dryRun,
    ...(source.type === 'failed-of' && { ofRunId: source.runId }),
    startedAtMs,
    ...(finishedAtMs !== undefined && { finishedAtMs }),
    ...summary,
  };
}
