import { type ClaimServices, resolveClaim } from '../../sends/claim-send.ts';
import type { PageWork, VisitServices } from './page-visit.ts';
import { leftSend } from './recipient-port.ts';
import { isGrantee } from './recipient-source.ts';
import { isOpen, skipped } from './results.ts';

/** Looks at each recipient as a send would, and sends nothing: who would be skipped or fail is noted, the others stay as they are. */
export async function checkPage(
  { audience, clock }: Pick<VisitServices, 'audience' | 'clock'>,
  { run, page, journal, texts }: PageWork,
): Promise<void> {
  const ledgers = await audience.loadLedgers(page.recipients.map(({ openid }) => openid));
  for (const [index, recipient] of page.recipients.entries()) {
    const ledger = ledgers.get(recipient.openid)?.value;
    const text = texts(recipient, clock());
    if (!ledger || !isGrantee(ledger, run)) journal.note(index, { result: skipped(clock()) });
    else if (text.type === 'bad') journal.note(index, { result: text.result });
  }
}

/** Closes the claims that a worker left open which died or failed between a result and the ledger, and whose grants are not spent. */
export async function closeLeftClaims(services: ClaimServices, work: PageWork): Promise<void> {
  const { page, journal } = work;
  if (!journal.isDoubtful()) return;
  for (const [index, recipient] of page.recipients.entries()) {
    const effect = journal.resultOf(index)?.lastClaim?.effect ?? 'spend';
    if (effect !== 'spend') await resolveClaim(services, leftSend({ ...work, recipient, index }));
  }
}

/**
 * Finds out, for a run that was stopped, what became of recipients whose sender died: nothing more is sent, but a request may have
 * left. Answers in how long the page is to be looked at again, where that is too early to tell.
 */
export async function tidyPage(services: VisitServices, work: PageWork): Promise<number> {
  let backInMs = 0;
  for (const [index, recipient] of work.page.recipients.entries()) {
    if (!isOpen(work.journal.resultOf(index))) continue;
    const turn = await resolveClaim(services, leftSend({ ...work, recipient, index }));
    if (turn.type === 'busy') backInMs = Math.max(backInMs, turn.untilMs - services.clock(), 1_000);
  }
  return backInMs;
}
