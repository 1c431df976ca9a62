import type { Count } from './counts.ts';

/** Adds to the statistics what a group of changes counts, once however often the group comes. */
export interface StatisticsWriter {
  /**
   * `groupId` names the first change of the group, which is the same each time; a group that comes again may have grown at its end.
   * `countsAfter` says what those changes count that come after the one at `sequence`.
   */
  add(group: {
    readonly groupId: string;
    readonly upTo: bigint;
    readonly countsAfter: (sequence: bigint | undefined) => readonly Count[];
  }): Promise<void>;
}
