/** What was opened, to be closed in the reverse order. */
export interface Closing {
  /** Remembers how to close something, and hands it back. */
  add<T extends { close(): Promise<void> }>(opened: T): T;
  /** Closes everything once, also what comes after a step that failed; then throws the first failure. */
  close(): Promise<void>;
}

/** A `Closing` with nothing to close. */
export function createClosing(): Closing {
  const opened: { close(): Promise<void> }[] = [];
  return {
    add(one) {
      opened.push(one);
      return one;
    },
    async close() {
      const failures: unknown[] = [];
      for (let one = opened.pop(); one !== undefined; one = opened.pop()) {
        await one.close().catch((error) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
