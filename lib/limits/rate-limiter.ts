import type { Clock, Random, Sleep } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import {
  createScopeRateLimiter,
  type LimitSignal,
  type Permit,
  type ScopeRateLimiter,
} from './scope-rate-limiter.ts';
import { partOf, type RateLimitStore, shareRateLimit } from './shared-rate-limit.ts';

interface LimitedRequest {
  readonly leftAtMs: number;
  readonly templateId: string;
}

/** Keeps the sending of the whole appid to a rate limit. */
export interface RateLimiter {
  /**
   * Called before a message is claimed. Waits for a slot that is near; `later` says when to ask again. Under
   * a rate, a message that is due within seconds gets no slot before `dueAtMs`.
   */
  acquire(dueAtMs?: number): Promise<Permit>;
  /** The same for one template, asked besides: WeChat may refuse it alone. */
  acquireFor(templateId: string): Promise<Permit>;
  /** Whether {@link acquireFor} may say anything but `go` of any template. */
  hasTemplateLimits(): Promise<boolean>;
  /** Whether this container's latest answer about the template is recent and slows nothing down. */
  hasPassedLately(templateId: string): boolean;
  /** Told of each answer. */
  report(signal: LimitSignal, request: LimitedRequest): Promise<void>;
}

export interface RateLimiterOptions {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly logger: Logger;
  readonly measure?: Measure;
  readonly maxPerSecond?: number;
}

/**
 * A rate limiter for one container. Without a rate to keep and without a refusal it reads the shared rate
 * limit once a second and writes nothing; under a rate it writes once for all messages that ask at the same
 * time.
 */
export function createRateLimiter({ maxPerSecond, ...options }: RateLimiterOptions): RateLimiter {
  const shared = shareRateLimit(options);
  const limit = maxPerSecond === undefined ? {} : { maxPerSecond };
  const ofAll = createScopeRateLimiter({ ...options, ...limit }, partOf(shared, 'appid'));
  const ofTemplates = new Map<string, ScopeRateLimiter>();

  function ofTemplate(templateId: string): ScopeRateLimiter {
    const known = ofTemplates.get(templateId);
    if (known) return known;
    const rateLimiter = createScopeRateLimiter(options, partOf(shared, { templateId }));
    ofTemplates.set(templateId, rateLimiter);
    return rateLimiter;
  }

  return {
    acquire: ofAll.acquire,
    hasTemplateLimits: async () => (await shared.present()).templates !== undefined,

    async acquireFor(templateId) {
      const { templates } = await shared.present();
      return templates?.[templateId] ? ofTemplate(templateId).acquire() : { type: 'go' };
    },

    hasPassedLately: (templateId) => ofAll.hasPassedLately() && ofTemplate(templateId).hasPassedLately(),

    async report(signal, { leftAtMs, templateId }) {
      const aboutTemplate =
        signal === 'passed' || (typeof signal === 'object' && signal.scope === 'template');
      await ofAll.report(aboutTemplate ? 'passed' : signal, leftAtMs);
      if (aboutTemplate) await ofTemplate(templateId).report(signal, leftAtMs);
    },
  };
}
