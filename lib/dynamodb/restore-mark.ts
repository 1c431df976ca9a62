import type { Item } from './items.ts';

/**
 * The attribute that a restore leaves in what it writes. Whoever writes the item next drops it, or keeps it
 * as it is.
 */
export const RESTORED_BY = 'restoredBy';

/** Its value in an item that the restore deletes next. */
export const RESTORE_DELETES = 'deletes';

/**
 * Whether a change was made by a restore: what it brings back was counted and told of when it first happened.
 */
export function isOfRestore(before: Item | undefined, after: Item | undefined): boolean {
  const was = before?.[RESTORED_BY];
  if (!after) return was === RESTORE_DELETES;
  const is = after[RESTORED_BY];
  return is !== undefined && is !== was;
}
