/**
 * Does `work` every `everyMs`, never twice at the same time. A failure is dropped: the next turn tries again.
 * `close()` resolves when the last one has ended.
 */
export function repeat(work: () => Promise<unknown>, everyMs: number): { close(): Promise<void> } {
  let working: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    working ??= work()
      .catch(() => undefined)
      .finally(() => {
        working = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}
