import type { Random } from '../../../lib/clock.ts';
import { Courier, type CourierOptions } from './courier.ts';
import { PushFaults } from './push-faults.ts';
import type { PushMessage } from './push-message.ts';
import { UnderWay } from './under-way.ts';

type Deliver = () => Promise<void>;

/** Pushes messages as WeChat does, and goes wrong with them on request (WeChat contract §6). */
export class Pusher {
  readonly courier: Courier;
  readonly faults: PushFaults;
  readonly underWay: UnderWay;
  readonly #o: CourierOptions & { readonly random: Random };
  #held: { readonly deliveries: Deliver[]; readonly count: number } | undefined;

  constructor(options: CourierOptions & { readonly random: Random }) {
    this.#o = options;
    this.courier = new Courier(options);
    this.faults = new PushFaults(options.random);
    this.underWay = new UnderWay(options.clock);
  }

  /** A message of this moment about that user. */
  stamp(openid: string, made: Omit<PushMessage, 'openid' | 'createTime'>): PushMessage {
    return { openid, createTime: Math.floor(this.#o.clock() / 1000), ...made };
  }

  /** Resolves when the first delivery is over, at once when the message is lost, delayed or kept back. Never rejects. */
  async push(message: PushMessage): Promise<void> {
    if (!this.courier.hasCallback) return;
    const number = this.courier.log.count('messages');
    if (this.faults.take('lose', message)) {
      this.courier.log.count('lost');
      return;
    }
    const duplicate = this.faults.take('duplicate', message);
    const copies = duplicate ? 1 + (duplicate.copies ?? 1) : 1;
    const delayMs = this.#delayOf(message);
    const deliver = async () => {
      const each = () => this.#deliver(number, message, delayMs);
      await Promise.all(Array.from({ length: copies }, each));
    };
    if (this.#holdBack(message, deliver)) return;
    const firstOver = deliver();
    if (delayMs === 0) await firstOver;
  }

  /** How many messages are kept back until there are enough to go in another order. */
  get heldCount(): number {
    return this.#held?.deliveries.length ?? 0;
  }

  /** Lets go what is kept back, last to first. */
  release(): void {
    const deliveries = this.#held?.deliveries ?? [];
    this.#held = undefined;
    void this.underWay.during(0, async () => {
      for (const deliver of deliveries.reverse()) await deliver();
    });
  }

  #holdBack(message: PushMessage, deliver: Deliver): boolean {
    if (!this.#held) {
      const fault = this.faults.take('reorder', message);
      if (!fault) return false;
      this.#held = { deliveries: [], count: fault.count ?? 2 };
    }
    this.#held.deliveries.push(deliver);
    if (this.#held.deliveries.length >= this.#held.count) this.release();
    return true;
  }

  #delayOf(message: PushMessage): number {
    const { eventDelayMs, eventDelayJitterMs } = this.#o.switches();
    const fault = this.faults.take('delay', message);
    return Math.round(eventDelayMs + eventDelayJitterMs * this.#o.random() + (fault?.ms ?? 0));
  }

  /** Resolves after the first delivery; repetitions go on by themselves. */
  #deliver(number: number, message: PushMessage, delayMs: number): Promise<void> {
    return new Promise((firstOver) => {
      void this.underWay.during(delayMs, async () => {
        if (delayMs > 0) await this.#o.wait(delayMs);
        await this.courier.deliver(number, message, firstOver);
        firstOver();
      });
    });
  }
}
