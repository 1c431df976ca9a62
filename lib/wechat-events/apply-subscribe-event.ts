import { type CountingStore, createCommitCounted } from '../grants/commit-counted.ts';
import type { CountMark } from '../grants/deduplication-marks.ts';
import { isAccept, type TemplateKind } from '../grants/ledger.ts';
import { recordPopup, recordRevocation } from '../grants/record-panel-events.ts';
import { DONE, type JobResult } from '../job-result.ts';
import { refuseWithVoidHolds } from '../messages/end-pending-messages.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { retryOnConflict } from '../retry.ts';
import type { ChangeEvent, PopupEvent, SentEvent, SubscribeEvent } from './event-job.ts';
import { type ReceiptServices, settleByReceipt } from './settle-by-receipt.ts';

interface EventServices extends ReceiptServices {
  readonly store: MessageStore;
  readonly grantStore: CountingStore;
  /** The kinds of these templates; one that is left out is of unknown kind. */
  readonly kindsOf: (templateIds: readonly string[]) => Promise<ReadonlyMap<string, TemplateKind>>;
}

/** A send that is under way has its answer within this time, most often. */
const RETRY_AFTER_MS = 5_000;

/** Applies an event of WeChat's. Safe to repeat, at any moment and in any order. */
export async function applySubscribeEvent(
  services: EventServices,
  event: SubscribeEvent,
): Promise<JobResult> {
  switch (event.type) {
    case 'popup':
      await recordAnswers(services, event);
      return DONE;
    case 'change':
      await revoke(services, event);
      return DONE;
    case 'sent':
      return settleSent(services, event);
  }
}

/** Refuses pending messages also of an event that was counted: the call before may have died after that. */
async function revoke(services: EventServices, event: ChangeEvent): Promise<void> {
  await recordAnswers(services, event);
  const revoked = event.items.filter(({ status }) => isRevocation(event, status));
  await eachInTurn(revoked, ({ templateId }) =>
    refuseWithVoidHolds(services, event.openid, templateId, services.clock()),
  );
}

async function settleSent(services: EventServices, event: SentEvent): Promise<JobResult> {
  const { openid, createdAtMs, items } = event;
  const results = await eachInTurn(items, (item) =>
    settleByReceipt(services, { ...item, openid, createdAtMs }),
  );
  if (!results.includes('not-yet')) return DONE;
  return { type: 'later', delayMs: RETRY_AFTER_MS * (1 + services.random()) };
}

/** Works on every item even if one fails, and throws the first error then. */
async function eachInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (const item of items) results.push(...(await Promise.allSettled([work(item)])));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

type Answers = PopupEvent | ChangeEvent;

/** WeChat names events by user and second, in which two may fall (WeChat contract §6.3). */
function markOf({ type, createdAtMs }: Answers, { templateId, status }: Answers['items'][number]): CountMark {
  return `event#${type}#${createdAtMs}#${templateId}#${status}`;
}

/** Counts the user's answers, each once however often and in whatever order it comes. */
export async function recordAnswers(
  services: Pick<EventServices, 'grantStore' | 'kindsOf' | 'clock' | 'sleep' | 'random'>,
  event: Answers,
): Promise<void> {
  const { grantStore, kindsOf, clock } = services;
  const items = new Map(event.items.map((item) => [markOf(event, item), item]));
  const kinds = await kindsOf([...items.values()].map(({ templateId }) => templateId));
  const commitCounted = createCommitCounted(grantStore, clock);
  await retryOnConflict(async () => {
    const stored = await grantStore.loadLedger(event.openid);
    const counted = await grantStore.countedOf(stored.value, [...items.keys()]);
    const fresh = [...items].filter(([mark]) => !counted.has(mark));
    if (fresh.length === 0) return;
    const ledger = fresh.reduce((before, [, { templateId, status }]) => {
      const kind = kinds.get(templateId) ?? 'unknown';
      const answer = { templateId, status, kind, atMs: event.createdAtMs };
      return isRevocation(event, status) ? recordRevocation(before, answer) : recordPopup(before, answer);
    }, stored.value);
    const marks = fresh.map(([mark]) => mark);
    const result = await commitCounted(stored, ledger, marks);
    return result === 'conflict' ? result : undefined;
  }, services);
}

/** Whether the user turned the template off, rather than answering no to one more question. */
function isRevocation(event: Answers, status: string): boolean {
  return event.type === 'change' && !isAccept(status);
}
