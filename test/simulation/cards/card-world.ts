import { type Card, cardIdOf, isChanging } from '../../../lib/cards/card.ts';
import type { CardJob } from '../../../lib/cards/card-job.ts';
import type { CardReceipt } from '../../../lib/cards/card-receipt.ts';
import { cardRules } from '../../../lib/runtime/cards.ts';
import { createEnqueue } from '../../../lib/sqs/sqs-queues.ts';
import { cardReceiptRule } from '../../../lib/wechat/errcodes/card-rules.ts';
import { type PlanCall, plansByChance } from '../call-plans.ts';
import { createChance } from '../chance.ts';
import { drawFaults, type Faults, NO_FAULTS } from '../faults.ts';
import { createProcesses, type Process } from '../processes.ts';
import { createQueue, type Queue, type QueueRecord } from '../queue.ts';
import { createScheduler } from '../scheduler.ts';
import type { Trace } from '../trace.ts';
import { createCardTable } from './card-table.ts';
import { CardWeChat, type SeenChange, type WeChatTrouble } from './card-wechat.ts';
import type { CardKernel } from './kernel.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** So long after the last deed everything works again, so that whatever waits can come to its end. */
const CALM_MS = 20 * MINUTE_MS;
const LONGEST_EVENTS = 60_000;
const CALM: WeChatTrouble = {
  refuses: 0,
  lostAnswer: 0,
  neverArrives: 0,
  failedNotification: 0,
  noToken: 0,
  knownInMs: 0,
};

/** How a world ended. */
export interface CardWorldResult {
  readonly cards: readonly Card[];
  readonly wechat: CardWeChat;
  readonly seen: readonly SeenChange[];
  /** How often each content was asked for. */
  readonly wishes: ReadonlyMap<string, number>;
  readonly pushed: readonly CardReceipt[];
  /** The cards whose users were erased, and did not ask again. */
  readonly erased: ReadonlySet<string>;
  readonly end: 'at-rest' | 'stopped' | 'limit';
  readonly deaths: number;
  /** Calls to the outside, of all processes. */
  readonly calls: number;
}

/** The kinds of cards, and the states that a caller moves one through, some of them left out. */
const ORDER = { notifyType: 2001, states: [2, 3, 4, 5, 6, 8] } as const;
const TAP = { notifyType: 1005, states: [1, 1, 2, 2] } as const;

/** The only trouble of a world: a process dies before or after its call of this number. */
export interface CrashPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/**
 * Runs one generated world: a few cards, callers who want changes at the same time, and trouble, or with a
 * crash point none but that.
 */
