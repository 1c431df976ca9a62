import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';

const RUN_ID = /^run_[0-9a-f]{32}$/;

/** Makes the id of a new run from a UUID of version 7, so that a campaign's runs sort by the moment they began. */
export function createRunIds(newTimeOrderedUuid: () => string): () => string {
  return () => `run_${newTimeOrderedUuid().replaceAll('-', '')}`;
}

/** The id of the run that a schedule starts at that moment: always the same one, so that a trigger delivered twice is one run. */
export function scheduledRunId(campaignId: string, scheduledAtMs: number): string {
  const random = createHash('sha256').update(`${campaignId}@${scheduledAtMs}`).digest().subarray(0, 16);
  return `run_${uuidV7({ msecs: scheduledAtMs, random }).replaceAll('-', '')}`;
}

/** Whether a text can be the id of a run. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** The moment that a run's id was made for. */
export function runStartsAtMs(runId: string): number {
  return Number.parseInt(runId.slice('run_'.length, 'run_'.length + 12), 16);
}
