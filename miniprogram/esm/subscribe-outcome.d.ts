import type { SubscriptionSettings } from './settings.js';
import type { SubscribeError } from './subscribe-error.js';
/** What the user answered for one template. */
export interface TemplateAnswer {
    /**
     * - `accepted`: one message more, or a long-term subscription
     * - `rejected`: declined, left unticked, or the whole popup cancelled
     * - `banned`: WeChat has banned the template
     * - `filtered`: dropped, because another template of the same popup has the same title
     * - `unknown`: WeChat said nothing about it, or something that is not documented
     */
    readonly status: 'accepted' | 'rejected' | 'banned' | 'filtered' | 'unknown';
    /** No popup came, because an "always keep" known of before answered; undefined if the client does not tell. */
    readonly silent: boolean | undefined;
    /** WeChat's own word, such as `accept` or `acceptWithAlert`; empty if there was none. */
    readonly word: string;
}
/** Why the user should be led to the settings: show `<subscribe-guide reason="…">`. */
export type GuideReason = 'main-switch' | 'kept-reject';
/** What the user answered. */
export interface Answered {
    readonly type: 'answered';
    /** One answer for each template that was asked for. */
    readonly answers: Readonly<Record<string, TemplateAnswer>>;
    /** The templates that were accepted. */
    readonly accepted: readonly string[];
    /** The templates that were answered without a popup, as far as the client tells. */
    readonly silent: readonly string[];
    /** Templates that did not fit into this popup: they are asked for first at the next tap with the same list. */
    readonly left: readonly string[];
    readonly guide: GuideReason | undefined;
}
/** The user could not be asked. */
export interface NotAsked {
    readonly type: 'failed';
    readonly error: SubscribeError;
    readonly guide: GuideReason | undefined;
}
/** What came of `subscribe`. */
export type SubscribeOutcome = Answered | NotAsked;
/** The words of WeChat's of which the meaning is known, by template: what the service is told. */
export declare function knownWords(words: unknown, asked: readonly string[]): Readonly<Record<string, string>>;
/**
 * What WeChat's words mean. A word came silently when it was the kept choice before the popup and after it. Where the
 * settings before are not known it did not: the user may have ticked "always keep" this very moment.
 */
export declare function answered(words: unknown, known: Readonly<Record<string, string>>, asked: readonly string[], left: readonly string[], before: SubscriptionSettings | undefined, after: SubscriptionSettings | undefined): Answered;
