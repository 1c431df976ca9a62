import { type SetTimer } from './patience.js';
import type { Wx } from './wx.js';
/** What the user has set for subscribe messages on WeChat's settings page. */
export interface SubscriptionSettings {
    /** Off means that no popup comes at all. */
    readonly mainSwitch: boolean;
    /** The choices that the user told WeChat to keep, such as `accept` or `reject`; for these no popup comes. */
    readonly kept: Readonly<Record<string, string>>;
}
/** Reads the settings and remembers what was read. */
export interface SettingsReader {
    /**
     * What is set now, or what was read last when that fails. Undefined where the client does not tell (before base
     * library 2.10.1, or when nothing was ever read). Then nothing may be concluded. Never rejects. WeChat contract §7.2.
     */
    read(): Promise<SubscriptionSettings | undefined>;
    /** What was read last. */
    last?: SubscriptionSettings | undefined;
}
/** Reads through the given `wx`. */
export declare function createSettingsReader(wx: Pick<Wx, 'getSetting'>, setTimer: SetTimer, settingsMs: number): SettingsReader;
