import type { OtherSend } from '../../messages/message-store.ts';
import { readRecipientSendId } from './recipient-send.ts';
import { difference, type RecipientResult, recipientClaimOutcome, tallyOf, withVerdicts } from './results.ts';
import type { RunStore } from './run-store.ts';

/**
 * The send of a run's recipient, as whoever finds its claim open in a ledger sees it; undefined for an id that is no recipient's.
 * The results are read here, so after the ledger.
 */
export async function findRecipientSend(
  runs: Pick<RunStore, 'resultsOf' | 'putWithLedger'>,
  id: string,
): Promise<OtherSend | undefined> {
  const send = readRecipientSendId(id);
  if (!send) return undefined;
  const found = await runs.resultsOf(send.runId, send.openid);
  return {
    outcomeOf(claim, nowMs) {
      // What is not remembered any more ended long ago.
      if (!found) return { type: 'settled', effect: 'spend' };
      return recipientClaimOutcome(claim, found.results.value.results.get(send.index), nowMs);
    },

    async giveUp(ledger, nowMs) {
      if (!found) return 'conflict';
      const { place, results } = found;
      const before = results.value.results.get(send.index);
      const after = withVerdicts(results.value, new Map([[send.index, lost(before, nowMs)]]));
      const counted = tallyOf(after);
      return runs.putWithLedger(
        ledger,
        place,
        { value: { ...after, counted }, version: results.version },
        // Nobody may come by this page again.
        { by: difference(after.counted, counted), pageDone: false, atMs: nowMs },
      );
    },
  };
}

/** Their sender died between claim and settling: the request may have left, so nothing more is sent to them in this run. */
function lost(before: RecipientResult | undefined, nowMs: number): RecipientResult {
  return { state: 'unknown', atMs: nowMs, reason: 'sender-lost', attempts: (before?.attempts ?? 0) + 1 };
}
