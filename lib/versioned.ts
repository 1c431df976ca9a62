/**
 * A value as it stands in the table, with the version that was read. Writing it back succeeds only if nobody
 * wrote in between; `version` is undefined for what is not stored yet.
 */
export interface Versioned<T> {
  readonly value: T;
  readonly version: string | undefined;
  /** Of a changed value: what was read at that version, so that a write can say what is new. */
  readonly before?: T;
}

/** The same stored thing with another value, to be written over the version that was read. */
export function updated<T>({ value: read, version, before = read }: Versioned<T>, value: T): Versioned<T> {
  return { value, version, before };
}
