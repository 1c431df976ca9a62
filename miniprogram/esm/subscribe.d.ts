import { type SetTimer } from './patience.js';
import type { Reports } from './reports.js';
import type { SettingsReader } from './settings.js';
import type { StandIn } from './stand-in.js';
import { type SubscribeOutcome } from './subscribe-outcome.js';
import type { Wx } from './wx.js';
/** What the owner decides about asking. */
export interface SubscribeOptions {
    readonly wx: Wx;
    /** The templates that are long-term, frequency-limited ones among them, so that they are never asked for together with one-time ones. */
    readonly longTerm?: readonly string[];
    /** Answers in the popup's place in WeChat's developer tool, and nowhere else. Its answers are not reported. */
    readonly standIn?: StandIn;
}
/** Makes the function that asks the user. It reaches `wx.requestSubscribeMessage` in the same call stack. */
export declare function createSubscribe(options: SubscribeOptions, reports: Reports, settings: SettingsReader, setTimer: SetTimer, popupMs: number, now: () => number, note: (text: string) => unknown): (templateIds: readonly string[]) => Promise<SubscribeOutcome>;
