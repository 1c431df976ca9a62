/** Few changes are kept however seldom some go, and each time the engine's writes wait. */
const AT_ONCE = 1_000;

/** Lets go of a table's changes up to one. */
export type ForgetChanges = (tableName: string, upTo: string) => void;

/**
 * For several functions that follow one table: each is given a way to say what it has been handed, and a change
 * goes once all of them have been handed it, and {@link AT_ONCE} others with it.
 */
export function forgetBehindAll(forget: ForgetChanges, followers: number): () => ForgetChanges {
  const reached = new Map<symbol, number>();
  let forgotten = 0;
  return () => {
    const follower = Symbol();
    return (tableName, upTo) => {
      reached.set(follower, Number(upTo));
      if (reached.size < followers) return;
      const behindAll = Math.min(...reached.values());
      if (behindAll < forgotten + AT_ONCE) return;
      forgotten = behindAll;
      forget(tableName, String(behindAll));
    };
  };
}
