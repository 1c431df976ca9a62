import { maxTemplates } from './base-library.ts';
import { planPopup } from './plan-popup.ts';
import { createPlanStore } from './plan-store.ts';
import type { Qingniao } from './qingniao.ts';
import type { SubscribeErrorCode } from './subscribe-error.ts';
import type { Answered, SubscribeOutcome } from './subscribe-outcome.ts';
import { assign } from './values.ts';
import type { Wx } from './wx.ts';

/** A template, and the taps at which the user should be asked for it. */
export interface PlannedTemplate {
  readonly templateId: string;
  /** Names of moments, as the pages give them to `goodMoment`; without any, every good moment will do. */
  readonly at?: readonly string[];
}

/** What a plan works with. */
export interface SubscribePlanOptions {
  readonly wx: Wx;
  readonly qingniao: Pick<Qingniao, 'subscribe' | 'settings' | 'longTerm'>;
  /** What to ask for, the most important first. */
  readonly templates: readonly PlannedTemplate[];
  /** How long a popup spares a template that was refused, and how long the guide is not shown again; 7 days by default. */
  readonly restMs?: number;
  /** How long what is left over is worth offering; 7 days by default. */
  readonly leftMs?: number;
  /** What the plan is kept under in the phone's storage; `qingniao:plan` by default. */
  readonly storageKey?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** What came of a good moment; `skipped` when there was nothing to ask for. */
export type PlanOutcome = SubscribeOutcome | { readonly type: 'skipped'; readonly guide?: undefined };

/** Knows what to ask for and when; a page only says that a tap is a good moment. */
export interface SubscribePlan {
  /**
   * Asks for what belongs to this moment and, where the popup has room, for what earlier taps left over. To be called
   * where `subscribe` may be called. Never rejects.
   */
  goodMoment(name?: string): Promise<PlanOutcome>;
  /** Has templates offered at the next good moment, whatever its name. */
  want(templateIds: readonly string[]): void;
  /** Offers templates no more that were left over or wanted. */
  drop(templateIds: readonly string[]): void;
  /** What is left over or wanted, longest waiting first. */
  waiting(): readonly string[];
}

const WEEK_MS = 604_800_000;

/** After these, nobody has answered and the same question may go well at the next tap. */
const ASK_AGAIN: readonly SubscribeErrorCode[] = [10002, 10003, 10005, 20004, 'not-a-tap', 'no-answer'];

/** Makes a plan over several taps; one for the whole mini program. */
export function createSubscribePlan(options: SubscribePlanOptions): SubscribePlan {
  const { wx, qingniao, templates } = options;
  const now = options.now || Date.now;
  const restMs = options.restMs || WEEK_MS;
  const store = createPlanStore(wx, options.storageKey || 'qingniao:plan', options.leftMs || WEEK_MS, now);
  /** A kept choice needs no popup, so that asking disturbs nobody. */
  let kept: Readonly<Record<string, string>> = {};
  const learn = (): unknown =>
    qingniao.settings().then((settings) => {
      if (settings) kept = settings.kept;
    });
  learn();

  /**
   * What to ask for at a moment, in order: what was passed over; its own, first those left over; others left over; the
   * rest. So a moment comes first with its own, and yet nothing waits for ever.
   */
  const wanted = (name: string | undefined): readonly string[] => {
    const waiting = store.waiting();
    const idsOf = (isWanted: (at: readonly string[] | undefined) => unknown): readonly string[] =>
      templates.filter(({ at }) => isWanted(at)).map(({ templateId }) => templateId);
    const own = idsOf((at) => at && at.indexOf(`${name}`) >= 0);
    return waiting
      .filter(store.isDue)
      .concat(
        waiting.filter((id) => own.indexOf(id) >= 0),
        own,
        waiting,
        idsOf((at) => !at),
      )
      .filter((id, index, all) => all.indexOf(id) === index && (kept[id] || !store.isResting(id)));
  };

  const learnFrom = ({ answers, left }: Answered, leftHere: readonly string[]): void => {
    const again = leftHere.concat(left);
    for (const id in answers) {
      const answer = answers[id];
      const status = answer && answer.status;
      // Dropped, because another of the same popup has its title: it can be asked for by itself.
      if (status === 'filtered') again.push(id);
      else store.drop(id);
      if (status === 'rejected' || status === 'banned') store.rest(id, restMs);
      if (status === 'accepted') store.rest(id, 0);
    }
    again.forEach(store.want);
  };

  return {
    goodMoment(name) {
      const { ask, left } = planPopup(wanted(name), [], maxTemplates(wx) || 1, qingniao.longTerm);
      if (!ask.length) {
        learn();
        return Promise.resolve({ type: 'skipped' });
      }
      return qingniao.subscribe(ask).then((outcome): PlanOutcome => {
        learn();
        if (outcome.type === 'answered') learnFrom(outcome, left);
        else if (outcome.error.code !== 'in-flight') {
          // An id that WeChat does not take would spoil the next popup as well.
          ask.forEach(ASK_AGAIN.indexOf(outcome.error.code) < 0 ? store.drop : store.want);
          left.forEach(store.want);
        }
        const isGuided = store.isResting('guide');
        if (outcome.guide && !isGuided) store.rest('guide', restMs);
        store.save();
        if (!outcome.guide || !isGuided) return outcome;
        return outcome.type === 'failed'
          ? { type: 'skipped' }
          : assign(assign({}, outcome), { guide: undefined });
      });
    },
    want(templateIds) {
      templateIds.forEach(store.want);
      store.save();
    },
    drop(templateIds) {
      templateIds.forEach(store.drop);
      store.save();
    },
    waiting: store.waiting,
  };
}
