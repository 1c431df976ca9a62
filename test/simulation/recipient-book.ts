import { readRecipientSendId } from '../../lib/campaigns/runs/recipient-port.ts';
import type { RecipientResult } from '../../lib/campaigns/runs/results.ts';
import { runMark } from './run-ports.ts';
import type { TableWrite } from './table.ts';

/** A recipient of a run by what was written of them. */
export interface KnownRecipient {
  readonly sendId: string;
  readonly runId: string;
  readonly openid: string;
  /** Their name was taken out of the batch, so that no worker finds what their claim says. */
  isErased: boolean;
  result?: RecipientResult;
}

/**
 * Remembers who stands where in the batches of runs, also once their names were erased, and what became of
 * them.
 */
export function createRecipientBook() {
  const byName = new Map<string, KnownRecipient>();
  const byUser = new Map<string, KnownRecipient[]>();
  const nameOf = ({ runId, shard, start }: { runId: string; shard: number; start: string }, index: number) =>
    `${runId} ${shard} ${start} ${index}`;

  return {
    batchWritten({ key, batch }: NonNullable<TableWrite['batch']>): void {
      for (const [index, { openid }] of batch.recipients.entries()) {
        const known = byName.get(nameOf(key, index));
        if (known) {
          known.isErased = known.openid !== openid;
          continue;
        }
        const { runId } = key;
        const recipient = { sendId: recipientSendKey(runId, openid), runId, openid, isErased: false };
        byName.set(nameOf(key, index), recipient);
        byUser.set(openid, [...(byUser.get(openid) ?? []), recipient]);
      }
    },
    /** Answers those of whom something is new, with what was known of them. */
    resultsWritten({ key, after }: NonNullable<TableWrite['results']>) {
      const news: { recipient: KnownRecipient; before: RecipientResult | undefined }[] = [];
      for (const [index, result] of after.results) {
        const recipient = byName.get(nameOf(key, index));
        if (!recipient) continue;
        const before = recipient.result;
        recipient.result = result;
        if (before?.state !== result.state) news.push({ recipient, before });
      }
      return news;
    },
    ofUser: (openid: string): readonly KnownRecipient[] => byUser.get(openid) ?? [],
    all: (): Iterable<KnownRecipient> => byName.values(),
  };
}

/** What is remembered of recipients. */
export type RecipientBook = ReturnType<typeof createRecipientBook>;

/** What the requests of a recipient are known by. */
function recipientSendKey(runId: string, openid: string): string {
  return `${runMark(runId)} ${openid}`;
}

/** The same by the id that a claim carries, be it that of a message or of a recipient. */
export function sendKeyOf(claimedId: string): string {
  const recipient = readRecipientSendId(claimedId);
  return recipient ? recipientSendKey(recipient.runId, recipient.openid) : claimedId;
}
