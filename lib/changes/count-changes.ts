import { type Count, countsOf } from './counts.ts';
import type { StatisticsWriter } from './statistics-writer.ts';
import type { TableChange } from './table-change.ts';

/** So many changes are counted together at the most. */
const CHANGES_PER_GROUP = 20;
/** What these add to fits into one transaction of a hundred writes: each may add to a quarter and to a stock. */
const COUNTS_PER_GROUP = 45;

/**
 * Parts the changes of a batch into groups that are counted in one step each. Where a group begins depends on the changes before it
 * alone, so that a batch that comes again, and has grown at its end, has the same groups up to the last.
 */
export function groupsOf(changes: readonly TableChange[]): readonly (readonly TableChange[])[] {
  const groups: TableChange[][] = [];
  let counts = Number.POSITIVE_INFINITY;
  for (const change of changes) {
    const own = countsOf(change).length;
    const group = groups.at(-1);
    if (group && group.length < CHANGES_PER_GROUP && counts + own <= COUNTS_PER_GROUP) {
      group.push(change);
      counts += own;
    } else {
      groups.push([change]);
      counts = own;
    }
  }
  return groups;
}

/** Counts a group. A single change that adds to more than fits into one step, such as the erasure of a user, is counted in parts. */
export async function count(statistics: StatisticsWriter, group: readonly TableChange[]): Promise<void> {
  const [first] = group;
  const last = group.at(-1);
  if (!first || !last) return;
  const countsAfter = (sequence = -1n) =>
    group.filter((change) => change.sequence > sequence).flatMap(countsOf);
  const parts = Math.ceil(countsAfter().length / COUNTS_PER_GROUP);
  for (let part = 0; part < parts; part++) {
    const slice = (counts: readonly Count[]) =>
      parts === 1 ? counts : counts.slice(part * COUNTS_PER_GROUP, (part + 1) * COUNTS_PER_GROUP);
    await statistics.add({
      groupId: parts === 1 ? first.id : `${first.id}#${part}`,
      upTo: last.sequence,
      countsAfter: (sequence) => slice(countsAfter(sequence)),
    });
  }
}
