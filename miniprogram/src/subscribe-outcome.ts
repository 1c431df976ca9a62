import type { SubscriptionSettings } from './settings.ts';
import type { SubscribeError } from './subscribe-error.ts';
import { textOf } from './values.ts';

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
  /** No popup came, because an earlier "always keep" answered; undefined if the client does not tell. */
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

/** WeChat's words of which the meaning is known. */
const WORDS = /^(accept[A-Za-z]*|reject|ban|filter)$/;

const STATUS: Readonly<Record<string, TemplateAnswer['status']>> = {
  reject: 'rejected',
  ban: 'banned',
  filter: 'filtered',
};

/** What the service is told; undefined when there is nothing that it would take. */
export function reportable(
  words: unknown,
  asked: readonly string[],
): Readonly<Record<string, string>> | undefined {
  let results: Record<string, string> | undefined;
  asked.forEach((id) => {
    const word = textOf(words, id);
    if (!WORDS.test(word)) return;
    results = results || {};
    results[id] = word;
  });
  return results;
}

/**
 * What WeChat's words mean. A choice that is kept after the popup was kept before it too, and so came silently, unless
 * the settings are known to have been without it: then the user has ticked "always keep" this very moment.
 */
export function answered(
  words: unknown,
  asked: readonly string[],
  left: readonly string[],
  before: SubscriptionSettings | undefined,
  after: SubscriptionSettings | undefined,
): Answered {
  const answers: Record<string, TemplateAnswer> = {};
  const silent = asked.filter((id) => {
    const word = textOf(words, id);
    const isKept = after && after.kept[id] === word && (!before || before.kept[id] === word);
    const status = STATUS[word] || (WORDS.test(word) ? 'accepted' : 'unknown');
    answers[id] = { status, silent: isKept, word };
    return isKept;
  });
  const having = (ids: readonly string[], status: TemplateAnswer['status']): readonly string[] =>
    ids.filter((id) => answers[id]?.status === status);
  const guide =
    after && !after.mainSwitch ? 'main-switch' : having(silent, 'rejected')[0] ? 'kept-reject' : undefined;
  return { type: 'answered', answers, accepted: having(asked, 'accepted'), silent, left, guide };
}
