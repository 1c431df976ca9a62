import type { Api } from './api.ts';
import { infoOf } from './base-library.ts';
import type { Device } from './reports.ts';
import type { ServiceError } from './service-error.ts';
import { assign, having, memberOf, textOf } from './values.ts';
import type { Wx } from './wx.ts';

/** A moment; also as epoch milliseconds or RFC 3339. */
type Moment = Date | number | string;

/** When a reminder leaves; null means now. */
export type When = Moment | null;

/** What a reminder may be given besides its data. */
export interface RemindOptions {
  /** Of a device template: the device that it is about. */
  readonly device?: Device;
  /** The page that the card opens, with its query. */
  readonly page?: string;
  /** Shorten and reformat values that break a rule, where that keeps their meaning. */
  readonly fit?: boolean;
  readonly lang?: 'zh_CN' | 'en_US' | 'zh_HK' | 'zh_TW';
  /** The version of the mini program that the card opens; without it, the one that runs. */
  readonly miniprogramState?: 'developer' | 'trial' | 'formal';
  /** Names this reminder: booked twice under one key, it is one. Up to 255 visible ASCII characters. */
  readonly key?: string;
  /** What has not left by then is not sent any more, and its grant comes back. */
  readonly expiresAt?: Moment;
  /** The reminder takes the place, and the grant, of one of this template that waits under the same key. */
  readonly collapseKey?: string;
}

/** A reminder as it was booked. */
export interface BookedMessage {
  readonly id: string;
  readonly status: string;
  /** RFC 3339. */
  readonly sendAt: string;
  /** What `fit` changed. */
  readonly fitted?: readonly { readonly key: string; readonly from: string; readonly to: string }[];
}

/** What came of `remindMe`. */
export type RemindOutcome =
  | { readonly type: 'booked'; readonly message: BookedMessage }
  /** With code `no-grant` the user has to allow it first; with `invalid-data` `errors` names each field that breaks a rule. */
  | { readonly type: 'failed'; readonly error: ServiceError };

type Body = { -readonly [O in keyof RemindOptions]: RemindOptions[O] | string | undefined } & {
  to?: string;
  sendAt?: string;
};

const STATES: Readonly<Record<string, string>> = { develop: 'developer', trial: 'trial', release: 'formal' };

/** Books a message of the user to themselves. A request whose answer got lost is sent again under the same key. */
export function bookReminder(
  wx: Wx,
  api: Api,
  key: string,
  templateId: string,
  when: When,
  data: Readonly<Record<string, string>>,
  options: RemindOptions | undefined,
): Promise<RemindOutcome> {
  const account = memberOf(infoOf(wx, 'getAccountInfoSync'), 'miniProgram');
  // Of the version that runs, so that a card of the trial version opens the trial version.
  const body: Body = assign(assign({ miniprogramState: STATES[textOf(account, 'envVersion')] }, options), {
    templateId,
    data,
  });
  delete body.key;
  if (when !== null) body.sendAt = momentOf(when);
  if (body.expiresAt) body.expiresAt = momentOf(body.expiresAt);
  const attempt = (): Promise<BookedMessage> =>
    api((session) => {
      if (session) body.to = session.openid;
      return {
        method: 'POST',
        path: '/v1/messages',
        idempotencyKey: textOf(options, 'key') || key,
        body,
      };
    }, having<BookedMessage>('id'));
  return attempt()
    .catch((error: ServiceError) => {
      if (error.status && error.status < 500) throw error;
      return attempt();
    })
    .then(
      (message): RemindOutcome => ({ type: 'booked', message }),
      (error: ServiceError): RemindOutcome => ({ type: 'failed', error }),
    );
}

/** In RFC 3339. What is no moment becomes null, which the service refuses in words. */
function momentOf(moment: Moment): string {
  return typeof moment === 'string' ? moment : new Date(+moment).toJSON();
}
