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
const STAY = ['product_list', 'check_in_time', 'check_out_time', PATH];
const JOURNEY = ['traffic_no', 'planned_departure_time', 'planned_arrival_time', PATH];
const TICKET = ['product_list', PATH];
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
  [2002, kind('order', [1, true, [7], GOODS], [2, true, [1, 7], GOODS])],
  [2003, kind('order', [1, true, [7], GOODS], [2, true, [1, 7], GOODS])],
  [2004, kind('order', [1, true, [1], PARCEL], [2, true, [1, 2], PARCEL], [3, true, [1, 2, 3]])],
  [2005, kind('order', [1, true, [1, 7], GOODS])],
  [2006, kind('order', [1, true, [10], GOODS], [2, true, [1, 2, 10], GOODS])],
  [2007, kind('order', [1, true, [6], GOODS])],
  [2008, kind('order', [1, true, [7], STAY], [2, true, [1, 7], STAY])],
  [2009, kind('order')],
  [2010, kind('order', [1, true, [8, 11], JOURNEY])],
  [2011, kind('order', [1, true, [6, 8], TICKET], [2, true, [1, 6, 8], TICKET])],
]);

/**
 * The templates of the kinds, by their tid (WeChat contract §8.2b), with a title each. Those of kinds with a button
 * are ours: no copy of a page shows WeChat's.
 */
export const CARD_TEMPLATES: ReadonlyMap<string, string> = new Map([
  ['10000001', '购物(实体物流)服务动态'],
  ['10000002', '购物(自提)服务动态'],
  ['10000003', '购物(虚拟发货)服务动态'],
  ['10000004', '快递寄送服务动态'],
  ['10000005', '保险购买服务动态'],
  ['10000006', '购物&餐饮(同城配送)服务动态'],
  ['10000007', '购物&餐饮&本地生活(等候领取)服务动态'],
  ['10000017', '打车服务动态'],
  ['10000018', '餐厅排队服务动态'],
  ['10000019', '同城配送服务动态'],
  ['10000020', '取餐服务动态'],
  ['10000021', '酒店预订服务动态'],
  ['10000022', '火车票、汽车票、船票服务动态'],
  ['10000024', '机票服务动态'],
  ['10000029', '景区门票服务动态'],
]);
