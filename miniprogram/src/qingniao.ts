import { createApi } from './api.ts';
import { readClient } from './base-library.ts';
import { type Remaining, readRemaining } from './remaining.ts';
import { bookReminder, type RemindOptions, type RemindOutcome, type When } from './remind-me.ts';
import { createReports } from './reports.ts';
import { createSessions, type Session } from './session.ts';
import { createSettingsReader, type SubscriptionSettings } from './settings.ts';
import { createSubscribe, type SubscribeOptions } from './subscribe.ts';
import type { SubscribeOutcome } from './subscribe-outcome.ts';
import type { Transport } from './transport.ts';

/** What the module works with. */
export interface QingniaoOptions extends SubscribeOptions {
  /** `ownDomain(…)` or `ownBackend(…)`. */
  readonly transport: Transport;
  /** What the names in the phone's storage begin with; `qingniao` by default. */
  readonly storageKey?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
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
   * Asks the user. To be called straight from a tap handler, with nothing awaited before: WeChat shows no popup
   * otherwise. Never rejects; it is done when the answer is kept, which does not wait for the network.
   */
  subscribe(templateIds: readonly string[]): Promise<SubscribeOutcome>;
  /** What may still be sent to the user. @throws ServiceError */
  remaining(templateId: string): Promise<Remaining>;
  /** Books a message to the user themselves, of a template that the service opens to users. Never rejects. */
  remindMe(
    templateId: string,
    when: When,
    data: Readonly<Record<string, string>>,
    options?: RemindOptions,
  ): Promise<RemindOutcome>;
  /** What the user has set on WeChat's settings page; undefined before base library 2.10.1. Never rejects. */
  settings(): Promise<SubscriptionSettings | undefined>;
}

/** Joins the module up; one for the whole mini program. Whenever the network comes back, what is kept is sent. */
export function createQingniao(options: QingniaoOptions): Qingniao {
  const { wx, transport, storageKey = 'qingniao', now = Date.now, note = warn } = options;
  const createId = (): string =>
    [now(), Math.random(), Math.random()].map((part) => part.toString(36)).join('-');
  const { login, forget } = createSessions(wx, transport, `${storageKey}:session`, now);
  const api = createApi(transport, login, forget);
  const reports = createReports(wx, api, `${storageKey}:reports`, note);
  const { flush } = reports;
  const settings = createSettingsReader(wx);
  const client = readClient(wx);
  /** The round that is under way may have met a network that was down; one more is a try of its own. */
  const settled = (): Promise<unknown> => flush().then((left) => left && flush());

  if (wx.onNetworkStatusChange) {
    wx.onNetworkStatusChange(({ isConnected }) => {
      if (isConnected) void flush();
    });
  }

  return {
    start: () => settings.read().then(flush),
    login,
    subscribe: createSubscribe(options, { client, reports, settings, createId, now, note }),
    remaining: (templateId) => settled().then(() => readRemaining(api, templateId)),
    remindMe: (templateId, when, data, more = {}) =>
      settled().then(() => bookReminder(wx, api, createId(), templateId, when, data, more)),
    settings: settings.read,
  };
}

/** The console of WeChat's developer tool is where notes are looked for. */
declare const console: { warn(text: string): void };

function warn(text: string): void {
  console.warn(`[qingniao] ${text}`);
}
