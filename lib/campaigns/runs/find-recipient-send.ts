import type { Clock } from '../../clock.ts';
import type { Send } from '../../sends/send-port.ts';
import { readRecipientSendId } from './recipient-send.ts';
import { difference, NOT_BEGUN, tallyOf } from './results.ts';
import type { RunStore, TallyChange } from './run-store.ts';

export interface RecipientSendServices {
  readonly runs: Pick<RunStore, 'resultsOf' | 'putResults' | 'putWithLedger'>;
  readonly clock: Clock;
}

/** The send to a run's recipient by its id; undefined for an id that is no recipient's. What is written moves the run's counts along. */
export async function findRecipientSend(
  { runs, clock }: RecipientSendServices,
  id: string,
): Promise<Send | undefined> {
  const recipient = readRecipientSendId(id);
  if (!recipient) return undefined;
  const { runId, openid, index } = recipient;
  const found = await runs.resultsOf(runId, openid);
  if (!found) return { id, record: undefined, write: async () => 'unchanged' };
  const { key } = found;
  const { value, version } = found.results;
  const record = value.results.get(index) ?? NOT_BEGUN;
  return {
    id,
    record,
    async write(change, ledger) {
      const after = change(record);
      if (!after) return 'unchanged';
      const results = new Map(value.results).set(index, after);
      const counted = tallyOf({ results });
      const batch = { value: { ...value, results, counted }, version };
      // At once, because nobody may come by this batch again.
      const tally: TallyChange = { by: difference(value.counted, counted), batchDone: false, atMs: clock() };
      if (ledger) return runs.putWithLedger(ledger, key, batch, tally);
      return (await runs.putResults(key, batch, tally)) === 'conflict' ? 'conflict' : 'committed';
    },
  };
}
