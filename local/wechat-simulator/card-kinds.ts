/** What one state of a card demands (WeChat contract §8.2b). */
export interface CardState {
  /** Whether a card may be activated in it. */
  readonly first: boolean;
  /** The states that may come before it. */
  readonly after: readonly number[];
  readonly required: readonly string[];
}

/** One kind of card. States that no copy of its page shows are taken in any order. */
export interface CardKind {
  readonly source: 'order' | 'button';
  readonly states: ReadonlyMap<number, CardState>;
}

const PATH = 'wxa_path_query';
const GOODS = ['product_count', 'product_list', PATH];
const QUEUE = ['queue_number', 'current_number', PATH];
const WAIT = ['min_wait_time', 'max_wait_time'];
const PARCEL = ['sender_city', 'receiver_city', 'sender_name', 'receiver_name', PATH];

type Row = readonly [status: number, first: boolean, after: readonly number[], required?: readonly string[]];

function kind(source: CardKind['source'], ...rows: readonly Row[]): CardKind {
  const states = rows.map(
    ([status, first, after, required = [PATH]]) => [status, { first, after, required }] as const,
  );
  return { source, states: new Map(states) };
}

/**
 * The kinds by `notify_type`. Rows are those of the pages; from state 5 on, those of 2001 are from code that
 * somebody published (WeChat contract §8.2b).
 */
export const CARD_KINDS: ReadonlyMap<number, CardKind> = new Map([
  [
    1001,
    kind(
      'button',
      [1, true, [1], ['car_kind_count', PATH]],
      [2, true, [1, 2, 4], ['license_plate', 'arrival_time', PATH]],
      [3, false, [1, 2, 4, 5, 6]],
    ),
  ],
  [1003, kind('button', [1, true, [], GOODS], [2, true, [1, 2], GOODS])],
  [1004, kind('button', [1, true, [], GOODS])],
  [1005, kind('button', [1, true, [1], [...QUEUE, ...WAIT]], [2, true, [1, 2], QUEUE])],
  [
    2001,
    kind(
      'order',
      [1, true, [7], GOODS],
      [2, true, [1, 7], GOODS],
      [3, true, [1, 2, 3, 7]],
      [4, true, [1, 2, 3, 7]],
      [5, false, [3, 4, 7]],
      [6, false, [4, 5, 7]],
      [7, false, [1, 2, 3, 4, 5, 6]],
      [8, false, [1, 2, 3, 4, 5, 6, 7]],
      [9, false, [7]],
      [10, false, [1, 2, 7]],
      [11, false, [7]],
    ),
  ],
  [2003, kind('order', [1, true, [7], GOODS], [2, true, [1, 7], GOODS])],
  [2004, kind('order', [1, true, [1], PARCEL], [2, true, [1, 2], PARCEL], [3, true, [1, 2, 3]])],
  [2007, kind('order', [1, true, [6], GOODS])],
  ...[2002, 2005, 2006, 2008, 2009, 2010, 2011].map((type) => [type, kind('order')] as const),
]);
