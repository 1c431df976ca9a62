import type { BatchKey, RunBatch } from '../../lib/campaigns/runs/batch.ts';
import type { BatchResults } from '../../lib/campaigns/runs/results.ts';
import type { RunRecord } from '../../lib/campaigns/runs/run.ts';
import { appIdOfKey } from '../../lib/dynamodb/keys.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import type { Message } from '../../lib/messages/message.ts';
import type { Process } from './processes.ts';
import { createPart, type TablePart } from './table-part.ts';

/** A write, and what was there before. */
export interface TableWrite {
  readonly ledger?: Ledger;
  readonly records?: readonly { readonly message: Message; readonly before?: Message }[];
  readonly run?: RunRecord;
  readonly batch?: { readonly key: BatchKey; readonly batch: RunBatch };
  readonly results?: {
    readonly key: BatchKey;
    readonly after: BatchResults;
    readonly before: BatchResults;
  };
}

/** Who wants to know of writes to one app's part of the table. */
export interface TableListener {
  written(write: TableWrite): void;
  /** A due entry was written. */
  entered(): void;
  /** A user's item was deleted. */
  deleted(openid: string, by: Process): void;
}

/**
 * The table that all apps of a stage share. As in the real one, an item is whose the beginning of its partition
 * key says.
 */
export interface Table {
  /** The items of whoever this partition key belongs to. */
  at(pk: string): TablePart;
  /** The parts that there are. */
  parts(): readonly TablePart[];
}

/** A table in whose parts `listenerOf` wants to know of writes. */
export function createTable(listenerOf: (appId: string) => TableListener): Table {
  const parts = new Map<string, TablePart>();
  return {
    at(pk) {
      const appId = appIdOfKey(pk);
      const known = parts.get(appId) ?? createPart(listenerOf(appId));
      parts.set(appId, known);
      return known;
    },
    parts: () => [...parts.values()],
  };
}
