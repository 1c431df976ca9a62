import type { CardReceipt } from '../../../lib/cards/card-receipt.ts';
import type { CardRequest, CardSender } from '../../../lib/cards/deliver-card.ts';
import type { SendAnswer } from '../../../lib/sends/judge-answer.ts';
import type { Chance } from '../chance.ts';
import type { Process } from '../processes.ts';
import type { Scheduler } from '../scheduler.ts';

/** One request as WeChat saw it. */
export interface SeenChange {
  readonly code: string;
  readonly kind: 'content' | 'ext';
  readonly text: string;
  readonly fromMs: number;
  untilMs: number;
  taken: boolean;
  /** WeChat said no, so that it may leave again. */
  refused: boolean;
  failedToNotify: boolean;
}

/** What goes wrong at WeChat in one world. */
export interface WeChatTrouble {
  readonly refuses: number;
  readonly lostAnswer: number;
  readonly neverArrives: number;
  readonly failedNotification: number;
  readonly noToken: number;
  /** How long the order stays unknown. */
  readonly knownInMs: number;
}

/** What WeChat's side of cards is built on. */
interface CardWeChatOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly trouble: () => WeChatTrouble;
  readonly push: (receipt: CardReceipt) => void;
}

/** WeChat's side of cards: one content for each code, a strict order of states, events. */
export class CardWeChat {
  readonly seen: SeenChange[] = [];
  readonly contents = new Map<string, string>();
  readonly exts = new Map<string, string>();
  readonly #o: CardWeChatOptions;
  readonly #startMs: number;
  /** Until when a code takes changes. */
  readonly #endsAtMs = new Map<string, number>();

  constructor(options: CardWeChatOptions) {
    this.#o = options;
    this.#startMs = options.scheduler.now();
  }

  /** Makes a code, as a tap on a button does or a payment. */
  issue(code: string, notifyType: number): void {
    this.#endsAtMs.set(code, this.#o.scheduler.now() + TIMES[notifyType]!.activationMs);
  }

  senderOf(process: Process): CardSender {
    const { scheduler, chance, trouble } = this.#o;
    const after = <T>(ms: number, make: () => T) =>
      new Promise<T>((resolve) => {
        scheduler.after(ms, () => {
          if (!process.alive) return;
          const value = make();
          scheduler.wake();
          resolve(value);
        });
      });
    return {
      ready: () => after(5, () => !chance.happens(trouble().noToken)),
      send: (request) =>
        new Promise((resolve) => {
          if (process.clock() >= request.expiresAtMs) return resolve({ type: 'expired' });
          const { arrives, answer } = this.#receive(request);
          const answersInMs = arrives + chance.between(5, 400);
          scheduler.after(answer === 'lost' ? 10_000 : answersInMs, () => {
            if (!process.alive) return;
            scheduler.wake();
            resolve(answer === 'lost' ? { type: 'no-answer', reason: 'lost' } : answer());
          });
        }),
      read: ({ code }) =>
        after(chance.between(5, 300), () =>
          chance.happens(trouble().lostAnswer)
            ? undefined
            : { content: this.contents.get(code) ?? '', isRefused: false },
        ),
    };
  }

  #receive(request: CardRequest): { arrives: number; answer: 'lost' | (() => SendAnswer) } {
    const { scheduler, chance, trouble } = this.#o;
    const { code, change } = request;
    const arrives = chance.between(1, 50);
    const takes = chance.between(5, 200);
    const fromMs = scheduler.now();
    const untilMs = fromMs + arrives + takes;
    const seen = { code, ...change, fromMs, untilMs, taken: false, refused: false, failedToNotify: false };
    this.seen.push(seen);
    if (chance.happens(trouble().neverArrives)) return { arrives, answer: 'lost' };
    let answer: SendAnswer = { type: 'no-answer', reason: 'none' };
    scheduler.after(arrives + takes, () => {
      answer = this.#decide(request, seen);
    });
    if (chance.happens(trouble().lostAnswer)) return { arrives, answer: 'lost' };
    return { arrives: arrives + takes, answer: () => answer };
  }

  #decide({ code, openid, notifyType, change, check }: CardRequest, seen: SeenChange): SendAnswer {
    const { scheduler, chance, trouble, push } = this.#o;
    const refused = (errcode: number): SendAnswer => {
      seen.refused = true;
      return { type: 'answered', errcode, errmsg: 'refused' };
    };
    if (scheduler.now() >= (this.#endsAtMs.get(code) ?? 0)) return refused(85438);
    if (scheduler.now() < this.#startMs + trouble().knownInMs) return refused(85437);
    if (chance.happens(trouble().refuses)) return refused(chance.pick([85431, 85449, 45011, 85442, -1]));
    const before = this.contents.get(code);
    if (change.kind === 'ext') {
      if (before === undefined) return refused(85437);
      this.exts.set(code, change.text);
    } else {
      if (before === undefined && notifyType === 2001 && !check) return refused(85433);
      const status = statusOf(change.text);
      const from = before === undefined ? undefined : statusOf(before);
      if (!mayFollow(notifyType, from, status)) return refused(85439);
      if (from === undefined) this.#endsAtMs.set(code, scheduler.now() + TIMES[notifyType]!.changesMs);
      this.contents.set(code, change.text);
      if (chance.happens(trouble().failedNotification)) {
        seen.failedToNotify = true;
        push({ openid, code, notifyType, status, failRet: chance.pick([-1004, -10001]), failMsg: '' });
      }
    }
    seen.taken = true;
    return { type: 'answered', errcode: 0, errmsg: 'ok' };
  }
}

const statusOf = (text: string) => (JSON.parse(text) as { cur_status: number }).cur_status;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long a code may be activated, and then changed, written down once more: what the code is held against. */
const TIMES: Readonly<Record<number, { readonly activationMs: number; readonly changesMs: number }>> = {
  1005: { activationMs: 5 * MINUTE_MS, changesMs: DAY_MS },
  2001: { activationMs: DAY_MS, changesMs: 30 * DAY_MS },
};

/** The orders of states, the same. */
const BEFORE: Readonly<Record<number, Readonly<Record<number, readonly number[]>>>> = {
  1005: { 1: [1], 2: [1, 2] },
  2001: {
    1: [1, 7],
    2: [1, 2, 7],
    3: [1, 2, 3, 7],
    4: [1, 2, 3, 4, 7],
    5: [3, 4, 5, 7],
    6: [4, 5, 6, 7],
    8: [1, 2, 3, 4, 5, 6, 7, 8],
  },
};

function mayFollow(notifyType: number, before: number | undefined, status: number): boolean {
  return before === undefined ? status <= 2 : (BEFORE[notifyType]?.[status]?.includes(before) ?? false);
}
