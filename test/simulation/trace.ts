import { unpackPending } from '../../lib/grants/packed-pending-messages.ts';
import type { TableWrite } from './table.ts';

/** Notes what happened, for a person to read. */
export type Trace = (who: string, what: string) => void;

/** A trace that is thrown away; most runs need none. */
export const NO_TRACE: Trace = () => {};

/** One write of the table in one line. */
export function describeWrite({ ledger, records = [], run, batch, results }: TableWrite): string {
  const parts = records.map(
    ({ message }) =>
      `${message.id.slice(0, 36)} ${message.openid} is ${message.state} ${message.outcome?.reason ?? ''}`,
  );
  if (run) parts.push(`${run.id} is ${run.status}, generation ${run.generation}`);
  if (batch) parts.push(`batch of ${batch.key.runId}: ${batch.batch.recipients.map(({ openid }) => openid)}`);
  if (results) {
    const states = [...results.after.results].map(
      ([index, { state, outcome }]) => `${index} ${state} ${outcome.reason}`,
    );
    const { lease, needsRecovery, done } = results.after;
    const more = [lease && `has ${lease.workerId}`, needsRecovery && 'needs recovery', done && 'done'];
    const { runId, start: after } = results.key;
    parts.push(`results of ${runId} ${after}: ${states.join(', ')} ${more.filter(Boolean).join(' ')}`);
  }
  if (ledger) {
    const counts = Object.entries(ledger.templates).map(
      ([id, { granted, available, held, epoch }]) =>
        `${id} ${granted}=${available}a+${held}h+${granted - available - held}s e${epoch}`,
    );
    const { claim, openid } = ledger;
    const open = claim ? `claim ${claim.claimId} of ${claim.sendId.slice(0, 36)}` : '';
    parts.push(`ledger of ${openid}: ${counts.join(', ')}, ${unpackPending(ledger).size} waiting ${open}`);
  }
  return parts.join(' | ');
}
