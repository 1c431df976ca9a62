import type { Api } from './api.js';
import type { Device } from './reports.js';
import type { ServiceError } from './service-error.js';
import type { Wx } from './wx.js';
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
    readonly fitted?: readonly {
        readonly key: string;
        readonly from: string;
        readonly to: string;
    }[];
}
/** What came of `remindMe`. */
export type RemindOutcome = {
    readonly type: 'booked';
    readonly message: BookedMessage;
}
/** With code `no-grant` the user has to allow it first; with `invalid-data` `errors` names each field that breaks a rule. */
 | {
    readonly type: 'failed';
    readonly error: ServiceError;
};
/** Books a message of the user to themselves. A request whose answer got lost is sent again under the same key. */
export declare function bookReminder(wx: Wx, api: Api, key: string, templateId: string, when: When, data: Readonly<Record<string, string>>, options: RemindOptions | undefined): Promise<RemindOutcome>;
export {};
