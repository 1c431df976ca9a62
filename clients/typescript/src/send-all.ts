import type { Calls } from './calls.ts';
import type { BatchItem, Schemas } from './schemas.ts';
import type { Timing } from './timing.ts';

type Entry = Schemas['BatchEntry'];

/** What one request takes: messages, and bytes of a body, less some for what is around them. */
const MOST_MESSAGES = 500;
const MOST_BYTES = 250 * 1024;

const WAIT_MS = 1_000;

/** The time was up before these were done, or many wrote to one user: with a key of its own, each may be sent again. */
const PASSING_CODES = new Set(['timed-out', 'not-started', 'busy']);

/** What sending many messages needs. */
export interface BatchSender {
  readonly post: Calls['POST'];
  readonly timing: Timing;
  readonly retryForMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Sends any number of messages and tells of each in order. @throws QingniaoProblem when a request came to nothing */
export async function* sendAll(
  sender: BatchSender,
  messages: Iterable<Entry> | AsyncIterable<Entry>,
): AsyncGenerator<BatchItem, void, undefined> {
  let first = 0;
  for await (const batch of batchesOf(messages)) {
    for (const item of await sendBatch(sender, batch)) yield { ...item, index: first + item.index };
    first += batch.length;
  }
}

/** Parts that one request takes. Every entry has a key. */
async function* batchesOf(
  messages: Iterable<Entry> | AsyncIterable<Entry>,
): AsyncGenerator<readonly Entry[]> {
  const encoder = new TextEncoder();
  let batch: Entry[] = [];
  let bytes = 0;
  for await (const message of messages) {
    const entry = { ...message, idempotencyKey: message.idempotencyKey ?? crypto.randomUUID() };
    const size = encoder.encode(JSON.stringify(entry)).byteLength + 1;
    if (batch.length === MOST_MESSAGES || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Sends a batch, and again what of it there was no time for. */
async function sendBatch(sender: BatchSender, batch: readonly Entry[]): Promise<readonly BatchItem[]> {
  const { timing, retryForMs, signal = new AbortController().signal } = sender;
  const lastMs = timing.now() + retryForMs;
  const results = new Map<number, BatchItem>();
  let left = batch.map((entry, index) => ({ entry, index }));
  for (;;) {
    const body = { messages: left.map(({ entry }) => entry) };
    const { data } = await sender.post('/v1/messages/batch', { body, signal });
    for (const item of data.items) {
      const sent = left[item.index];
      if (sent) results.set(sent.index, { ...item, index: sent.index });
    }
    left = left.filter(({ index }) => isPassing(results.get(index)));
    if (left.length === 0 || timing.now() + WAIT_MS > lastMs) break;
    await timing.sleep(WAIT_MS, signal);
  }
  return batch.flatMap((_, index) => results.get(index) ?? []);
}

function isPassing(item: BatchItem | undefined): boolean {
  return item !== undefined && 'problem' in item && PASSING_CODES.has(item.problem.code);
}
