import { eachLimit } from '../each-limit.ts';
import { acceptMessages } from '../messages/accept-message.ts';
import type { AcceptRequest } from '../messages/decide-acceptance.ts';
import { type AcceptInputServices, acceptedOrThrow, prepareInput } from './accept-input.ts';
import type { OperatorCaller } from './access.ts';
import { asProblem, internalError, ProblemError } from './problem.ts';
import type { AnswerOf, TimeLimit } from './route.ts';
import { batchEntry, type batchResult } from './schemas/messages.ts';
import { showMessage } from './show-messages.ts';
import { parseInput } from './validate.ts';
import type { MessageView } from './views.ts';

/** What became of one entry of a batch. */
type BatchItem = AnswerOf<typeof batchResult>['items'][number];

/** Entries that are looked at, or accepted, at the same time. */
const ENTRIES_AT_A_TIME = 25;

/** An entry that is begun with less left may not end in time: a look-up at WeChat may take seconds. */
const ENTRY_MS = 5_000;

/** What is kept for the answer: some megabytes of it. */
const ANSWER_RESERVE_MS = 1_000;

/** The entries to one user. */
interface UserGroup {
  readonly entries: readonly (readonly [number, unknown])[];
  readonly prepared: { readonly index: number; readonly request: AcceptRequest }[];
  /** How many have not been looked at. */
  left: number;
}

/**
 * Accepts the entries of a batch, each on its own: a wrong entry stops no other. Those to one user are
 * accepted by one write of their item, for which they would only contend otherwise. When the time is up, the
 * answer says what was accepted so far, and of each other entry whether it was begun.
 *
 * @throws ProblemError `timed-out` when the time was up and nothing was accepted
 */
export async function acceptBatch(
  services: AcceptInputServices,
  caller: OperatorCaller,
  entries: readonly unknown[],
  limit: TimeLimit,
): Promise<readonly BatchItem[]> {
  const items: BatchItem[] = [];
  const begun = new Set<number>();
  const groups = groupsOf(entries);

  /** Keeps for an entry what `view` shows or throws. */
  async function answer(index: number, view: () => Promise<MessageView | undefined>): Promise<void> {
    try {
      const message = await view();
      if (message) items[index] = { index, message };
    } catch (error) {
      const problem = asProblem(error);
      if (!problem)
        services.logger.error('An entry of a batch failed for a reason that was not foreseen.', {
          index,
          error,
        });
      items[index] = { index, problem: (problem ?? internalError()).toProblem() };
    }
  }

  async function prepare({ prepared }: UserGroup, index: number, entry: unknown): Promise<void> {
    await answer(index, async () => {
      const { idempotencyKey, ...body } = parseInput('invalid-body', batchEntry, entry);
      const input = await prepareInput(services, caller, { body, idempotencyKey });
      if ('earlier' in input) return showMessage(services, input.earlier.message);
      prepared.push({ index, request: input.request });
      return undefined;
    });
  }

  /** Accepts those that have been prepared. */
  async function accept({ prepared }: UserGroup): Promise<void> {
    const group = prepared.splice(0).toSorted((one, other) => one.index - other.index);
    const [first] = group;
    if (!first) return;
    for (const { index } of group) begun.add(index);
    const requests = group.map(({ request }) => request);
    const results = acceptMessages(services, first.request.openid, requests);
    const viewOf = async (nth: number) => {
      const result = (await results)[nth];
      return result && showMessage(services, acceptedOrThrow(result).message);
    };
    await Promise.all(group.map(({ index }, nth) => answer(index, () => viewOf(nth))));
  }

  async function acceptAll(): Promise<void> {
    await eachLimit({
      items: inOrder(groups),
      limit: ENTRIES_AT_A_TIME,
      mayGoOn: () => limit.remainingMs() >= ENTRY_MS,
      work: async ([group, index, entry]) => {
        await prepare(group, index, entry);
        group.left -= 1;
        if (group.left === 0) await accept(group);
      },
    });
    // What was prepared before the time ran short needs one write and no look-up any more.
    await Promise.all(groups.map(accept));
  }

  const over = new AbortController();
  await Promise.race([acceptAll().finally(() => over.abort()), limit.near(ANSWER_RESERVE_MS, over.signal)]);
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

/** The entries by their users; what names none is by itself. */
function groupsOf(entries: readonly unknown[]): readonly UserGroup[] {
  const byUser = Map.groupBy(entries.entries(), ([index, entry]) => userOf(entry) ?? index);
  return [...byUser.values()].map((group) => ({ entries: group, prepared: [], left: group.length }));
}

function userOf(entry: unknown): string | undefined {
  const to = typeof entry === 'object' && entry !== null && 'to' in entry ? entry.to : undefined;
  return typeof to === 'string' ? to : undefined;
}

/**
 * Those to one user one after another, so that they are accepted as soon as the last of them was looked at.
 */
function* inOrder(groups: readonly UserGroup[]): Generator<readonly [UserGroup, number, unknown]> {
  for (const group of groups) {
    for (const [index, entry] of group.entries) yield [group, index, entry];
  }
}
