import * as v from 'valibot';
import type { Random } from '../../lib/clock.ts';
import { CALL_NAMES, type CallName } from './calls.ts';

const common = {
  /** The call that misbehaves; `token` is both token endpoints. */
  call: v.picklist([...CALL_NAMES, 'token']),
  /** How many requests it hits; 1 by default. */
  times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Only sends to this openid. */
  openid: v.exactOptional(v.string()),
  /** Only sends of this template. */
  templateId: v.exactOptional(v.string()),
  /** Hits each matching request with this probability; 1 by default. */
  chance: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /**
   * true: WeChat does its work, and only what it has accepted is hit. false: WeChat does nothing. By default true for
   * the kinds that spoil an answer (drop-answer, half-json, cut-short), false for the others.
   */
  afterAccept: v.exactOptional(v.boolean()),
};

/** A time to wait, 10 minutes at most. */
export const durationMs = v.pipe(v.number(), v.minValue(0), v.maxValue(600_000));

const faultSchemas = [
  v.strictObject({
    ...common,
    kind: v.literal('errcode'),
    errcode: v.pipe(v.number(), v.integer(), v.notValue(0, 'Give the errcode of a refusal, not 0.')),
    errmsg: v.exactOptional(v.string()),
  }),
  v.strictObject({ ...common, kind: v.literal('slow'), ms: durationMs }),
  v.strictObject({
    ...common,
    kind: v.picklist(['hang', 'drop-answer', 'reset', 'half-json', 'cut-short', 'http-502']),
  }),
] as const;

/** What the control API takes: a fault of one call, or the whole server refusing connections for `ms`. */
export const misbehaviourSchema = v.variant('kind', [
  ...faultSchemas,
  v.strictObject({ kind: v.literal('refuse-connection'), ms: durationMs }),
]);

/** One way to misbehave, a number of times. */
export type Fault = Readonly<v.InferOutput<(typeof faultSchemas)[number]>>;

/** A fault and how many more requests it will hit. */
export type PendingFault = Fault & { readonly timesLeft: number };

/** When a fault strikes: instead of WeChat's work, or after work that succeeded. */
export type FaultStage = 'arrival' | 'accepted';

const SPOILS_ANSWER: ReadonlySet<Fault['kind']> = new Set(['drop-answer', 'half-json', 'cut-short']);

/** The faults that are still to strike, oldest first. */
export class Faults {
  readonly #random: Random;
  #pending: { readonly fault: Fault; timesLeft: number }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  add(fault: Fault): void {
    this.#pending.push({ fault, timesLeft: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  list(): readonly PendingFault[] {
    return this.#pending.map(({ fault, timesLeft }) => ({ ...fault, timesLeft }));
  }

  /** The first fault that hits this request, counted as used. */
  take(
    stage: FaultStage,
    call: CallName,
    about: { openid?: string; templateId?: string },
  ): Fault | undefined {
    const hit = this.#pending.find(
      ({ fault }) =>
        stageOf(fault) === stage &&
        concerns(fault, call) &&
        (fault.openid ?? about.openid) === about.openid &&
        (fault.templateId ?? about.templateId) === about.templateId &&
        this.#random() < (fault.chance ?? 1),
    );
    if (!hit) return undefined;
    hit.timesLeft -= 1;
    if (hit.timesLeft === 0) this.#pending = this.#pending.filter((pending) => pending !== hit);
    return hit.fault;
  }
}

function stageOf(fault: Fault): FaultStage {
  return (fault.afterAccept ?? SPOILS_ANSWER.has(fault.kind)) ? 'accepted' : 'arrival';
}

function concerns(fault: Fault, call: CallName): boolean {
  return (
    fault.call === call || (fault.call === 'token' && (call === 'plain-token' || call === 'stable-token'))
  );
}
