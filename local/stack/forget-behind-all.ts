/** Lets go of a table's changes up to one. */
export type ForgetChanges = (tableName: string, upTo: string) => void;

/**
 * For several functions that follow one table: each is given a way to say what it has been handed, and a change
 * goes once all of them have been handed it.
 */
export function forgetBehindAll(forget: ForgetChanges, followers: number): () => ForgetChanges {
  const reached = new Map<symbol, number>();
  return () => {
    const follower = Symbol();
    return (tableName, upTo) => {
      reached.set(follower, Number(upTo));
      if (reached.size < followers) return;
      forget(tableName, String(Math.min(...reached.values())));
    };
  };
}
