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

/** The troubles that one app's WeChat has by itself. */
const OF_WECHAT = [
  'tokenOutage',
  'heldBack',
  'notReached',
  'noAnswer',
  'slowAnswer',
  'refusal',
  'lostEvent',
  'wrongMsgid',
] as const satisfies readonly (keyof Faults)[];

/** How nothing can be sent for one app. */
const BREAKDOWNS = ['credentials', 'frozen', 'quota', 'silent', 'settings'] as const;

/**
 * `credentials`: no token is given and none taken. `frozen`, `quota`: each send is refused. `silent`: nothing
 * is answered. `settings`: what the owner set for the app cannot be read.
 */
export type Breakdown = (typeof BREAKDOWNS)[number];

/** The troubles of a stage, with those of one of its apps. */
export interface AppFaults extends Faults {
  readonly breakdown?: Breakdown;
}

/** Whether nothing at all goes wrong. */
export function isFaultless({ breakdown, ...faults }: AppFaults): boolean {
  return breakdown === undefined && Object.values(faults).every((fault) => fault === 0);
}

/** The troubles of another app of the stage: what is not WeChat's is the same. */
export function drawOtherFaults(chance: Chance, faults: Faults): AppFaults {
  if (OF_WECHAT.every((name) => faults[name] === 0)) return faults;
  const worst = chance.happens(0.3) ? NO_FAULTS : WORST;
  const draw = (name: keyof Faults) => (chance.happens(0.5) ? worst[name] * chance.next() : 0);
  return { ...faults, ...Object.fromEntries(OF_WECHAT.map((name) => [name, draw(name)])) };
}

/** The same, but that WeChat is as it should be. */
export function withoutWeChat(faults: Faults): Faults {
  return { ...faults, ...Object.fromEntries(OF_WECHAT.map((name) => [name, 0])) };
}

/** The same, but that nothing can be sent. */
export function drawBreakdown(chance: Chance, faults: Faults): AppFaults {
  return { ...faults, breakdown: chance.pick(BREAKDOWNS) };
}

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