export async function runCardWorld(
  kernel: CardKernel,
  seed: number,
  trace: Trace,
  crash?: CrashPoint,
): Promise<CardWorldResult> {
  const chance = createChance(seed);
  const scheduler = createScheduler(START_MS);
  let faults: Faults = crash ? NO_FAULTS : drawFaults(chance);
  let trouble = crash ? CALM : drawTrouble();
  const byChance = plansByChance(chance, () => faults);
  let calls = 0;
  const plan: PlanCall = (label) => {
    calls += 1;
    return { ...byChance(label), ...(crash?.call === calls && { crash: crash.when }) };
  };
  const processes = createProcesses(scheduler, plan, trace, () =>
    chance.between(-faults.skewMs, faults.skewMs),
  );
  const table = createCardTable(processes, (card) =>
    trace(
      'table',
      `${card.state} ${card.wanted} waits ${card.waiting.length} claim ${card.claim?.text ?? '-'}`,
    ),
  );
  const wishes = new Map<string, number>();
  const pushed: CardReceipt[] = [];
  const wechat = new CardWeChat({ scheduler, chance, trouble: () => trouble, push });
  const queue: Queue = createQueue({ scheduler, processes, chance, faults: () => faults, deliver });

  function drawTrouble(): WeChatTrouble {
    const draw = (worst: number) => (chance.happens(0.5) ? worst * chance.next() : 0);
    return {
      refuses: draw(0.4),
      lostAnswer: draw(0.4),
      neverArrives: draw(0.3),
      failedNotification: draw(0.4),
      noToken: draw(0.5),
      knownInMs: chance.happens(0.3) ? chance.between(0, 3 * MINUTE_MS) : 0,
    };
  }

  const common = (process: Process) => ({
    clock: process.clock,
    random: () => chance.next(),
    sleep: (ms: number) => processes.sleep(process, ms),
    store: table.storeOf(process),
    logger: { info() {}, warn() {}, error() {} },
  });
  const enqueueOf = (process: Process) => createEnqueue<CardJob>(queue.clientOf(process), 'cards', 'wx');
  const asking = (process: Process) => {
    return { ...common(process), enqueue: enqueueOf(process), newUuid: () => `change-${chance.next()}` };
  };
  const sending = (process: Process) => ({
    ...common(process),
    wechat: wechat.senderOf(process),
    rules: cardRules,
    newClaimId: () => `claim-${chance.next()}`,
  });

  function deliver(batch: readonly QueueRecord[]): void {
    const body = async (process: Process) => {
      for (const { body: text } of batch) {
        const job = JSON.parse(text) as CardJob;
        const result = await kernel.deliverCard(sending(process), job);
        if (result.type === 'later') await enqueueOf(process)(job, result.delayMs);
      }
    };
    processes.start('send', 60_000, body, (end) => {
      if (end.type === 'returned') queue.acknowledge(batch.map(({ id }) => id));
    });
  }

  /** An event comes once, twice or late, and until it was taken in. */
  function push(receipt: CardReceipt): void {
    pushed.push(receipt);
    for (let copy = 0; copy < (chance.happens(0.2) ? 2 : 1); copy++) {
      scheduler.after(chance.between(0, chance.pick([50, 60_000])), () => takeIn(receipt));
    }
  }

  function takeIn(receipt: CardReceipt): void {
    const body = (process: Process) =>
      kernel.applyCardReceipt({ ...common(process), rules: { receiptOf: cardReceiptRule } }, receipt);
    processes.start('event', 30_000, body, (end) => {
      if (end.type !== 'returned') scheduler.after(MINUTE_MS, () => takeIn(receipt));
    });
  }

  function wish(text: string): string {
    wishes.set(text, (wishes.get(text) ?? 0) + 1);
    return text;
  }

  /** A caller asks until an answer comes, or gives up: what they asked for may have been stored. */
  function ask(name: string, work: (process: Process) => Promise<unknown>): void {
    processes.start(name, 15_000, work, (end) => {
      if (end.type === 'returned' || chance.happens(0.2)) return;
      scheduler.after(chance.between(500, 5_000), () => ask(name, work));
    });
  }

  let lastDeedMs = 0;
  function at(afterMs: number, deed: () => void): void {
    lastDeedMs = Math.max(lastDeedMs, afterMs);
    scheduler.after(afterMs, deed);
  }

  const erased = new Set<string>();
  for (let n = 0; n < chance.between(1, 2); n++) {
    const { notifyType, states } = chance.happens(0.4) ? TAP : ORDER;
    const openid = `u${n}`;
    const code = `42000${n}`;
    wechat.issue(code, notifyType);
    const content = (status: number) =>
      JSON.stringify({ cur_status: status, wxa_path_query: `p?n=${wishes.size}` });
    const first = content(chance.between(1, 2));
    const name = { openid, notifyType, code };
    const check = notifyType === 2001 && { check: { payAmount: 1, payTimeMs: START_MS } };
    const cardId = cardIdOf(name);
    // Some are asked for when the tap is nearly too old.
    const madeInMs = chance.happens(0.1) ? chance.between(4 * MINUTE_MS, 5 * MINUTE_MS) : 0;
    let isMade = false;
    at(madeInMs, () =>
      ask('post', async (process) => {
        await kernel.activateCard(asking(process), { ...name, content: wish(first), ...check });
        isMade = true;
      }),
    );
    let step = 0;
    for (let change = 0; change < chance.between(1, 6); change++) {
      step = Math.min(states.length - 1, step + chance.between(0, 2));
      const text = content(states[step] ?? 8);
      wishes.set(text, 0);
      const isLate = notifyType === 1005 && chance.happens(0.3);
      const inMs = isLate
        ? DAY_MS + chance.between(-4_000, 4_000)
        : chance.between(200, chance.pick([2_000, 600_000]));
      at(madeInMs + inMs, () =>
        ask('patch', async (process) => {
          const { type } = await kernel.changeCard(asking(process), cardId, { content: wish(text) });
          if (type === 'not-found' && !erased.has(cardId)) throw new Error('There is no card yet.');
        }),
      );
    }
    if (chance.happens(0.3)) {
      at(madeInMs + chance.between(200, 300_000), () =>
        ask('patch', async (process) => {
          await kernel.changeCard(asking(process), cardId, { ext: '{"store_info":"s"}' });
        }),
      );
    }
    if (chance.happens(0.1)) {
      at(madeInMs + chance.between(500, chance.pick([3_000, 300_000])), () => {
        // A request for the card that comes afterwards would be one for a new card.
        if (!isMade) return;
        table.erase(cardId);
        erased.add(cardId);
      });
    }
  }
  scheduler.after(lastDeedMs + CALM_MS, () => {
    faults = NO_FAULTS;
    trouble = CALM;
  });
  scheduler.after(lastDeedMs + CALM_MS + 10 * MINUTE_MS, () => queue.redrive());
  const end = await scheduler.run(() => false, LONGEST_EVENTS);
  return {
    cards: table.cards(),
    wechat,
    seen: wechat.seen,
    wishes,
    pushed,
    erased,
    end,
    deaths: processes.deaths(),
    calls,
  };
}

/** The first rule that a world broke; undefined when it kept all. */
export function issueMessage(result: CardWorldResult): string | undefined {
  const { cards, wechat, seen, wishes, erased, end } = result;
  if (end !== 'at-rest') return 'it never comes to rest';
  for (const one of seen) {
    const other = seen.find(
      ({ code, fromMs }) => code === one.code && fromMs > one.fromMs && fromMs < one.untilMs,
    );
    if (other) return `two changes of ${one.code} were under way at once`;
  }
  for (const [text, times] of wishes) {
    const left = seen.filter(
      (change) => change.text === text && change.kind === 'content' && !change.refused,
    );
    if (left.length > times) return `${text} left ${left.length} times and was wanted ${times} times`;
  }
  for (const card of cards) {
    if (erased.has(card.id)) return `${card.code} was erased and has come back`;
    if (isChanging(card)) return `something of ${card.code} still waits`;
    if (card.state !== 'active') continue;
    if (wechat.contents.get(card.code) !== card.wanted)
      return `${card.code} is active and shows something else`;
    if (card.wantedExt !== undefined && wechat.exts.get(card.code) !== card.wantedExt) {
      return `${card.code} is active and lacks its further facts`;
    }
    const last = seen
      .filter(({ code, kind, taken }) => code === card.code && kind === 'content' && taken)
      .at(-1);
    if (last?.failedToNotify) return `nobody knows that the notification of ${card.code} failed`;
  }
  return undefined;
}
