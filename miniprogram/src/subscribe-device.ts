import { type Advice, tellOf } from './advice.ts';
import { answerOf, type SetTimer } from './patience.ts';
import { planPopup } from './plan-popup.ts';
import type { Qingniao } from './qingniao.ts';
import type { Device } from './reports.ts';
import { codeOf, type SubscribeErrorCode } from './subscribe-error.ts';
import { type Answered, answered, type GuideReason, knownWords } from './subscribe-outcome.ts';
import { memberOf, newId, textOf } from './values.ts';
import type { WxFailure } from './wx.ts';

/** A device to be asked about, with its ticket of `POST /wxa/getsnticket`, which is good for five minutes. */
export interface DeviceWithTicket extends Device {
  readonly snTicket: string;
}

/** What `wx.requestSubscribeDeviceMessage` takes (WeChat contract §8.1b). */
export interface WxSubscribeDeviceOptions extends DeviceWithTicket {
  tmplIds: string[];
  success(answers: Readonly<Record<string, string>>): void;
  fail(failure: WxFailure): void;
}

/** The part of `wx` that is used here. */
export interface WxDevices {
  /** From base library 2.20.0. */
  requestSubscribeDeviceMessage?(options: WxSubscribeDeviceOptions): unknown;
}

/** Why the user was not asked about a device: WeChat's errCode, or a word where it gives none. */
export type DeviceErrorCode =
  | SubscribeErrorCode
  /** The ticket is of another device, of another model, or none. */
  | 19720726
  /** The ticket is older than five minutes: get a new one and let the user tap again. */
  | 19720727
  /** There is no such template. */
  | 19720728
  /** The template is for devices of another model. */
  | 19720736
  /** Device messages are not open to this mini program: register the device's model in WeChat's console. */
  | -12001;

/** What came of asking about a device. */
export type SubscribeDeviceOutcome =
  | Answered
  | {
      readonly type: 'failed';
      readonly error: { readonly code: DeviceErrorCode; readonly tell: Advice; readonly message: string };
      readonly guide: GuideReason | undefined;
    };

/** What asking about devices works with. */
export interface SubscribeDeviceOptions {
  readonly wx: WxDevices;
  /** Counts the answers, with its other reports. */
  readonly qingniao: Pick<Qingniao, 'reports' | 'settings'>;
  /** How long the user's answer is waited for; 120,000 by default. A later answer is still counted. */
  readonly popupMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** The platform's `setTimeout` by default. */
  readonly setTimer?: SetTimer;
}

const CODES: readonly DeviceErrorCode[] = [19720726, 19720727, 19720728, 19720736, -12001];
/** The words that each of `CODES` is known by, in its order. */
const WORDS = ['ticket fail', 'ticket expire', 'not_found_tid', 'not match', 'invalid scope'];

/** WeChat shows so many in one popup about a device. */
const MAX_TEMPLATES = 3;

const REFRESH: Advice = {
  zh: '设备信息已过期，请刷新后再点一次。',
  en: 'Please refresh the page and tap again.',
};

/**
 * Makes the function that asks the user about a device. To be called straight from a tap handler, with a ticket that was
 * fetched before. Never rejects; it is done when the answer is kept, which does not wait for the network.
 */
export function createSubscribeDevice(
  options: SubscribeDeviceOptions,
): (templateIds: readonly string[], device: DeviceWithTicket) => Promise<SubscribeDeviceOutcome> {
  const { wx, qingniao } = options;
  const now = options.now || Date.now;
  let leftBefore: readonly string[] = [];

  return (templateIds, device) => {
    // A ticket that could not be fetched may leave a page without its device: WeChat then says what is missing.
    const [sn, modelId, snTicket] = [
      textOf(device, 'sn'),
      textOf(device, 'modelId'),
      textOf(device, 'snTicket'),
    ];
    const { ask, left } = planPopup(templateIds, leftBefore, MAX_TEMPLATES, []);
    const requestId = newId(now);

    /** Whenever WeChat's answer comes: it is kept, once, and told to the service. */
    const take = (words: unknown): Promise<Answered> => {
      leftBefore = left;
      const results = knownWords(words, ask);
      const report = { requestId, results, devices: [{ sn, modelId }] };
      if (Object.keys(results)[0]) {
        qingniao.reports.add(report);
        qingniao.reports.release(report, []);
        void qingniao.reports.flush();
      }
      return qingniao.settings().then((after) => answered(words, results, ask, left, undefined, after));
    };

    const popup = wx.requestSubscribeDeviceMessage;
    if (!popup) return Promise.resolve(failed('unsupported', 'unsupported'));
    return answerOf<SubscribeDeviceOutcome>(
      options.setTimer || setTimeout,
      options.popupMs || 120_000,
      (resolve, fail) => {
        const success = (words: unknown): void => resolve(take(words));
        return popup.call(wx, { tmplIds: ask.slice(), sn, modelId, snTicket, success, fail });
      },
    ).catch((failure) => {
      const message = textOf(failure, 'errMsg') || String(failure);
      const told = [memberOf(failure, 'errCode'), memberOf(failure, 'errno'), message].join(' ');
      const [code] = CODES.filter(
        (one, index) => told.indexOf(`${one}`) >= 0 || told.indexOf(`${WORDS[index]}`) >= 0,
      );
      return failed(code || codeOf(failure, message), message);
    });
  };
}

function failed(code: DeviceErrorCode, message: string): SubscribeDeviceOutcome {
  const tell = code === 19720727 ? REFRESH : tellOf(code);
  return {
    type: 'failed',
    error: { code, tell, message },
    guide: code === 20004 ? 'main-switch' : undefined,
  };
}

declare const setTimeout: SetTimer;
