import type { Card } from './card.ts';
import { contentStatusOf } from './card-content.ts';
import { type StateRow, stateRow } from './card-kinds.ts';

/**
 * Whether a card may come from one state into another. `unlikely`: not by what somebody published. `unknown`:
 * no page says so, which is also how a state is repeated that does not name itself.
 */
export type Transition = 'allowed' | 'forbidden' | 'unlikely' | 'unknown';

/** Whether a card may come into state `to`. `from` is undefined for a card that is not active yet. */
export function transitionBetween(notifyType: number, from: number | undefined, to: number): Transition {
  const row = stateRow(notifyType, to);
  if (!row) return 'unknown';
  if (from === undefined) return row.first === undefined ? 'unknown' : transitionOf(row.first, row);
  if (row.after.includes(from)) return 'allowed';
  return from === to ? 'unknown' : transitionOf(false, row);
}

function transitionOf(isAllowed: boolean, { seen }: StateRow): Transition {
  if (isAllowed) return 'allowed';
  return seen ? 'unlikely' : 'forbidden';
}

/** The state that WeChat has the card in; undefined before its activation, and for a content that names none. */
export function acceptedStatus({ accepted }: Pick<Card, 'accepted'>): number | undefined {
  return accepted === undefined ? undefined : contentStatusOf(accepted);
}

/**
 * What of the waiting contents has to be sent so that `last` can follow: as few as WeChat's order of states
 * allows, most often `last` alone.
 *
 * @param from the state that the card will be in before them; undefined before its activation
 */
export function shortestWay(
  notifyType: number,
  from: number | undefined,
  waiting: readonly string[],
  last: string,
): readonly string[] {
  // Breadth first: a way with fewer steps is found before one with more.
  let ways: readonly (readonly string[])[] = [[]];
  while (ways.length > 0) {
    const found = ways.find((way) => leadsOn(notifyType, stateAfter(way, from), last));
    if (found) return [...found, last];
    ways = ways.flatMap((way) => longerWays(notifyType, from, way, waiting));
  }
  return [last];
}

function longerWays(
  notifyType: number,
  from: number | undefined,
  way: readonly string[],
  waiting: readonly string[],
): readonly (readonly string[])[] {
  const begun = way.at(-1);
  const rest = begun === undefined ? waiting : waiting.slice(waiting.lastIndexOf(begun) + 1);
  return rest
    .filter((next) => leadsOn(notifyType, stateAfter(way, from), next))
    .map((next) => [...way, next]);
}

function stateAfter(way: readonly string[], from: number | undefined): number | undefined {
  const last = way.at(-1);
  return last === undefined ? from : contentStatusOf(last);
}

function leadsOn(notifyType: number, from: number | undefined, content: string): boolean {
  const to = contentStatusOf(content);
  if (to === undefined) return true;
  const step = transitionBetween(notifyType, from, to);
  return step === 'allowed' || step === 'unknown';
}
