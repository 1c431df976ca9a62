import type { PagePlace } from '../campaigns/runs/page.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Message } from '../messages/message.ts';

/** What every change has. */
interface ChangeOf<Type extends string> {
  readonly type: Type;
  /** Names the change, the same one each time that it is delivered. */
  readonly id: string;
  /** The change's place among those of its shard; it only rises. */
  readonly sequence: bigint;
  /** When the table was changed, to the second. */
  readonly atMs: number;
}

/** Results of a run's page by the recipients' places. */
export type Results = ReadonlyMap<number, RecipientResult>;

/** Something that was stored, as it stood before and after; absent where it was not there. */
export type TableChange =
  | (ChangeOf<'ledger'> & { readonly before?: Ledger; readonly after?: Ledger })
  | (ChangeOf<'message'> & { readonly before?: Message; readonly after?: Message })
  | (ChangeOf<'run'> & { readonly before?: RunRecord; readonly after?: RunRecord })
  | (ChangeOf<'results'> & {
      readonly place: PagePlace;
      readonly before: Results;
      readonly after: Results;
      /** Whom the results are about; filled in before facts are drawn from them. */
      readonly page?: {
        readonly campaignId: string;
        readonly templateId: string;
        readonly openids: readonly string[];
      };
    });
