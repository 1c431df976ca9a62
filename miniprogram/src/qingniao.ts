import { createApi, createCall, createSend } from './api.ts';
import type { SetTimer, Timeouts } from './patience.ts';
import { type RemainingOf, readRemaining } from './remaining.ts';
import { bookReminder, type RemindOptions, type RemindOutcome, type When } from './remind-me.ts';
import { createReports, type Reports } from './reports.ts';
import { createLogin, type Session } from './session.ts';
import { createSettingsReader, type SubscriptionSettings } from './settings.ts';
import { createSubscribe, type SubscribeOptions } from './subscribe.ts';
import type { SubscribeOutcome } from './subscribe-outcome.ts';
import type { Transport } from './transport.ts';
import { memberOf, newId, tried } from './values.ts';

/** What the module works with. */
export interface QingniaoOptions extends SubscribeOptions {
  /** `ownDomain(…)` or `ownBackend(…)`. */
  readonly transport: Transport;
  /** What the names in the phone's storage begin with; `qingniao` by default. */
  readonly storageKey?: string;
  /** How long each kind of answer is waited for. */
  readonly timeouts?: Timeouts;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** The platform's `setTimeout` by default. */
  readonly setTimer?: SetTimer;
  /** Takes what a developer should know; by default it is printed. */
  readonly note?: (text: string) => void;
}

/** The mini program's side of Qingniao. */
export interface Qingniao {
  /**
   * To be called in `App.onShow`: sends again what the service has not counted yet and learns which choices WeChat
   * keeps. Gives the number of reports that are still waiting. Never rejects.
   */
  start(): Promise<number>;
  /** The user's session; undefined where a backend of the owner's speaks for the user. @throws ServiceError */
  login(): Promise<Session | undefined>;
  /**
   * Asks the user. To be called straight from a tap handler, or in a callback that has its click state, with nothing
   * awaited before: WeChat shows no popup otherwise (WeChat contract §7.1). `subscribe-after` does that for pages.
   * Never rejects; it is done when the answer is kept, which does not wait for the network.
   */
  subscribe(templateIds: readonly string[]): Promise<SubscribeOutcome>;
  /** What may still be sent to the user, by each device where there are several. @throws ServiceError */
  remaining(templateId: string): Promise<RemainingOf>;
  /** Books a message to the user themselves, of a template that the service opens to users. Never rejects. */
  remindMe(
    templateId: string,
    when: When,
    data: Readonly<Record<string, string>>,
    options?: RemindOptions,
  ): Promise<RemindOutcome>;
  /** What is to be counted yet. For further parts of the module, such as `subscribe-device`. */
  readonly reports: Reports;
  /** The templates that the options name as long-term. */
  readonly longTerm: readonly string[];
  /** What the user has set on WeChat's settings page; undefined before base library 2.10.1. Never rejects. */
  settings(): Promise<SubscriptionSettings | undefined>;
}

/** Joins the module up; one for the whole mini program. Whenever the network comes back, what is kept is sent. */
export function createQingniao(options: QingniaoOptions): Qingniao {
  const { wx, transport } = options;
  const storageKey = options.storageKey || 'qingniao';
  const now = options.now || Date.now;
  const setTimer = options.setTimer || setTimeout;
  const timeouts = options.timeouts || {};
  const note = (text: string): unknown => tried(() => (options.note || warn)(text));
  const send = createSend(transport, setTimer, timeouts.requestMs || 12_000);
  const login = createLogin(wx, send, storageKey + ':session', now, setTimer, timeouts.loginMs || 8000);
  const session = transport.sessions ? login : () => Promise.resolve(undefined);
  const call = createCall(send, session);
  const api = createApi(call);
  const reports = createReports(wx, call, storageKey + ':reports', note);
  const { flush } = reports;
  const settings = createSettingsReader(wx, setTimer, timeouts.settingsMs || 3000);
  /** The round that is under way may have met a network that was down; one more is a try of its own. */
  const settled = (): Promise<unknown> => flush().then((left) => left && flush());

  const listen = wx.onNetworkStatusChange;
  tried(() => listen && listen.call(wx, (status) => memberOf(status, 'isConnected') && flush()));

  return {
    start: () => settings.read().then(flush),
    login: session,
    subscribe: createSubscribe(options, reports, settings, setTimer, timeouts.popupMs || 120_000, now, note),
    remaining: (templateId) => settled().then(() => readRemaining(api, templateId)),
    remindMe: (templateId, when, data, more) =>
      settled().then(() => bookReminder(wx, api, newId(now), templateId, when, data, more)),
    reports,
    longTerm: options.longTerm || [],
    settings: settings.read,
  };
}

declare const setTimeout: SetTimer;

/** The console of WeChat's developer tool is where notes are looked for. */
declare const console: { warn(text: string): void };

function warn(text: string): void {
  console.warn(`[qingniao] ${text}`);
}
