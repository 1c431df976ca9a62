const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Where a card's code comes from: the number of a pay order, or a button of the mini program. */
type CodeSource = 'order' | 'button';

/** From which states WeChat lets a card come into one state (WeChat contract §8.2b). */
export interface StateRow {
  /** Whether a card may be activated in it. Absent where no copy of the page shows it. */
  readonly first?: boolean;
  /** The states that may come before it. */
  readonly after: readonly number[];
  /** The row is not from a page but from code that somebody published. It makes a warning at the most. */
  readonly seen?: true;
}

/** What WeChat's pages say of one kind of card. */
interface CardKind {
  readonly source: CodeSource;
  /** By the number of the state. A state that is missing is not known, and anything may come before it. */
  readonly states: Readonly<Record<number, StateRow>>;
}

const order = (states: CardKind['states'] = {}): CardKind => ({ source: 'order', states });
const button = (states: CardKind['states'] = {}): CardKind => ({ source: 'button', states });
const seen = (...after: readonly number[]): StateRow => ({ after, seen: true });

/** The kinds of cards by `notify_type`, with the rows that copies of their pages show (WeChat contract §8.2b). */
const KINDS: Readonly<Record<number, CardKind>> = {
  1001: button({
    1: { first: true, after: [1] },
    2: { first: true, after: [1, 2, 4] },
    3: { first: false, after: [1, 2, 4, 5, 6] },
  }),
  1003: button({ 1: { first: true, after: [] }, 2: { first: true, after: [1, 2] } }),
  1004: button({ 1: { first: true, after: [] } }),
  1005: button({ 1: { first: true, after: [1] }, 2: { first: true, after: [1, 2] } }),
  2001: order({
    1: { first: true, after: [7] },
    2: { first: true, after: [1, 7] },
    3: { after: [1, 2, 3, 7] },
    4: { after: [1, 2, 3, 7] },
    5: seen(3, 4, 7),
    6: seen(4, 5, 7),
    7: seen(1, 2, 3, 4, 5, 6),
    8: seen(1, 2, 3, 4, 5, 6, 7),
    9: seen(7),
    10: seen(1, 2, 7),
    11: seen(7),
  }),
  2002: order({ 1: { first: true, after: [7] }, 2: { first: true, after: [1, 7] } }),
  2003: order({ 1: { first: true, after: [7] }, 2: { first: true, after: [1, 7] } }),
  2004: order({
    1: { first: true, after: [1] },
    2: { first: true, after: [1, 2] },
    3: { after: [1, 2, 3] },
  }),
  2005: order({ 1: { first: true, after: [1, 7] } }),
  2006: order({ 1: { first: true, after: [10] }, 2: { first: true, after: [1, 2, 10] } }),
  2007: order({ 1: { first: true, after: [6] } }),
  2008: order({ 1: { first: true, after: [7] }, 2: { first: true, after: [1, 7] } }),
  2009: order(),
  2010: order({ 1: { after: [8, 11] } }),
  2011: order({ 1: { first: true, after: [6, 8] }, 2: { first: true, after: [1, 6, 8] } }),
};

/** Every kind that WeChat's overview lists. */
export const KNOWN_TYPES: readonly number[] = Object.keys(KINDS).map(Number);

/** Where the code of this kind of card comes from; undefined for a kind that no page lists. */
export function codeSourceOf(notifyType: number): CodeSource | undefined {
  return KINDS[notifyType]?.source;
}

/** What may come before a state; undefined where no page says so. */
export function stateRow(notifyType: number, status: number): StateRow | undefined {
  return KINDS[notifyType]?.states[status];
}

/** An order can be activated for a day after it was paid, a tap for five minutes (WeChat contract §8.2). */
const ACTIVATION_MS = { order: DAY_MS, button: 5 * MINUTE_MS };
/** From its activation on a card can be changed for so long (WeChat contract §8.2). */
const CHANGES_MS = { order: 30 * DAY_MS, button: DAY_MS };

/** Until when a card may be activated. A kind that no page lists gets the longest time. */
export function activationEndsAtMs(notifyType: number, sinceMs: number): number {
  return sinceMs + ACTIVATION_MS[codeSourceOf(notifyType) ?? 'order'];
}

/** Until when an activated card may be changed. A kind that no page lists gets the longest time. */
export function changesEndAtMs(notifyType: number, activatedAtMs: number): number {
  return activatedAtMs + CHANGES_MS[codeSourceOf(notifyType) ?? 'order'];
}
