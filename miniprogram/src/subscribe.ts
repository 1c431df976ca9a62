import { tellOf } from './advice.ts';
import { isDevtools, maxTemplates } from './base-library.ts';
import { answerOf, type SetTimer } from './patience.ts';
import { planPopup } from './plan-popup.ts';
import type { Report, Reports } from './reports.ts';
import type { SettingsReader } from './settings.ts';
import type { StandIn } from './stand-in.ts';
import { codeOf, type SubscribeErrorCode } from './subscribe-error.ts';
import { answered, knownWords, type NotAsked, type SubscribeOutcome } from './subscribe-outcome.ts';
import { newId, textOf } from './values.ts';
import type { Wx } from './wx.ts';

/** What the owner decides about asking. */
export interface SubscribeOptions {
  readonly wx: Wx;
  /** The templates that are long-term, frequency-limited ones among them, so that they are never asked for together with one-time ones. */
  readonly longTerm?: readonly string[];
  /** Answers in the popup's place in WeChat's developer tool, and nowhere else. Its answers are not reported. */
  readonly standIn?: StandIn;
}

/**
 * For so long a further tap is taken for a double one. Later it is WeChat that knows whether its popup is open: a call
 * that was never answered must not make the button dead.
 */
const DOUBLE_TAP_MS = 5000;

const IN_DEVTOOLS = '开发者工具或不弹窗，请用真机。No popup? Use a phone.';

/** Makes the function that asks the user. It reaches `wx.requestSubscribeMessage` in the same call stack. */
export function createSubscribe(
  options: SubscribeOptions,
  reports: Reports,
  settings: SettingsReader,
  setTimer: SetTimer,
  popupMs: number,
  now: () => number,
  note: (text: string) => unknown,
): (templateIds: readonly string[]) => Promise<SubscribeOutcome> {
  const { wx } = options;
  const max = maxTemplates(wx);
  const inDevtools = isDevtools(wx);
  let leftBefore: readonly string[] = [];
  let blockedUntilMs = 0;

  return (given) => {
    const templateIds = Array.isArray(given) ? given : [];
    const stand = inDevtools && options.standIn;
    const { ask, left } = planPopup(templateIds, leftBefore, max, options.longTerm || []);

    if (inDevtools) note(IN_DEVTOOLS);
    const refusal = !templateIds.length
      ? 10001
      : now() < blockedUntilMs
        ? 'in-flight'
        : !ask.length && 'unsupported';
    if (refusal) return Promise.resolve(notAsked(refusal, `${refusal}`));

    blockedUntilMs = now() + DOUBLE_TAP_MS;
    const requestId = newId(now);
    const before = settings.last;

    /** Whenever WeChat's answer comes, and however often: it is kept, once, and told to the service. */
    const take = (words: unknown): Promise<SubscribeOutcome> => {
      blockedUntilMs = 0;
      leftBefore = left;
      const report: Report = { requestId, results: knownWords(words, ask) };
      // First of all: whatever happens to the mini program from here on, the answer is kept.
      if (!stand && Object.keys(report.results)[0]) reports.add(report);
      return settings.read().then((after) => {
        const outcome = answered(words, report.results, ask, left, before, after);
        reports.release(report, outcome.silent);
        void reports.flush();
        return outcome;
      });
    };

    return answerOf<SubscribeOutcome>(setTimer, popupMs, (resolve, fail) => {
      const success = (words: unknown): void => resolve(take(words));
      const popup = wx.requestSubscribeMessage;
      if (stand) return stand(ask).then(success, fail);
      return popup && popup.call(wx, { tmplIds: ask.slice(), success, fail });
    }).catch((failure) => {
      blockedUntilMs = 0;
      const message = textOf(failure, 'errMsg') || `${failure}`;
      return notAsked(codeOf(failure, message), message);
    });
  };
}

function notAsked(code: SubscribeErrorCode, message: string): NotAsked {
  const guide = code === 20004 ? 'main-switch' : undefined;
  return { type: 'failed', error: { code, tell: tellOf(code), message }, guide };
}
