import { acceptOrder } from './accept-order.ts';
import type { OperatorCaller } from './access.ts';
import { asProblem, internalError } from './as-problem.ts';
import type { MessageApi } from './message-api.ts';
import type { MessageView } from './message-view.ts';
import { type Problem, ProblemError } from './problem.ts';
import { batchEntry } from './schemas/messages.ts';
import type { TimeLimit } from './time-limit.ts';
import { parseInput } from './validate.ts';

/** What became of one entry of a batch. */
export type BatchItem =
  | { readonly index: number; readonly message: MessageView }
  | { readonly index: number; readonly problem: Problem };

/** Entries that are being accepted at the same time. */
const LANES = 25;

/** An entry that is begun with less than this left may not end in time: a look-up at WeChat alone may take seconds. */
const ENTRY_MS = 5_000;

/** What is kept for the answer: some megabytes of it. */
const ANSWER_MS = 1_000;

/**
 * Accepts the entries of a batch, each on its own: what is wrong with one is told beside it and stops no other. When the time
 * is up, the answer tells what was accepted so far, and of each other entry whether it was begun.
 *
 * @throws ProblemError `timed-out` when the time was up and nothing was accepted
 */
export async function acceptBatch(
  api: MessageApi,
  caller: OperatorCaller,
  entries: readonly unknown[],
  limit: TimeLimit,
): Promise<readonly BatchItem[]> {
  const items: BatchItem[] = [];
  const begun = new Set<number>();
  const queue = entries.entries();
  const lane = async () => {
    for (const [index, entry] of queue) {
      if (limit.remainingMs() < ENTRY_MS) return;
      begun.add(index);
      items[index] = await acceptEntry(api, caller, index, entry);
    }
  };
  const over = new AbortController();
  await Promise.race([
    Promise.all(Array.from({ length: LANES }, lane)).finally(() => over.abort()),
    limit.near(ANSWER_MS, over.signal),
  ]);
  const answered = entries.map((_, index) => items[index] ?? unfinished(index, begun.has(index)));
  if (answered.some((item) => 'message' in item) || entries.every((_, index) => items[index]))
    return answered;
  throw new ProblemError(
    'timed-out',
    'The time was up before an entry of the batch was accepted. Send it again, in smaller batches and with an idempotencyKey in each entry: those that were begun may be accepted yet.',
  );
}

function unfinished(index: number, isBegun: boolean): BatchItem {
  const problem = isBegun
    ? new ProblemError(
        'timed-out',
        'The time was up while this entry was being accepted: it may be accepted yet.',
      )
    : new ProblemError(
        'not-started',
        'The time was up before this entry was begun. Nothing was stored of it.',
      );
  return { index, problem: problem.toProblem() };
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
    const problem = asProblem(error);
    if (!problem)
      api.logger.error('An entry of a batch failed for a reason that was not foreseen.', { index, error });
    return { index, problem: (problem ?? internalError()).toProblem() };
  }
}
