import type { Clock } from '../../../lib/clock.ts';
import { ControlError } from '../control-error.ts';
import type { Switches } from '../switches.ts';
import type { Wait } from '../wait.ts';
import {
  buildDelivery,
  buildVerification,
  type DeliveryParts,
  type DeliveryRequest,
} from './build-delivery.ts';
import type { Callback } from './callback.ts';
import { type Delivery, DeliveryLog } from './delivery-log.ts';
import { type Forgery, forgeDelivery } from './forgery.ts';
import type { CallbackAnswer, CallbackClient } from './post-delivery.ts';
import type { PushMessage } from './push-message.ts';
import { Slots } from './slots.ts';

/** WeChat cuts a delivery off after this, and repeats it (WeChat contract §6.3). */
const DEADLINE_MS = 5_000;

/** What the admin has set for message push; nothing is pushed without it. */
export interface PushAccount {
  callback?: Callback | undefined;
}

/** What deliveries depend on. */
export interface CourierOptions {
  readonly clock: Clock;
  readonly wait: Wait;
  readonly appId: string;
  readonly account: PushAccount;
  readonly client: CallbackClient;
  readonly switches: () => Switches;
  /** How many deliveries stay listed. */
  readonly capacity: number;
}

/** What the callback made of WeChat's check of the URL. */
export interface Verification {
  /** Whether the answer was 200 with the exact `echostr`. */
  readonly verified: boolean;
  readonly echostr: string;
  readonly answer: CallbackAnswer;
}

/** A request under way: its answer, and a wait until 5 s after it began that can be cut short. */
interface Exchange {
  readonly answer: CallbackAnswer;
  readonly deadline: Promise<void>;
  stopWaiting(): void;
}

/** The `gh_` id under which WeChat knows a mini program. */
function userNameOf(appId: string): string {
  return `gh_${appId.slice(2, 14)}`;
}

/** Brings messages to the callback, again and again until it takes them (WeChat contract §6.3). */
export class Courier {
  readonly log: DeliveryLog;
  readonly #o: CourierOptions;
  readonly #slots = new Slots();
  #closed = false;

  constructor(options: CourierOptions) {
    this.#o = options;
    this.log = new DeliveryLog(options.clock, options.capacity);
  }

  /** Whether there is anybody to bring messages to. */
  get hasCallback(): boolean {
    return this.#o.account.callback !== undefined;
  }

  /** Delivers until the message is taken or given up; `firstOver` is called after the first delivery. */
  async deliver(number: number, message: PushMessage, firstOver: () => void): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { callback } = this.#o.account;
      if (this.#closed || callback === undefined) return;
      const { delivery, exchange } = await this.#attempt(number, attempt, message, callback);
      firstOver();
      if (delivery.outcome === 'taken' || attempt >= this.#o.switches().deliveriesPerEvent) {
        exchange.stopWaiting();
        this.log.count(delivery.outcome === 'taken' ? 'taken' : 'givenUp');
        return;
      }
      await exchange.deadline;
    }
  }

  /** One delivery with whatever is wrong with it; nothing is repeated. @throws ControlError without a callback */
  async deliverOnce(message: PushMessage, forgery: Forgery): Promise<Delivery> {
    const { request, followed } = forgeDelivery(message, this.#parts(this.#callback()), forgery);
    const end = this.log.begin(this.log.count('messages'), 1, message, followed);
    const { answer, stopWaiting } = await this.#exchange(request);
    stopWaiting();
    return end(answer);
  }

  /** WeChat's check of the URL. @throws ControlError without a callback */
  async verify(): Promise<Verification> {
    const { request, echostr } = buildVerification(this.#callback(), this.#o.clock());
    const { answer, stopWaiting } = await this.#exchange(request);
    stopWaiting();
    const verified = answer.type === 'answered' && answer.status === 200 && answer.body === echostr;
    return { verified, echostr, answer };
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.#closed = true;
  }

  #attempt(number: number, attempt: number, message: PushMessage, callback: Callback) {
    return this.#slots.run(this.#o.switches().deliveriesAtOnce, async () => {
      const end = this.log.begin(number, attempt, message, callback);
      const exchange = await this.#exchange(buildDelivery(message, this.#parts(callback)));
      return { delivery: end(exchange.answer), exchange };
    });
  }

  async #exchange(request: DeliveryRequest): Promise<Exchange> {
    const cut = new AbortController();
    const answered = new AbortController();
    const deadline = this.#o
      .wait(DEADLINE_MS, answered.signal)
      .catch(() => undefined)
      .then(() => cut.abort());
    const answer = await this.#o.client.call(request, cut.signal);
    return { answer, deadline, stopWaiting: () => answered.abort() };
  }

  #parts(callback: Callback): DeliveryParts {
    const { appId, clock, switches } = this.#o;
    return { callback, appId, toUserName: userNameOf(appId), nowMs: clock(), habits: switches() };
  }

  #callback(): Callback {
    const { callback } = this.#o.account;
    if (callback) return callback;
    throw new ControlError('url', 'There is no callback yet: set it by POST /_control/callback.');
  }
}
