import * as v from 'valibot';
import type { Random } from '../../../lib/clock.ts';
import { durationMs } from '../faults.ts';
import { type PushMessage, SUBSCRIBE_EVENTS } from './push-message.ts';

const count = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(1_000_000));

const common = {
  /** Only this event; without it any message. */
  event: v.exactOptional(v.picklist(['popup', 'change', 'sent'])),
  openid: v.exactOptional(v.string()),
  /** Only events that tell of this template. */
  templateId: v.exactOptional(v.string()),
  /** How many events it hits; 1 by default. */
  times: v.exactOptional(count(1)),
  /** Hits each matching event with this probability; 1 by default. */
  chance: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
};

/** What can go wrong between WeChat and the callback. */
export const pushFaultSchema = v.variant('kind', [
  /** Never delivered. */
  v.strictObject({ ...common, kind: v.literal('lose') }),
  /** Delivered that many times more; once more by default. */
  v.strictObject({ ...common, kind: v.literal('duplicate'), copies: v.exactOptional(count(1)) }),
  v.strictObject({ ...common, kind: v.literal('delay'), ms: durationMs }),
  /** Kept back with those that follow until there are `count`, which then go last to first, one by one. */
  v.strictObject({ ...common, kind: v.literal('reorder'), count: v.exactOptional(count(2)) }),
  /** A send that was accepted, and whose event tells of this failure. */
  v.strictObject({
    ...common,
    kind: v.literal('fail-send'),
    errorCode: v.pipe(v.number(), v.integer(), v.notValue(0, 'Give the ErrorCode of a failure, not 0.')),
    errorStatus: v.exactOptional(v.string()),
  }),
]);

/** One way in which events go wrong, a number of times. */
export type PushFault = Readonly<v.InferOutput<typeof pushFaultSchema>>;

/** A fault and how many more events it will hit. */
export type PendingPushFault = PushFault & { readonly timesLeft: number };

type Kind = PushFault['kind'];

/** The faults that are still to strike, oldest first; one event may be hit by several of different kinds. */
export class PushFaults {
  readonly #random: Random;
  #pending: { readonly fault: PushFault; timesLeft: number }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  add(fault: PushFault): void {
    this.#pending.push({ fault, timesLeft: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  list(): readonly PendingPushFault[] {
    return this.#pending.map(({ fault, timesLeft }) => ({ ...fault, timesLeft }));
  }

  /** The first fault of that kind which hits this message, counted as used. */
  take<K extends Kind>(kind: K, message: PushMessage): Extract<PushFault, { kind: K }> | undefined {
    for (const pending of this.#pending) {
      const { fault } = pending;
      if (!isOfKind(fault, kind) || !this.#hits(fault, message)) continue;
      pending.timesLeft -= 1;
      if (pending.timesLeft === 0) this.#pending = this.#pending.filter((one) => one !== pending);
      return fault;
    }
    return undefined;
  }

  #hits(fault: PushFault, { openid, event, items = [] }: PushMessage): boolean {
    return (
      (fault.event === undefined || SUBSCRIBE_EVENTS[fault.event] === event) &&
      (fault.openid ?? openid) === openid &&
      (fault.templateId === undefined || items.some((item) => item['TemplateId'] === fault.templateId)) &&
      this.#random() < (fault.chance ?? 1)
    );
  }
}

function isOfKind<K extends Kind>(fault: PushFault, kind: K): fault is Extract<PushFault, { kind: K }> {
  return fault.kind === kind;
}
