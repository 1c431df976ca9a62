import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import * as v from 'valibot';
import { count, instant, storedObject } from '../../stored-schemas.ts';
import { audience, runContent } from '../campaign.ts';

/** `paused` and `stopped` hold queued jobs back; `stopped` and `finished` are final. */
export const RUN_STATUSES = ['running', 'paused', 'stopped', 'finished'] as const;

/** What can begin a run. */
export const RUN_TRIGGERS = ['schedule', 'manual', 'resend-failed'] as const;

/** One of {@link RUN_TRIGGERS}. */
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** The states of a run's recipient. `skipped`: the grant was gone when the send was due. */
export const RECIPIENT_STATES = [
  'pending',
  'sent',
  'delivered',
  'refused',
  'failed',
  'unknown',
  'skipped',
] as const;

/** One of {@link RECIPIENT_STATES}. */
export type RecipientState = (typeof RECIPIENT_STATES)[number];

const runCounts = v.object(v.entriesFromList(RECIPIENT_STATES, v.optional(count, 0)));

/** The number of recipients in each state. */
export type RunCounts = Readonly<v.InferOutput<typeof runCounts>>;

/** Nobody has been counted yet. */
export const NO_COUNTS: RunCounts = v.parse(runCounts, {});

const runSummary = storedObject({
  recipients: count,
  counts: runCounts,
  /** Final outcomes by WeChat's errcode, accepted sends left out. */
  byErrcode: v.record(v.string(), count),
});

/** The recipients of a run by what became of them. */
export type RunSummary = Readonly<v.InferOutput<typeof runSummary>>;

/** A run as it is stored. Its recipients and their results are stored in batches. */
export const runRecord = storedObject({
  id: v.string(),
  campaignId: v.string(),
  status: v.picklist(RUN_STATUSES),
  trigger: v.picklist(RUN_TRIGGERS),
  /** Counts and checks, and sends nothing. Recipients who could be sent to stay `pending`. */
  dryRun: v.boolean(),
  /** The campaign's audience when the run began, or those whom an earlier run failed to reach. */
  source: v.variant('type', [
    ...audience.options,
    v.object({ type: v.literal('failed-of'), runId: v.string() }),
  ]),
  content: runContent,
  startedAtMs: instant,
  finishedAtMs: v.exactOptional(instant),
  /** Rises when a paused run resumes. Jobs of an earlier generation are void: they are queued anew. */
  generation: count,
  /** The outcome when the run ended. Later receipts and late answers move only the shards' tallies. */
  summary: v.exactOptional(runSummary),
});

/** See {@link runRecord}. */
export type RunRecord = Readonly<v.InferOutput<typeof runRecord>>;

/** A run with its progress, as callers see it. */
export interface RunView
  extends Omit<RunRecord, 'source' | 'content' | 'generation' | 'summary'>,
    RunSummary {
  /** The run whose failed recipients this one is for. */
  readonly ofRunId?: string;
  /** The end of the quiet hours that hold a running run back. */
  readonly quietUntilMs?: number;
  /** The rate of the last seconds of a running run. */
  readonly perSecond?: number;
  /** What is left takes so long at that rate; absent while recipients are still being planned. */
  readonly secondsLeft?: number;
}

/** Whether the run has ended for good. */
export function isOver({ status }: Pick<RunRecord, 'status'>): boolean {
  return status === 'stopped' || status === 'finished';
}

/** A run as callers see it, with the summary that is passed. */
export function runWith(record: RunRecord, { recipients, counts, byErrcode }: RunSummary): RunView {
  const { source, content: _content, generation: _generation, summary: _summary, ...shown } = record;
  return {
    ...shown,
    ...(source.type === 'failed-of' && { ofRunId: source.runId }),
    recipients,
    counts,
    byErrcode,
  };
}

const RUN_ID = /^run_[0-9a-f]{32}$/;

/** Makes ids of runs from UUIDs of version 7, so that a campaign's runs sort by the moment they began. */
export function createRunIds(newTimeOrderedUuid: () => string): () => string {
  return () => `run_${newTimeOrderedUuid().replaceAll('-', '')}`;
}

/** The id of the run of a schedule's moment: always the same, so that two triggers are one run. */
export function scheduledRunId(campaignId: string, scheduledAtMs: number): string {
  const random = createHash('sha256').update(`${campaignId}@${scheduledAtMs}`).digest().subarray(0, 16);
  return `run_${uuidV7({ msecs: scheduledAtMs, random }).replaceAll('-', '')}`;
}

/** Whether a text has the form of a run's id. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** The moment that a run's id was made for. */
export function runStartsAtMs(runId: string): number {
  return Number.parseInt(runId.slice('run_'.length, 'run_'.length + 12), 16);
}
