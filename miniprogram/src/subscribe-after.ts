import { type AfterOutcome, type ClickRule, explained, failed } from './after-outcome.ts';
import type { Qingniao } from './qingniao.ts';
import { assign, memberOf, textOf } from './values.ts';
import type { OptionsOf, WxCall, WxCallAnswers, WxCallOptions, WxCalls } from './wx-calls.ts';

export type { AfterError, AfterOutcome, ClickRule } from './after-outcome.ts';
export type { OptionsOf, WxCall, WxCallAnswers, WxCallOptions, WxCalls } from './wx-calls.ts';

/** Templates to ask for, what came of a further call, or nothing in order not to ask. */
export type Chosen = readonly string[] | AfterOutcome | undefined;

/**
 * Templates, or a function that chooses by the call's answer. It may give what a further `subscribeAfter`,
 * `subscribe` or `subscribeDevice` gave. It must not be async: on iOS the tap is lost in a promise.
 */
export type Next<A> = readonly string[] | ((answer: A) => Chosen | PromiseLike<Chosen>);

/** Makes a call of `wx` and asks in its callback. */
export type SubscribeAfter<W> = <C extends WxCall>(
  call: C,
  options: OptionsOf<W, C> & WxCallOptions,
  next: Next<WxCallAnswers[C]>,
) => Promise<AfterOutcome>;

/** Those whose answer is a tap of its own. The others pass on the tap that they are called in. */
const GIVE_A_TAP: readonly WxCall[] = [
  'showModal',
  'showActionSheet',
  'requestPayment',
  'requestOrderPayment',
];
const CALLS: readonly WxCall[] = GIVE_A_TAP.concat(['request', 'downloadFile', 'getSetting']);

const NOT_THERE = 'passes no tap on, or is not there. 不延续点击态，或基础库没有这个接口。';

/**
 * Makes the function that asks in the callback of another call of `wx`: after an explanation, a request, a payment. It
 * reaches the popup by callbacks alone. Rejects only with what the function that names the templates throws.
 */
export function createSubscribeAfter<W extends WxCalls>(options: {
  readonly wx: W;
  readonly qingniao: Pick<Qingniao, 'subscribe'>;
}): SubscribeAfter<W> {
  const wx: WxCalls = options.wx;
  const take = (chosen: Chosen, rule: ClickRule): AfterOutcome | PromiseLike<AfterOutcome> => {
    if (!isList(chosen)) return chosen ? explained(chosen, rule) : { type: 'skipped' };
    if (!chosen.length) return { type: 'skipped' };
    return options.qingniao.subscribe(chosen).then((outcome) => explained(outcome, rule));
  };

  return (call, given, next) =>
    new Promise((resolve, reject) => {
      const start = CALLS.indexOf(call) >= 0 && wx[call];
      if (!start) return resolve(failed('unsupported', `wx.${call} ${NOT_THERE}`));

      const success = (answer: WxCallAnswers[typeof call]): void => {
        const status = memberOf(answer, 'statusCode');
        const isBad = typeof status === 'number' && (status < 200 || status > 299);
        if (memberOf(answer, 'confirm') === false) resolve({ type: 'skipped' });
        else if (isBad) resolve(failed('call-failed', `${call}: ${status}`));
        else goOn(answer);
      };
      const goOn = (answer: WxCallAnswers[typeof call]): void => {
        try {
          const chosen = typeof next === 'function' ? next(answer) : next;
          const rule = GIVE_A_TAP.indexOf(call) < 0 ? 'lost-before' : 'used';
          if (isPromise(chosen)) chosen.then((later) => resolve(take(later, 'promise')), reject);
          else resolve(take(chosen, rule));
        } catch (thrown) {
          reject(thrown);
        }
      };
      const fail = (failure: unknown): void => {
        const message = textOf(failure, 'errMsg') || String(failure);
        resolve(/cancel/.test(message) ? { type: 'skipped' } : failed('call-failed', message));
      };
      const callbacks = {
        success: both(given.success, success),
        fail: both(given.fail, fail),
      };
      try {
        start.call(wx, assign(assign({}, given), callbacks));
      } catch (thrown) {
        fail(thrown);
      }
    });
}

/** Calls the page's own callback first. What it throws is WeChat's to report, and stops nothing. */
function both<A>(own: ((given: A) => unknown) | undefined, ours: (given: A) => void): (given: A) => void {
  return (given) => {
    try {
      own && own(given);
    } finally {
      ours(given);
    }
  };
}

function isList(chosen: Chosen): chosen is readonly string[] {
  return Array.isArray(chosen);
}

function isPromise(chosen: Chosen | PromiseLike<Chosen>): chosen is PromiseLike<Chosen> {
  return !!memberOf(chosen, 'then');
}
