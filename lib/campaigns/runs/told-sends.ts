import type { Clock } from '../../clock.ts';
import { type Contention, untilUncontended } from '../../contention.ts';
import { readRecipientSendId } from './recipient-send.ts';
import { difference, type RecipientResult, tallyOf } from './results.ts';
import type { RunStore } from './run-store.ts';

/** What finding and settling recipients by WeChat's events needs from outside. */
export interface ToldSendServices extends Contention {
  readonly runs: Pick<RunStore, 'resultsOf' | 'loadPage' | 'putResults'>;
  readonly clock: Clock;
}

/** The send of a run's recipient that an event may be about. */
export interface ToldSend {
  readonly id: string;
  readonly templateId: string;
  /** Absent while the recipient is being sent to for the first time. */
  readonly result?: RecipientResult;
}

/** The send of a recipient by the id that its claim carries; undefined for an id that is no recipient's, or a run long gone. */
export async function findToldSend(
  { runs }: Pick<ToldSendServices, 'runs'>,
  id: string,
): Promise<ToldSend | undefined> {
  const send = readRecipientSendId(id);
  const found = send && (await runs.resultsOf(send.runId, send.openid));
  const page = found && (await runs.loadPage(found.place));
  if (!send || !found || !page) return undefined;
  const result = found.results.value.results.get(send.index);
  return { id, templateId: page.templateId, ...(result && { result }) };
}

/**
 * Writes WeChat's final word on a recipient's send into the page's results, and moves the run's counts in the same step.
 * `change` says what is to stand there; it is asked again when somebody else wrote in between, and undefined leaves it as it is.
 */
export async function settleToldSend(
  { runs, clock, ...contention }: ToldSendServices,
  id: string,
  change: (result: RecipientResult) => RecipientResult | undefined,
): Promise<'settled' | 'known'> {
  const send = readRecipientSendId(id);
  if (!send) return 'known';
  return untilUncontended(async () => {
    const found = await runs.resultsOf(send.runId, send.openid);
    const before = found?.results.value.results.get(send.index);
    const after = before && change(before);
    if (!found || !after) return 'known';
    const { value, version } = found.results;
    const results = new Map(value.results).set(send.index, after);
    const counted = tallyOf({ results });
    const written = await runs.putResults(
      found.place,
      { value: { ...value, results, counted }, version },
      { by: difference(value.counted, counted), pageDone: false, atMs: clock() },
    );
    return written === 'conflict' ? written : 'settled';
  }, contention);
}
