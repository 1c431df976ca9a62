import type { BookedNotes } from '../../lib/delivery/dispatch-due.ts';
import type { BookedNote, BookNote } from '../../lib/messages/send-job.ts';
import { SHARDS, shardOf } from './due-index.ts';
import type { Process, Processes } from './processes.ts';

/** Small, so that a page is full now and then. */
const PAGE_SIZE = 3;

/** The notes of booked messages in the table, and how far each shard's cursor has come. */
export function createSimulatedNotes(processes: Processes, written: () => void) {
  const notes = SHARDS.map((): { place: string; note: BookedNote }[] => []);
  const cursors = SHARDS.map(() => '');

  const placeOf = ({ dueAtMs, messageId }: BookedNote) => `${String(dueAtMs).padStart(16, '0')}#${messageId}`;
  const behind = (shard: number, after: string) => notes[shard]!.filter(({ place }) => place > after);
  const behindCursor = (shard: number) => behind(shard, cursors[shard]!);

  function put(note: BookedNote): void {
    const ofShard = notes[shardOf(note.messageId)]!;
    ofShard.push({ place: placeOf(note), note });
    ofShard.sort((one, other) => (one.place < other.place ? -1 : 1));
    written();
  }

  function next(shard: number, beforeMs: number, after = cursors[shard]!) {
    const page = behind(shard, after)
      .filter(({ note }) => note.dueAtMs < beforeMs)
      .slice(0, PAGE_SIZE);
    const last = page.at(-1);
    return { notes: page.map(({ note }) => note), ...(last && { place: last.place }) };
  }

  function moveCursor(shard: number, place: string): void {
    if (place > cursors[shard]!) cursors[shard] = place;
  }

  return {
    /** The notes that no cursor has passed. */
    waiting: (): readonly BookedNote[] =>
      SHARDS.flatMap((shard) => behindCursor(shard).map(({ note }) => note)),
    ports: (process: Process): { bookNote: BookNote; bookedNotes: BookedNotes } => ({
      bookNote: (note) => processes.call(process, 'book note', () => put(note)),
      bookedNotes: {
        shards: SHARDS,
        next: (shard, beforeMs, after) =>
          processes.call(process, 'next notes', () => next(shard, beforeMs, after)),
        moveCursor: (shard, place) => processes.call(process, 'move cursor', () => moveCursor(shard, place)),
      },
    }),
  };
}
