import type { Clock } from '../../lib/clock.ts';
import { asRecord, textOf } from './calls.ts';
import { beijingDay } from './quotas.ts';
import type { Template } from './templates.ts';

const DAY_MS = 86_400_000;

interface Use {
  period: string;
  count: number;
}

/** A send of a template to a user. */
interface Counted {
  readonly openid: string;
  readonly template: Template;
  readonly data: unknown;
}

/** Counts the sends of frequency-limited templates by user and value of the required field (WeChat contract §8.1). */
export class SendRates {
  readonly #clock: Clock;
  readonly #uses = new Map<string, Use>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isUsedUp(send: Counted): boolean {
    const { rate } = send.template;
    return rate !== undefined && this.#use(send, rate).count >= (rate.times ?? 1);
  }

  /** Counts an accepted send. */
  count(send: Counted): void {
    const { rate } = send.template;
    if (rate) this.#use(send, rate).count += 1;
  }

  #use({ openid, template, data }: Counted, { key, every }: NonNullable<Template['rate']>): Use {
    const value = textOf(asRecord(asRecord(data)?.[key]), 'value') ?? '';
    const name = JSON.stringify([openid, template.templateId, value]);
    const day = new Date(beijingDay(this.#clock()) * DAY_MS).toISOString().slice(0, 10);
    const period = every === 'day' ? day : day.slice(0, 7);
    const known = this.#uses.get(name);
    const use = known?.period === period ? known : { period, count: 0 };
    this.#uses.set(name, use);
    return use;
  }
}
