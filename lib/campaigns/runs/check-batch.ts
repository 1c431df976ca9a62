import { type ClaimServices, resolveClaim } from '../../sends/claim-send.ts';
import { leftSend } from './recipient-port.ts';
import { isGrantee } from './recipient-source.ts';
import { isOpen, skipped } from './results.ts';
import type { BatchServices, BatchWork } from './send-to-batch.ts';

/** Looks at each recipient as a send would, and sends nothing: who would be skipped or fail is noted, the others stay as they are. */
export async function checkBatch(
  { audience, clock }: Pick<BatchServices, 'audience' | 'clock'>,
  { run, batch, buffer, texts }: BatchWork,
): Promise<void> {
  const ledgers = await audience.loadLedgers(batch.recipients.map(({ openid }) => openid));
  for (const [index, recipient] of batch.recipients.entries()) {
    const ledger = ledgers.get(recipient.openid)?.value;
    const text = texts(recipient, clock());
    if (!ledger || !isGrantee(ledger, run)) buffer.note(index, { result: skipped(clock()) });
    else if (text.type === 'bad') buffer.note(index, { result: text.result });
  }
}

/** Closes the claims that a worker left open which died or failed between a result and the ledger, and whose grants are not spent. */
export async function closeLeftClaims(services: ClaimServices, work: BatchWork): Promise<void> {
  const { batch, buffer } = work;
  if (!buffer.needsRecovery()) return;
  for (const [index, recipient] of batch.recipients.entries()) {
    const effect = buffer.resultOf(index)?.lastClaim?.effect ?? 'spend';
    if (effect !== 'spend') await resolveClaim(services, leftSend({ ...work, recipient, index }));
  }
}

/**
 * Finds out, for a run that was stopped, what became of recipients whose sender died: nothing more is sent, but a request may have
 * left. Answers in how long the batch is to be looked at again, where that is too early to tell.
 */
export async function tidyBatch(services: BatchServices, work: BatchWork): Promise<number> {
  let backInMs = 0;
  for (const [index, recipient] of work.batch.recipients.entries()) {
    if (!isOpen(work.buffer.resultOf(index))) continue;
    const acquire = await resolveClaim(services, leftSend({ ...work, recipient, index }));
    if (acquire.type === 'busy') backInMs = Math.max(backInMs, acquire.untilMs - services.clock(), 1_000);
  }
  return backInMs;
}
