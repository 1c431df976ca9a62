import type { RecipientResult } from '../campaigns/runs/results.ts';
import { readGrantKey } from '../grants/grant-key.ts';
import { grantsOf, isSubscription, type Ledger } from '../grants/ledger.ts';
import type { MessageState, SendRecord } from '../sends/send-record.ts';
import { type SentBatchServices, withBatch } from './sent-batches.ts';
import { movedResults, type StreamRecord } from './stream-record.ts';

/** What is added to the statistics of one template at one moment. Grants that are taken away count down. */
export interface Count {
  readonly templateId: string;
  readonly atMs: number;
  /** `granted`, `sent`, `delivered`, `refused`, `unknown`, `available`, or `failed:` with its reason. */
  readonly name: string;
  readonly by: number;
}

interface Standing {
  readonly state: MessageState | 'skipped';
  readonly atMs: number;
  readonly errcode?: number | undefined;
  readonly reason?: string | undefined;
}

/**
 * What a write adds to the statistics. `sent` counts what WeChat accepted, whether or not a receipt came
 * later. An `unknown` that is settled is taken back.
 */
export function countsOf(record: StreamRecord): readonly Count[] {
  switch (record.type) {
    case 'ledger':
      return ledgerCounts(record.before, record.after, record.atMs);
    case 'message': {
      const { before, after } = record;
      if (!after) return [];
      return standingCounts(
        after.templateId,
        before && standing(before, before.updatedAtMs),
        standing(after, after.updatedAtMs),
      );
    }
    case 'results': {
      const { batch } = record;
      if (!batch || batch.run.dryRun) return [];
      const { templateId } = batch.run.content;
      const standingOf = (result: RecipientResult) => standing(result, result.outcome.atMs);
      return movedResults(record).flatMap(([index, result]) => {
        const before = record.before.get(index);
        return standingCounts(templateId, before && standingOf(before), standingOf(result));
      });
    }
    case 'run':
      return [];
  }
}

function standing({ state, outcome }: Pick<SendRecord, 'state' | 'outcome'>, atMs: number): Standing {
  return { state, atMs, errcode: outcome?.errcode, reason: outcome?.reason };
}

function ledgerCounts(before: Ledger | undefined, after: Ledger | undefined, atMs: number): readonly Count[] {
  const keys = new Set([...Object.keys(before?.templates ?? {}), ...Object.keys(after?.templates ?? {})]);
  return [...keys].flatMap((key) => {
    const { templateId } = readGrantKey(key);
    const [old, now] = [before, after].map((ledger) => ledger && grantsOf(ledger, key));
    const granted = now ? now.granted - (old?.granted ?? 0) : 0;
    const isCounted = !isSubscription((now ?? old)?.kind ?? 'unknown');
    const available = isCounted ? (now?.available ?? 0) - (old?.available ?? 0) : 0;
    return [
      { templateId, atMs, name: 'granted', by: granted },
      { templateId, atMs, name: 'available', by: available },
    ].filter(({ by }) => by !== 0);
  });
}

const ACCEPTED: ReadonlySet<Standing['state']> = new Set(['sent', 'delivered']);

function standingCounts(templateId: string, before: Standing | undefined, after: Standing): readonly Count[] {
  if (before?.state === after.state) return [];
  const { atMs } = after;
  const plus = (name: string): Count => ({ templateId, atMs, name, by: 1 });
  const wasAccepted = before !== undefined && ACCEPTED.has(before.state);
  return [
    ...(before?.state === 'unknown' ? [{ templateId, atMs: before.atMs, name: 'unknown', by: -1 }] : []),
    ...(ACCEPTED.has(after.state) && !wasAccepted ? [plus('sent')] : []),
    ...(after.state === 'delivered' || after.state === 'refused' || after.state === 'unknown'
      ? [plus(after.state)]
      : []),
    ...(after.state === 'failed' ? [plus(`failed:${after.errcode || after.reason || 'unknown'}`)] : []),
  ];
}

/** A write that counts, with its place in its shard of the table's stream. */
export interface CountedChange {
  readonly id: string;
  /** The moment of the write: the same each time that the stream delivers it. */
  readonly atMs: number;
  /** Grows along the shard. */
  readonly sequenceNumber: string;
  readonly counts: readonly Count[];
}

/** Where statistics are added up. */
export interface StatisticsWriter {
  /**
   * Adds those changes that were not added before, whatever they came together with then.
   *
   * @param shard names a shard of a stream, and no other one ever
   * @param changes of that shard, in its order and without gaps
   */
  add(shard: string, changes: readonly CountedChange[]): Promise<void>;
}

/** A record with its place in its shard. */
export interface PlacedRecord {
  readonly record: StreamRecord;
  readonly sequenceNumber: string;
}

/** Counts what was stored. A record that is delivered again, in whatever company, is not counted again. */
export async function countChanges(
  services: SentBatchServices & { readonly statistics: StatisticsWriter },
  shard: string,
  placed: readonly PlacedRecord[],
): Promise<void> {
  const changes = await Promise.all(
    placed.map(async ({ record, sequenceNumber }) => ({
      id: record.id,
      atMs: record.atMs,
      sequenceNumber,
      counts: countsOf(await withBatch(services, record)),
    })),
  );
  await services.statistics.add(
    shard,
    changes.filter(({ counts }) => counts.length > 0),
  );
}
