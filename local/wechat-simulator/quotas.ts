import type { Clock } from '../../lib/clock.ts';
import type { Switches } from './switches.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The quota day is Beijing's (unconfirmed, WeChat contract §3.7). */
const BEIJING_OFFSET_MS = 8 * 3_600_000;
const CLEARINGS_PER_MONTH = 10;

/** The calls whose use is counted, by the path that the quota call takes. */
export const COUNTED_PATHS = {
  '/cgi-bin/token': 'plain-token',
  '/cgi-bin/stable_token': 'stable-token',
  '/cgi-bin/message/subscribe/send': 'send',
  '/cgi-bin/message/device/subscribe/send': 'device-send',
  '/wxaapi/newtmpl/gettemplate': 'templates',
} as const;

/** A call with a daily or minute limit. */
export type CountedCall = (typeof COUNTED_PATHS)[keyof typeof COUNTED_PATHS];

interface Limits {
  readonly perDay: number | null;
  readonly perMinute: number | null;
}

interface Use {
  day: number;
  usedInDay: number;
  minute: number;
  usedInMinute: number;
}

/** The number of the Beijing day in which `atMs` lies. */
export function beijingDay(atMs: number): number {
  return Math.floor((atMs + BEIJING_OFFSET_MS) / DAY_MS);
}

function limitsOf(call: CountedCall, s: Switches): Limits {
  switch (call) {
    case 'plain-token':
      return { perDay: s.plainTokensPerDay, perMinute: null };
    case 'stable-token':
      return { perDay: s.stableTokensPerDay, perMinute: s.stableTokensPerMinute };
    case 'send':
    case 'device-send':
      return { perDay: s.sendsPerDay, perMinute: s.sendsPerMinute };
    case 'templates':
      return { perDay: s.templateListsPerDay, perMinute: null };
  }
}

/** Counts calls per Beijing day and per minute (WeChat contract §2.2, §3.7). */
export class Quotas {
  readonly #clock: Clock;
  readonly #uses = new Map<CountedCall, Use>();
  #clearings = { month: '', count: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one call, refused ones too; 45009 or 45011 when that is one too many. */
  take(call: CountedCall, switches: Switches): 45009 | 45011 | undefined {
    const { perDay, perMinute } = limitsOf(call, switches);
    const use = this.#current(call);
    if (perDay !== null && use.usedInDay >= perDay) return 45009;
    if (perMinute !== null && use.usedInMinute >= perMinute) return 45011;
    use.usedInDay += 1;
    use.usedInMinute += 1;
    return undefined;
  }

  /** What the quota call reports. */
  report(call: CountedCall, switches: Switches): Readonly<Record<string, unknown>> {
    const { perDay, perMinute } = limitsOf(call, switches);
    const used = this.#current(call).usedInDay;
    const dailyLimit = perDay ?? Number.MAX_SAFE_INTEGER;
    return {
      quota: { daily_limit: dailyLimit, used, remain: Math.max(0, dailyLimit - used) },
      rate_limit: { call_count: perMinute ?? 0, refresh_second: 60 },
      component_rate_limit: { call_count: 0, refresh_second: 0 },
    };
  }

  /** Sets all counts to zero; false after 10 times in a month. */
  clear(): boolean {
    const month = new Date(this.#clock() + BEIJING_OFFSET_MS).toISOString().slice(0, 7);
    if (this.#clearings.month !== month) this.#clearings = { month, count: 0 };
    if (this.#clearings.count >= CLEARINGS_PER_MONTH) return false;
    this.#clearings.count += 1;
    this.#uses.clear();
    return true;
  }

  #current(call: CountedCall): Use {
    const day = beijingDay(this.#clock());
    const minute = Math.floor(this.#clock() / MINUTE_MS);
    const use = this.#uses.get(call) ?? { day, usedInDay: 0, minute, usedInMinute: 0 };
    if (use.day !== day) Object.assign(use, { day, usedInDay: 0 });
    if (use.minute !== minute) Object.assign(use, { minute, usedInMinute: 0 });
    this.#uses.set(call, use);
    return use;
  }
}
