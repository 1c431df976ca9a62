import { tellOf } from './advice.ts';
import type { Client } from './base-library.ts';
import { planPopup } from './plan-popup.ts';
import type { Reports } from './reports.ts';
import type { SettingsReader } from './settings.ts';
import type { StandIn } from './stand-in.ts';
import { codeOf, type SubscribeErrorCode } from './subscribe-error.ts';
import { answered, type NotAsked, reportable, type SubscribeOutcome } from './subscribe-outcome.ts';
import { memberOf, merge, promised, textOf } from './values.ts';
import type { Wx } from './wx.ts';

/** What the owner decides about asking. */
export interface SubscribeOptions {
  readonly wx: Wx;
  /** The templates that are long-term, so that they are never asked for together with one-time ones. */
  readonly longTerm?: readonly string[];
  /** Answers in the popup's place in WeChat's developer tool, and nowhere else. Its answers are not reported. */
  readonly standIn?: StandIn;
}

/** What asking needs besides. */
export interface SubscribeServices {
  readonly client: Client;
  readonly reports: Reports;
  readonly settings: SettingsReader;
  readonly createId: () => string;
  readonly now: () => number;
  readonly note: (text: string) => void;
}

/**
 * For so long a further tap is taken for a double one. Later it is WeChat that knows whether its popup is open: a call
 * that was never answered must not make the button dead.
 */
const DOUBLE_TAP_MS = 5000;

const IN_DEVTOOLS = '开发者工具可能不弹订阅窗口，请用真机。No panel in the developer tool? Use a phone.';

/** Makes the function that asks the user. It reaches `wx.requestSubscribeMessage` in the same call stack. */
export function createSubscribe(
  { wx, longTerm = [], standIn }: SubscribeOptions,
  { client, reports, settings, createId, now, note }: SubscribeServices,
): (templateIds: readonly string[]) => Promise<SubscribeOutcome> {
  let leftBefore: readonly string[] = [];
  let blockedUntilMs = 0;

  return (templateIds) => {
    const stand = client.isDevtools && standIn;
    const { ask, left } = planPopup(templateIds, leftBefore, client.maxTemplates, longTerm);

    if (client.isDevtools) note(IN_DEVTOOLS);
    const refusal = !templateIds.length
      ? 10001
      : now() < blockedUntilMs
        ? 'in-flight'
        : !ask.length && 'unsupported';
    if (refusal) return Promise.resolve(notAsked(refusal, `${refusal}`));

    blockedUntilMs = now() + DOUBLE_TAP_MS;
    const popup = stand ? stand(ask) : showPopup(wx, ask);
    return popup.then(
      (words): Promise<SubscribeOutcome> => {
        blockedUntilMs = 0;
        leftBefore = left;
        const requestId = createId();
        const results = reportable(words, ask);
        // First of all: whatever happens to the mini program from here on, the answer is kept.
        if (results && !stand) reports.add({ requestId, results });
        const before = settings.last();
        return settings.read().then((after) => {
          const outcome = answered(words, ask, left, before, after);
          reports.release(requestId, outcome.silent);
          void reports.flush();
          return outcome;
        });
      },
      (failure) => {
        blockedUntilMs = 0;
        const message = textOf(failure, 'errMsg') || String(failure);
        return notAsked(codeOf(memberOf(failure, 'errCode'), message), message);
      },
    );
  };
}

/** Calls WeChat at once: a promise's function runs in the call stack that makes it. */
function showPopup(wx: Wx, tmplIds: readonly string[]): Promise<unknown> {
  return promised((callbacks) => {
    if (wx.requestSubscribeMessage)
      wx.requestSubscribeMessage(merge({ tmplIds: tmplIds.slice() }, callbacks));
  });
}

function notAsked(code: SubscribeErrorCode, message: string): NotAsked {
  const guide = code === 20004 ? 'main-switch' : undefined;
  return { type: 'failed', error: { code, tell: tellOf(code), message }, guide };
}
