/** How long the module waits for each answer, in milliseconds. What comes later is not waited for. */
export interface Timeouts {
    /** For `wx.login`; 8,000 by default. */
    readonly loginMs?: number;
    /** For an answer to a request, whatever carries it; 12,000 by default. */
    readonly requestMs?: number;
    /** For `wx.getSetting`; 3,000 by default. A report waits for it. */
    readonly settingsMs?: number;
    /** For the user's answer to the popup; 120,000 by default. A later answer is still counted. */
    readonly popupMs?: number;
}
/** Calls back after some milliseconds, as `setTimeout` does. */
export type SetTimer = (callback: () => void, ms: number) => unknown;
/**
 * Turns a call with two callbacks into a promise. Some callbacks of WeChat's never come, so that it rejects after
 * `timeoutMs` (WeChat contract §7.3).
 */
export declare function answerOf<T>(setTimer: SetTimer, timeoutMs: number, call: (success: (answer: T | PromiseLike<T>) => void, fail: (failure: unknown) => void) => unknown): Promise<T>;
