import type { OtherSend } from '../../messages/message-store.ts';
import { claimFate, givenUp } from '../../sends/send-record.ts';
import { readRecipientSendId } from './recipient-send.ts';
import { difference, NOT_BEGUN, tallyOf } from './results.ts';
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
      return claimFate(claim, found.results.value.results.get(send.index) ?? NOT_BEGUN, nowMs);
    },

    async giveUp(claim, ledger, nowMs) {
      if (!found) return 'conflict';
      const { value, version } = found.results;
      const before = value.results.get(send.index) ?? NOT_BEGUN;
      const results = new Map(value.results).set(send.index, givenUp(before, claim, nowMs));
      const counted = tallyOf({ results });
      return runs.putWithLedger(
        ledger,
        found.place,
        { value: { ...value, results, counted }, version },
        // Nobody may come by this page again.
        { by: difference(value.counted, counted), pageDone: false, atMs: nowMs },
      );
    },
  };
}
