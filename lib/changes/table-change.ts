import type { Recipient } from '../campaigns/campaign.ts';
import type { PagePlace } from '../campaigns/runs/page.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Message } from '../messages/message.ts';

/** What every change has. */
interface ChangeOf<Type extends string> {
  readonly type: Type;
  /** Names the write, the same each time that it is told of; no other has the same. */
  readonly id: string;
  /** When the table was changed, to the second. */
  readonly atMs: number;
}

/** Results of a run's page by the recipients' places. */
type Results = ReadonlyMap<number, RecipientResult>;

/** Whom the results of a run's page are about, and what they were sent. */
export interface SentPage {
  readonly run: RunRecord;
  readonly recipients: readonly Recipient[];
}

/** Results of a run's page that were written. */
export interface ResultsChange extends ChangeOf<'results'> {
  readonly place: PagePlace;
  readonly before: Results;
  readonly after: Results;
  /** Filled in before anything is drawn from the results. */
  readonly page?: SentPage;
}

/** Something that was stored, as it stood before and after; absent where it was not there. */
export type TableChange =
  | (ChangeOf<'ledger'> & { readonly before?: Ledger; readonly after?: Ledger })
  | (ChangeOf<'message'> & { readonly before?: Message; readonly after?: Message })
  | (ChangeOf<'run'> & { readonly before?: RunRecord; readonly after?: RunRecord })
  | ResultsChange;

/** The recipients who stand somewhere else than before, in the order of their places. */
export function movedResults({
  before,
  after,
}: Pick<ResultsChange, 'before' | 'after'>): readonly (readonly [number, RecipientResult])[] {
  return [...after].filter(([index, { state }]) => state !== before.get(index)?.state);
}
