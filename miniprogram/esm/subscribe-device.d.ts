import { type Advice } from './advice.js';
import { type SetTimer } from './patience.js';
import type { Qingniao } from './qingniao.js';
import type { Device } from './reports.js';
import { type SubscribeErrorCode } from './subscribe-error.js';
import { type Answered, type GuideReason } from './subscribe-outcome.js';
import type { WxFailure } from './wx.js';
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
export type DeviceErrorCode = SubscribeErrorCode
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
export type SubscribeDeviceOutcome = Answered | {
    readonly type: 'failed';
    readonly error: {
        readonly code: DeviceErrorCode;
        readonly tell: Advice;
        readonly message: string;
    };
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
/**
 * Makes the function that asks the user about a device. To be called straight from a tap handler, with a ticket that was
 * fetched before. Never rejects; it is done when the answer is kept, which does not wait for the network.
 */
export declare function createSubscribeDevice(options: SubscribeDeviceOptions): (templateIds: readonly string[], device: DeviceWithTicket) => Promise<SubscribeDeviceOutcome>;
