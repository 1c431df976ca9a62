import type { Chance } from './chance.ts';

/**
 * How likely each kind of trouble is in one world. Every world draws its own mixture, so that rare ones meet
 * undiluted.
 */
export interface Faults {
  /** A call fails, and nothing of it took effect. */
  readonly failBefore: number;
  /** A call took effect, and its answer is an error. */
  readonly failAfter: number;
  /** The function dies at a call. */
  readonly crash: number;
  /** A call, or the function that made it, is held up for long. */
  readonly stall: number;
  /** A read saw its item at once, and its answer is long in coming: others have written by then. */
  readonly slowRead: number;
  /** The write of an outcome is held up on its way, for longer than leases last. */
  readonly heldUpWrite: number;
  readonly duplicateDelivery: number;
  readonly lateDelivery: number;
  /** What the queue was told to delete comes again. */
  readonly lostAck: number;
  /** How far the clock of a function may be ahead or behind. */
  readonly skewMs: number;
  readonly missedTick: number;
  /** The answer of the API is lost on its way to the caller. */
  readonly lostAnswer: number;
  readonly tokenOutage: number;
  /** The rate limit of all sending holds a message back. */
  readonly heldBack: number;
  readonly notReached: number;
  readonly noAnswer: number;
  readonly slowAnswer: number;
  readonly refusal: number;
  /** A push of WeChat's never comes. */
  readonly lostEvent: number;
  /** A push of WeChat's names its send by another msgid than the answer did, or by none. */
  readonly wrongMsgid: number;
}

/** A world in which everything works. */
export const NO_FAULTS: Faults = {
  failBefore: 0,
  failAfter: 0,
  crash: 0,
  stall: 0,
  slowRead: 0,
  heldUpWrite: 0,
  duplicateDelivery: 0,
  lateDelivery: 0,
  lostAck: 0,
  skewMs: 0,
  missedTick: 0,
  lostAnswer: 0,
  tokenOutage: 0,
  heldBack: 0,
  notReached: 0,
  noAnswer: 0,
  slowAnswer: 0,
  refusal: 0,
  lostEvent: 0,
  wrongMsgid: 0,
};

/** The most likely that each kind of trouble gets. */
const WORST: Faults = {
  failBefore: 0.05,
  failAfter: 0.05,
  crash: 0.04,
  stall: 0.1,
  slowRead: 0.3,
  heldUpWrite: 0.2,
  duplicateDelivery: 0.4,
  lateDelivery: 0.3,
  lostAck: 0.2,
  skewMs: 1_000,
  missedTick: 0.4,
  lostAnswer: 0.3,
  tokenOutage: 0.2,
  heldBack: 0.3,
  notReached: 0.3,
  noAnswer: 0.3,
  slowAnswer: 0.4,
  refusal: 0.4,
  lostEvent: 0.4,
  wrongMsgid: 0.4,
};

/** In so many worlds slowness is the only trouble. */
const LATE = 0.2;

/**
 * The troubles of one world: some kinds not at all, the others anything up to their worst; or slowness alone.
 */
export function drawFaults(chance: Chance): Faults {
  if (chance.happens(0.1)) return NO_FAULTS;
  // Nothing fails and nobody dies, but what others have written by then is found out late.
  if (chance.happens(LATE)) {
    const { slowRead, heldUpWrite, duplicateDelivery, stall } = WORST;
    return { ...NO_FAULTS, slowRead, heldUpWrite, duplicateDelivery, stall: stall * chance.next() };
  }
  const draw = (worst: number) => (chance.happens(0.5) ? worst * chance.next() : 0);
  return Object.fromEntries(
    Object.entries(WORST).map(([name, worst]) => [name, draw(worst)]),
  ) as unknown as Faults;
}

/** What becomes of one call to the outside. */
export interface CallPlan {
  readonly untilEffectMs: number;
  readonly untilAnswerMs: number;
  readonly fails?: 'before' | 'after';
  readonly crash?: 'before' | 'after';
  /** Whether the effect comes about although the function that asked for it has died in between. */
  readonly outlivesCaller: boolean;
}

/** Decides on each call. */
export type PlanCall = (label: string) => CallPlan;

/** Whether a call of this name only reads. */
export function isRead(label: string): boolean {
  return /^(load|find|list|counted|audience|next)/.test(label);
}

/**
 * Whether a call of this name writes how sends ended. What is accepted is pending, and must be there within a
 * minute.
 */
export function isOutcome(label: string): boolean {
  return /^put results|message:(?!pending)/.test(label);
}

/**
 * Decides by chance. Answers are late most often where that is most dangerous: of a claim, until its lease is
 * over or nearly so.
 */
export function plansByChance(chance: Chance, faults: () => Faults): PlanCall {
  return (label) => {
    const { crash, failBefore, failAfter, stall, slowRead, heldUpWrite } = faults();
    const isClaim = label === 'commit ledger';
    const stalled = stall > 0 && chance.happens(isClaim ? 3 * stall : stall);
    const slow = stalled || (slowRead > 0 && isRead(label) && chance.happens(slowRead));
    const heldUp = heldUpWrite > 0 && isOutcome(label) && chance.happens(heldUpWrite);
    const sleep = label === 'sleep';

    function untilAnswerMs(): number {
      if (isClaim && stalled && chance.happens(0.4)) return chance.between(44_000, 56_000);
      if (slow) return chance.between(100, chance.pick([2_000, 50_000]));
      // More results are known by then.
      if (label === 'put results' && chance.happens(0.1)) return chance.between(50, 900);
      return chance.between(0, 8);
    }

    return {
      untilEffectMs: heldUp
        ? chance.between(20_000, 75_000)
        : stalled && chance.happens(0.3)
          ? chance.between(100, 20_000)
          : chance.between(0, 8),
      untilAnswerMs: untilAnswerMs(),
      outlivesCaller: chance.happens(0.5),
      ...(crash > 0 && chance.happens(crash)
        ? { crash: chance.happens(0.5) ? 'before' : 'after' }
        : !sleep && failBefore > 0 && chance.happens(failBefore)
          ? { fails: 'before' }
          : !sleep && failAfter > 0 && chance.happens(failAfter)
            ? { fails: 'after' }
            : {}),
    };
  };
}
