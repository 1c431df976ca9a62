import { refuseWaiting } from '../messages/end-without-request.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { type AnswerServices, countAnswers, isRevocation } from './count-answers.ts';
import { type SentEventServices, settleByReceipt } from './settle-by-event.ts';
import type { ChangeEvent, SentEvent, SubscribeEvent } from './subscribe-event.ts';

export interface EventServices extends AnswerServices, SentEventServices {
  readonly store: MessageStore;
}

/** What became of an event: taken in, or to be looked at again a little later. */
export type EventResult = { readonly type: 'done' } | { readonly type: 'later'; readonly delayMs: number };

/** A send that is under way has its answer within this time, most often. */
const LOOK_AGAIN_MS = 5_000;

/** Takes an event of WeChat's in. Safe to repeat, at any moment and in any order. */
export async function applyEvent(services: EventServices, event: SubscribeEvent): Promise<EventResult> {
  switch (event.type) {
    case 'popup':
      await countAnswers(services, event);
      return { type: 'done' };
    case 'change':
      await revoke(services, event);
      return { type: 'done' };
    case 'sent':
      return settleSent(services, event);
  }
}

/** Also when the event was counted before: the call that counted it may not have got to the booked messages. */
async function revoke(services: EventServices, event: ChangeEvent): Promise<void> {
  await countAnswers(services, event);
  const revoked = event.items.filter(({ status }) => isRevocation(event, status));
  await eachInTurn(revoked, ({ templateId }) =>
    refuseWaiting(services, event.openid, templateId, services.clock()),
  );
}

async function settleSent(services: EventServices, event: SentEvent): Promise<EventResult> {
  const { openid, createdAtMs, items } = event;
  const results = await eachInTurn(items, (item) =>
    settleByReceipt(services, { ...item, openid, createdAtMs }),
  );
  if (!results.includes('not-yet')) return { type: 'done' };
  return { type: 'later', delayMs: LOOK_AGAIN_MS * (1 + services.random()) };
}

/** Deals with each of them even if one cannot be dealt with, whose error is then thrown. */
async function eachInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (const item of items) results.push(...(await Promise.allSettled([work(item)])));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
