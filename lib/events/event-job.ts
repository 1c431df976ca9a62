import type { SubscribeEvent } from './subscribe-event.ts';

/** A message of WeChat's that says nothing about subscribe messages, for the owner's own code. */
export interface OtherPush {
  readonly type: 'other';
  /** Event name or, for what is no event, message type. */
  readonly name: string;
  /** Its fields as WeChat named and wrote them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What WeChat pushed, as it waits on the queue to be taken in. */
export type EventJob = { readonly type: 'subscribe'; readonly event: SubscribeEvent } | OtherPush;

/** Puts a job onto the queue; it comes up after `delayMs`, at once by default. */
export type EnqueueEvent = (job: EventJob, delayMs?: number) => Promise<void>;
