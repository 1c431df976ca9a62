import type { SetTimer, Timeouts } from './patience.js';
import { type Remaining } from './remaining.js';
import { type RemindOptions, type RemindOutcome, type When } from './remind-me.js';
import { type Reports } from './reports.js';
import { type Session } from './session.js';
import { type SubscriptionSettings } from './settings.js';
import { type SubscribeOptions } from './subscribe.js';
import type { SubscribeOutcome } from './subscribe-outcome.js';
import type { Transport } from './transport.js';
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
     * Asks the user. To be called straight from a tap handler, with nothing awaited before: WeChat shows no popup
     * otherwise. Never rejects; it is done when the answer is kept, which does not wait for the network.
     */
    subscribe(templateIds: readonly string[]): Promise<SubscribeOutcome>;
    /** What may still be sent to the user. @throws ServiceError */
    remaining(templateId: string): Promise<Remaining>;
    /** Books a message to the user themselves, of a template that the service opens to users. Never rejects. */
    remindMe(templateId: string, when: When, data: Readonly<Record<string, string>>, options?: RemindOptions): Promise<RemindOutcome>;
    /** What is to be counted yet. For further parts of the module, such as `subscribe-device`. */
    readonly reports: Reports;
    /** What the user has set on WeChat's settings page; undefined before base library 2.10.1. Never rejects. */
    settings(): Promise<SubscriptionSettings | undefined>;
}
/** Joins the module up; one for the whole mini program. Whenever the network comes back, what is kept is sent. */
export declare function createQingniao(options: QingniaoOptions): Qingniao;
