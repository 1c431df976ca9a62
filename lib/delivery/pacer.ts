import type { Clock, Random, Sleep } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import type { SlowdownCause } from './pace.ts';
import { createScopePacer, type ScopePacer } from './scope-pacer.ts';
import { type PaceStore, partOf, sharePace } from './shared-pace.ts';

/** What an answer of WeChat's says about the pace: less, please; or that it took the request for what it was. */
export type PaceSignal = Exclude<SlowdownCause, 'refused'> | 'served' | RefusedSignal;

/** WeChat refuses with an errcode that is not about this one message or user. */
export interface RefusedSignal {
  readonly type: 'refused';
  readonly scope: 'account' | 'template';
  readonly errcode: number;
  /** Where the errcode may be about the user all the same: several refusals to one user then count as one. */
  readonly user?: string;
}

/** Leave, or stay away for so long. */
export type PaceTurn =
  | { readonly type: 'go' }
  /** `refused`: because WeChat refuses every send, which may last. */
  | { readonly type: 'later'; readonly delayMs: number; readonly refused?: true };

/** The request that an answer is about. */
export interface PacedRequest {
  readonly leftAtMs: number;
  readonly templateId: string;
}

/** Keeps the sending of the whole appid to a pace. */
export interface Pacer {
  /**
   * Asked before a message is claimed. Waits for its turn where that is near; `later` says how long it is to stay away.
   * Under a rate, the turn of a message that is due in a moment comes no sooner than `dueAtMs`.
   */
  turn(dueAtMs?: number): Promise<PaceTurn>;
  /** The same for one template, asked besides: WeChat may refuse it alone. */
  turnOf(templateId: string): Promise<PaceTurn>;
  /** Whether {@link turnOf} may say anything but `go` of any template. */
  holdsTemplates(): Promise<boolean>;
  /** Whether WeChat took this container's latest sends of the template for what they were, a moment ago. */
  isServed(templateId: string): boolean;
  /** Told of each answer. */
  report(signal: PaceSignal, request: PacedRequest): Promise<void>;
}

/** What pacing needs from outside. */
export interface PacerOptions {
  readonly store: PaceStore;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly logger: Logger;
  readonly measure?: Measure;
  readonly maxPerSecond?: number;
}

/**
 * A pacer for one container. Without a rate to keep and without a refusal it reads the shared pace once a second and writes nothing;
 * under a rate it writes once for all messages that ask at the same time.
 */
export function createPacer({ maxPerSecond, ...options }: PacerOptions): Pacer {
  const shared = sharePace(options);
  const limit = maxPerSecond === undefined ? {} : { maxPerSecond };
  const ofAll = createScopePacer({ ...options, ...limit }, partOf(shared, 'appid'));
  const ofTemplates = new Map<string, ScopePacer>();

  function ofTemplate(templateId: string): ScopePacer {
    const known = ofTemplates.get(templateId);
    if (known) return known;
    const pacer = createScopePacer(options, partOf(shared, { templateId }));
    ofTemplates.set(templateId, pacer);
    return pacer;
  }

  return {
    turn: ofAll.turn,
    holdsTemplates: async () => (await shared.present()).templates !== undefined,

    async turnOf(templateId) {
      const { templates } = await shared.present();
      return templates?.[templateId] ? ofTemplate(templateId).turn() : { type: 'go' };
    },

    isServed: (templateId) => ofAll.isServed() && ofTemplate(templateId).isServed(),

    async report(signal, { leftAtMs, templateId }) {
      const aboutTemplate =
        signal === 'served' || (typeof signal === 'object' && signal.scope === 'template');
      await ofAll.report(aboutTemplate ? 'served' : signal, leftAtMs);
      if (aboutTemplate) await ofTemplate(templateId).report(signal, leftAtMs);
    },
  };
}
