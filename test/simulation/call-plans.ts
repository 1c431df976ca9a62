import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';

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

/** Whether it accepts a message, which ends those that it collapses, and must be there within a minute too. */
function isAcceptance(label: string): boolean {
  return label.includes('message:collapsed');
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
    const heldUp = heldUpWrite > 0 && isOutcome(label) && chance.happens(heldUpWrite) && !isAcceptance(label);
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
