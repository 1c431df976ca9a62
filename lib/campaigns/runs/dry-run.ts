import { isGrantee } from './recipient-source.ts';
import { skipped } from './results.ts';
import type { BatchWork, RecipientServices } from './send-to-recipients.ts';

/** A dry run: writes who would be skipped or fail, and leaves the others as they are. */
export async function checkBatch(
  { audience, clock }: Pick<RecipientServices, 'audience' | 'clock'>,
  { run, batch, buffer, texts }: BatchWork,
): Promise<number> {
  const ledgers = await audience.loadLedgers(batch.recipients.map(({ openid }) => openid));
  for (const [index, recipient] of batch.recipients.entries()) {
    const ledger = ledgers.get(recipient.openid)?.value;
    const text = texts(recipient, clock());
    if (!ledger || !isGrantee(ledger, run)) buffer.add(index, { result: skipped(clock()) });
    else if (text.type === 'bad') buffer.add(index, { result: text.result });
  }
  return 0;
}
