import { type Advice, tellOf } from './advice.ts';
import type { DeviceErrorCode } from './subscribe-device.ts';
import type { Answered, GuideReason } from './subscribe-outcome.ts';
import { assign } from './values.ts';

/** Which rule of the click state was broken. */
export type ClickRule =
  /** The tap was lost before the call was made, by an await, a promise or a timer. */
  | 'lost-before'
  /** The function that names the templates is async, or waits for a promise: iOS loses the tap there. */
  | 'promise'
  /** Something else in the same callback has used the tap. */
  | 'used';

/** Why the user was not asked. */
export interface AfterError {
  /** That of `subscribe` or `subscribeDevice`; `call-failed` when the call before it did, or its status was no success. */
  readonly code: DeviceErrorCode | 'call-failed';
  readonly tell: Advice;
  /** WeChat's own words, for the log. */
  readonly message: string;
  /** With `not-a-tap`: which rule was broken. */
  readonly rule?: ClickRule;
  /** With `not-a-tap`: how to write it, for a developer. */
  readonly how?: Advice;
}

/** What came of asking after a call. */
export type AfterOutcome =
  | Answered
  | { readonly type: 'failed'; readonly error: AfterError; readonly guide: GuideReason | undefined }
  /** The user declined the dialog or the payment, or there was nothing to ask for. */
  | { readonly type: 'skipped'; readonly guide?: undefined };

/** How to keep each rule, for a developer. */
const HOW: Readonly<Record<ClickRule, Advice>> = {
  'lost-before': {
    zh:
      '调用时点击态已经失去：请在点击事件里直接调用，前面不能有 await、Promise（iOS）或定时器。' +
      '用 uni-app 时按钮要写 data-eventsync="true"。仍被个别客户端拒绝时，改在 showModal 之后询问。',
    en:
      'The tap was lost before the call: make it straight in the tap handler, with no await, promise (iOS) ' +
      'or timer before. In uni-app the button needs data-eventsync="true". ' +
      'Where a client still refuses, ask after showModal.',
  },
  promise: {
    zh: '给出模板的函数不能是 async，也不能等 Promise：iOS 上会失去点击态。请直接返回模板。',
    en:
      'The function that names the templates must not be async or wait for a promise: iOS loses the tap. ' +
      'Return the templates at once.',
  },
  used: {
    zh: '同一个回调里别的接口已经用掉了这次点击，例如 openSetting 或另一个弹窗。请去掉它，或等下一次点击。',
    en:
      'Something else in the same callback has used the tap, such as openSetting or another popup. ' +
      'Drop it, or wait for the next tap.',
  },
};

/** Names the rule that a lost tap has broken, where nobody has named it before. */
export function explained(outcome: AfterOutcome, rule: ClickRule): AfterOutcome {
  if (outcome.type !== 'failed' || outcome.error.code !== 'not-a-tap' || outcome.error.rule) return outcome;
  const error = assign(assign({}, outcome.error), { rule, how: HOW[rule] });
  return { type: 'failed', error, guide: outcome.guide };
}

/** The outcome where no popup was asked for. */
export function failed(code: AfterError['code'], message: string): AfterOutcome {
  return { type: 'failed', error: { code, tell: tellOf(code), message }, guide: undefined };
}
