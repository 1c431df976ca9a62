import { ContentionError } from '../contention.ts';
import { acceptOrder } from './accept-order.ts';
import type { OperatorCaller } from './access.ts';
import type { MessageApi } from './message-api.ts';
import type { MessageView } from './message-view.ts';
import { type Problem, ProblemError } from './problem.ts';
import { batchEntry } from './schemas/messages.ts';
import { parseInput } from './validate.ts';

/** What became of one entry of a batch. */
export type BatchItem =
  | { readonly index: number; readonly message: MessageView }
  | { readonly index: number; readonly problem: Problem };

/** Entries that are being accepted at the same time. */
const LANES = 25;

/** Accepts the entries of a batch, each on its own: what is wrong with one is told beside it and stops no other. */
export async function acceptBatch(
  api: MessageApi,
  caller: OperatorCaller,
  entries: readonly unknown[],
): Promise<BatchItem[]> {
  const items: BatchItem[] = [];
  const queue = entries.entries();
  const lane = async () => {
    for (const [index, entry] of queue) items[index] = await acceptEntry(api, caller, index, entry);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return items;
}

async function acceptEntry(
  api: MessageApi,
  caller: OperatorCaller,
  index: number,
  entry: unknown,
): Promise<BatchItem> {
  try {
    const { idempotencyKey, ...body } = parseInput('invalid-body', batchEntry, entry);
    const { view } = await acceptOrder(api, caller, { body, idempotencyKey });
    return { index, message: view };
  } catch (error) {
    if (error instanceof ProblemError) return { index, problem: error.toProblem() };
    if (error instanceof ContentionError)
      return { index, problem: new ProblemError('busy', error.message).toProblem() };
    throw error;
  }
}
