import * as v from 'valibot';
import type { CountedChange } from '../stream/counts.ts';
import { getItems } from './items.ts';
import { statisticsMarkKey } from './keys.ts';
import type { Table } from './table.ts';

/*
 * Before 0.2.0 the function that publishes counted too, and marked each change that it had counted. When a stage is
 * upgraded, the stream brings its changes of the last day to the function that counts now.
 */

/** So much of an id was marked. */
const MARKED_LENGTH = 16;
const marksItem = v.object({ pk: v.string(), marked: v.set(v.string()) });

/** Leaves out what the earlier version counted. It counted nothing after this process had begun. */
export async function withoutFormerlyCounted(
  table: Table,
  changes: readonly CountedChange[],
  beganAtMs: number,
): Promise<readonly CountedChange[]> {
  const keys = new Map(
    changes
      .filter(({ atMs }) => atMs < beganAtMs)
      .map((change) => statisticsMarkKey(table, change))
      .map((key) => [key.pk, key]),
  );
  const found = await getItems(table, [...keys.values()], { consistent: false });
  const items = found.map((item) => v.parse(marksItem, item));
  const marks = new Map(items.map(({ pk, marked }) => [pk, marked]));
  return changes.filter(
    (change) => !marks.get(statisticsMarkKey(table, change).pk)?.has(change.id.slice(0, MARKED_LENGTH)),
  );
}
