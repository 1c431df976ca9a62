import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Context } from 'aws-lambda';

/** How long an invocation may still take. */
export interface TimeLimit {
  remainingMs(): number;
  /** Resolves when no more than `reserveMs` are left, or once `over` is aborted because nobody waits for it any more. */
  near(reserveMs: number, over: AbortSignal): Promise<void>;
}

/** The limit of the invocation that Lambda's context is about. */
export function timeLimitOf(context: Pick<Context, 'getRemainingTimeInMillis'>): TimeLimit {
  const remainingMs = () => context.getRemainingTimeInMillis();
  return {
    remainingMs,
    async near(reserveMs, signal) {
      await sleepFor(Math.max(0, remainingMs() - reserveMs), undefined, { signal }).catch(() => undefined);
    },
  };
}
