/** Who speaks to whom. */
export type Way = 'onPhone' | 'toService' | 'fromBackend' | 'backendToWeChat' | 'toWeChat' | 'fromWeChat';

/** How a call ended. */
export interface End {
  readonly ok: boolean;
  /** In a word: an HTTP status, an errcode. */
  readonly end: string;
  readonly answer?: unknown;
}

/** One call, or one event, of all that happens underneath. */
export interface Row extends Partial<End> {
  readonly id: string;
  /** When it began; epoch milliseconds. */
  readonly atMs: number;
  readonly way: Way;
  /** The call: a method and a path, a function of `wx`, the name of an event. */
  readonly name: string;
  readonly request?: unknown;
  /** A command that does the same. */
  readonly curl?: string;
}

/** What is known of a call when it begins. */
export type Begun = Omit<Row, 'id' | 'atMs' | keyof End>;

/** Notes that a call begins; what it gives notes its end. */
export type Begin = (begun: Begun) => (end: End) => void;

/** What came first where two things began in the same millisecond. */
const ORDER: readonly Way[] = [
  'onPhone',
  'toService',
  'fromBackend',
  'backendToWeChat',
  'toWeChat',
  'fromWeChat',
];
const KEPT = 80;

/** Keeps the latest rows in the order in which they began, and tells of each change. */
export function createRows(changed: (rows: readonly Row[]) => void) {
  let rows: readonly Row[] = [];
  let number = 0;

  function put(...some: readonly Row[]): void {
    const ids = new Set(some.map(({ id }) => id));
    rows = [...rows.filter(({ id }) => !ids.has(id)), ...some]
      .toSorted((one, other) => one.atMs - other.atMs || ORDER.indexOf(one.way) - ORDER.indexOf(other.way))
      .slice(-KEPT);
    changed(rows);
  }

  const begin: Begin = (begun) => {
    number += 1;
    const row: Row = { ...begun, id: `own-${number}`, atMs: Date.now() };
    put(row);
    return (end) => put({ ...row, ...end });
  };
  return { put, begin };
}
