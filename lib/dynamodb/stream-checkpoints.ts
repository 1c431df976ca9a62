import { createHash } from 'node:crypto';
import type { Item } from './items.ts';

/*
 * How far a shard of the table's stream was counted in an item of the statistics. Each shard has an attribute of
 * its own there. It is kept short, because an item is billed by the kilobyte: 30 bytes a shard.
 */

const PREFIX = '@';
const NAME_LENGTH = 8;

/** The attribute of a shard. */
export function checkpointName(shard: string): string {
  return PREFIX + createHash('sha256').update(shard).digest('base64url').slice(0, NAME_LENGTH);
}

/** Whether an attribute is a shard's and no count. */
export function isCheckpointName(name: string): boolean {
  return name.startsWith(PREFIX);
}

const RADIX = 36;

/** A sequence number as text that sorts as the numbers do: its length goes before it. */
export function sortableCheckpoint(sequenceNumber: string): string {
  const digits = BigInt(sequenceNumber).toString(RADIX);
  return digits.length.toString(RADIX) + digits;
}

const HOUR_MS = 60 * 60_000;

/** What is stored of a checkpoint: the hour tells when it may go, and is behind what is compared. */
export function storedCheckpoint(checkpoint: string, atMs: number): string {
  return `${checkpoint} ${Math.floor(atMs / HOUR_MS).toString(RADIX)}`;
}

/** The stream forgets a change after 24 hours, and may be some hours late with it. */
const KEPT_HOURS = 30;

/** Attributes of shards whose changes the stream has forgotten by `nowMs`. */
export function forgottenCheckpoints(item: Item, nowMs: number): readonly string[] {
  const from = Math.floor(nowMs / HOUR_MS) - KEPT_HOURS;
  return Object.entries(item)
    .filter(([name, value]) => isCheckpointName(name) && hourOf(String(value)) < from)
    .map(([name]) => name);
}

function hourOf(stored: string): number {
  return Number.parseInt(stored.split(' ')[1] ?? '', RADIX);
}
