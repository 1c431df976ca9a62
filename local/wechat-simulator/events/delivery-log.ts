import type { Clock } from '../../../lib/clock.ts';
import { LatestItems } from '../latest-items.ts';
import type { Callback } from './callback.ts';
import type { CallbackAnswer } from './post-delivery.ts';
import type { PushMessage } from './push-message.ts';

/** An answer is listed up to this length. */
const LISTED_ANSWER_LENGTH = 200;

/** One delivery of one message to the callback. */
export interface Delivery {
  /** Counts up from 1 in the order in which deliveries began. */
  readonly number: number;
  /** The number of the message: the same for each delivery of it, copies included. */
  readonly message: number;
  /** 1 for the first, 2 for the first repetition. */
  readonly attempt: number;
  readonly openid: string;
  readonly msgType: string;
  readonly event?: string;
  readonly templateIds: readonly string[];
  /** What it tells, in WeChat's names: the members of its `List`, or its own. */
  readonly told?: PushMessage['items'] | PushMessage['fields'];
  readonly mode: Callback['mode'];
  readonly format: Callback['format'];
  readonly startedAtMs: number;
  /** Absent while the delivery is under way. */
  readonly endedAtMs?: number;
  /** `taken`: 200 with `success` or nothing in time; `refused`: any other answer. */
  readonly outcome?: 'taken' | 'refused' | 'no-answer';
  readonly status?: number;
  readonly answer?: string;
  /** Why there was no answer. */
  readonly reason?: string;
}

/** Which deliveries to list. */
export interface DeliveryFilter {
  /** The event's name, or the type of another message. */
  readonly event?: string | undefined;
  readonly openid?: string | undefined;
  readonly message?: number | undefined;
  /** Only deliveries with a greater number. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** Counts since the start or the last reset. */
export interface DeliveryStats {
  readonly messages: number;
  readonly deliveries: number;
  /** Deliveries that are no longer listed. */
  readonly forgotten: number;
  /** Messages that the callback took, each copy for itself. */
  readonly taken: number;
  /** Messages that were never delivered, by a fault. */
  readonly lost: number;
  /** Messages that were not taken at the last delivery either, each copy for itself. */
  readonly givenUp: number;
  /** Messages that are kept back by a fault. */
  readonly held: number;
}

/** The list and the counts. */
export interface DeliveryReport {
  readonly stats: DeliveryStats;
  readonly items: readonly Delivery[];
}

/** Ends one delivery, and answers it as listed. */
export type EndDelivery = (answer: CallbackAnswer) => Delivery;

type Counted = 'messages' | 'deliveries' | 'taken' | 'lost' | 'givenUp';

/** The latest deliveries, and counts of all. */
export class DeliveryLog {
  readonly #clock: Clock;
  readonly #latest: LatestItems<Delivery>;
  readonly #counts: Record<Counted, number> = { messages: 0, deliveries: 0, taken: 0, lost: 0, givenUp: 0 };

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#latest = new LatestItems(capacity);
  }

  /** Counts one more of something, and answers how many there are now. */
  count(what: Counted): number {
    this.#counts[what] += 1;
    return this.#counts[what];
  }

  /** Notes that a delivery begins. */
  begin(number: number, attempt: number, message: PushMessage, { mode, format }: Callback): EndDelivery {
    const { openid, msgType, event, items, fields } = message;
    const told = items ?? fields;
    const begun: Delivery = {
      number: this.count('deliveries'),
      message: number,
      attempt,
      openid,
      msgType,
      ...(event !== undefined && { event }),
      templateIds: (items ?? []).flatMap((item) => item['TemplateId'] ?? []),
      ...(told && { told }),
      mode,
      format,
      startedAtMs: this.#clock(),
    };
    this.#latest.put(begun);
    return (answer) => {
      const ended: Delivery = { ...begun, endedAtMs: this.#clock(), ...endOf(answer) };
      this.#latest.put(ended);
      return ended;
    };
  }

  report(filter: DeliveryFilter, held: number): DeliveryReport {
    const { event, openid, message, after = 0, limit } = filter;
    const found = this.#latest
      .oldestFirst()
      .filter(
        (item) =>
          item.number > after &&
          (event === undefined || event === item.event || event === item.msgType) &&
          (openid ?? item.openid) === item.openid &&
          (message ?? item.message) === item.message,
      );
    const stats = { ...this.#counts, forgotten: this.#latest.forgotten, held };
    return { stats, items: found.slice(0, limit) };
  }
}

function endOf(answer: CallbackAnswer): Pick<Delivery, 'outcome' | 'status' | 'answer' | 'reason'> {
  if (answer.type === 'no-answer') return { outcome: 'no-answer', reason: answer.reason };
  const { status, body } = answer;
  const isTaken = status === 200 && (body === '' || body === 'success');
  return { outcome: isTaken ? 'taken' : 'refused', status, answer: body.slice(0, LISTED_ANSWER_LENGTH) };
}
