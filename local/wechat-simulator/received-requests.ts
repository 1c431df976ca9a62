import type { Clock } from '../../lib/clock.ts';
import type { CallName } from './calls.ts';
import { type ConcurrencyStats, ConcurrentSends } from './concurrent-sends.ts';
import type { Fault } from './faults.ts';
import { LatestItems } from './latest-items.ts';

/** What a request asked for. Secrets never get here: a token is shown by its label, an AppSecret not at all. */
export interface RequestFacts {
  readonly token?: string;
  readonly openid?: string;
  readonly templateId?: string;
  readonly data?: unknown;
  readonly page?: unknown;
  readonly miniprogramState?: unknown;
  readonly lang?: unknown;
  /** Of a send to a device's subscribers: `sn` and `modelId`. */
  readonly device?: unknown;
  readonly forceRefresh?: unknown;
}

/** A call by name, or a path that WeChat does not have. */
export type ReceivedCall = CallName | 'unknown';

/** One request that arrived. */
export interface ReceivedRequest extends RequestFacts {
  /** Counts up from 1 in order of arrival. */
  readonly number: number;
  readonly call: ReceivedCall;
  readonly method: string;
  readonly path: string;
  readonly startedAtMs: number;
  /** Absent while the request is under way. */
  readonly endedAtMs?: number;
  /** The errcode in the answer; absent when no readable answer left. */
  readonly errcode?: number;
  /** The body of the answer as it left; absent where it holds a secret or is long. */
  readonly answer?: string;
  /** Whether WeChat did what was asked, whatever became of the answer. */
  readonly accepted?: boolean;
  readonly msgid?: string;
  /** The label of the token that was handed out. */
  readonly issued?: string;
  readonly fault?: Fault['kind'];
}

/** How a request ended. */
export type RequestEnd = Pick<
  ReceivedRequest,
  'errcode' | 'answer' | 'accepted' | 'msgid' | 'issued' | 'fault'
>;

/** Which requests to list. */
export interface ReceivedFilter {
  readonly call?: ReceivedCall | undefined;
  readonly openid?: string | undefined;
  readonly templateId?: string | undefined;
  /** Only requests with a greater number. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** Counts since the start or the last reset, of forgotten requests too. */
export interface ReceivedStats extends ConcurrencyStats {
  readonly total: number;
  /** Requests that are no longer listed, because newer ones took their place. */
  readonly forgotten: number;
  readonly byCall: Readonly<
    Record<string, { readonly total: number; readonly byErrcode: Readonly<Record<string, number>> }>
  >;
  readonly acceptedSends: number;
}

/** The list and the counts. */
export interface ReceivedReport {
  readonly stats: ReceivedStats;
  readonly items: readonly ReceivedRequest[];
}

function isSend(call: ReceivedCall): boolean {
  return call === 'send' || call === 'device-send';
}

interface CallCounts {
  total: number;
  byErrcode: Record<string, number>;
}

/** The latest requests, and counts of all. */
export class ReceivedRequests {
  readonly #clock: Clock;
  readonly #latest: LatestItems<ReceivedRequest>;
  readonly #byCall = new Map<ReceivedCall, CallCounts>();
  readonly #concurrentSends = new ConcurrentSends();
  #total = 0;
  #acceptedSends = 0;

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#latest = new LatestItems(capacity);
  }

  /** Notes an arrival; the returned function notes its end, once. */
  begin(call: ReceivedCall, method: string, path: string, facts: RequestFacts): (end: RequestEnd) => void {
    this.#total += 1;
    const begun: ReceivedRequest = {
      number: this.#total,
      call,
      method,
      path,
      startedAtMs: this.#clock(),
      ...facts,
    };
    this.#latest.put(begun);
    this.#countsOf(call).total += 1;
    if (isSend(call)) this.#concurrentSends.begin(facts.openid);
    let ended = false;
    return (end) => {
      if (ended) return;
      ended = true;
      this.#end(begun, end);
    };
  }

  report(filter: ReceivedFilter = {}): ReceivedReport {
    const { call, openid, templateId, after = 0, limit } = filter;
    const found = this.#latest
      .oldestFirst()
      .filter(
        (item) =>
          item.number > after &&
          (call ?? item.call) === item.call &&
          (openid ?? item.openid) === item.openid &&
          (templateId ?? item.templateId) === item.templateId,
      );
    return { stats: this.#stats(), items: found.slice(0, limit) };
  }

  #stats(): ReceivedStats {
    return {
      total: this.#total,
      forgotten: this.#latest.forgotten,
      byCall: structuredClone(Object.fromEntries(this.#byCall)),
      acceptedSends: this.#acceptedSends,
      ...this.#concurrentSends.stats(),
    };
  }

  #end(begun: ReceivedRequest, end: RequestEnd): void {
    this.#latest.put({ ...begun, endedAtMs: this.#clock(), ...end });
    const { byErrcode } = this.#countsOf(begun.call);
    const key = end.errcode === undefined ? 'no-answer' : String(end.errcode);
    byErrcode[key] = (byErrcode[key] ?? 0) + 1;
    if (!isSend(begun.call)) return;
    if (end.accepted) this.#acceptedSends += 1;
    this.#concurrentSends.end(begun.openid);
  }

  #countsOf(call: ReceivedCall): CallCounts {
    const counts = this.#byCall.get(call) ?? { total: 0, byErrcode: {} };
    this.#byCall.set(call, counts);
    return counts;
  }
}
