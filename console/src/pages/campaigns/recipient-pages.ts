import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { csvLine } from '../../parts/csv-line.ts';
import { patiently } from '../../parts/patiently.ts';

type RunName = Pick<Schemas['Run'], 'id' | 'campaignId'>;

/** A page of a run's recipients; `cursor` is empty for the first. @throws ApiError */
export function recipientPage(
  { id: runId, campaignId: id }: RunName,
  limit: number,
  cursor: string,
): Promise<Schemas['RunRecipientPage']> {
  const params = { path: { id, runId }, query: { limit, ...given({ cursor }) } };
  return answered(api.GET('/v1/campaigns/{id}/runs/{runId}/recipients', { params }));
}

/** The most that a page may hold. */
const PAGE = 200;

/** So much text is gathered before it is handed to the browser, which keeps it outside of the page's memory. */
const PART_CHARACTERS = 1_000_000;

/**
 * What became of every recipient of a run, as the parts of a CSV file. The page holds one part at a time, however many
 * recipients there are. A page that does not come is asked for again. @throws ApiError, and what `signal` was aborted with
 */
export async function exportRecipients(
  run: RunName,
  onWritten: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly Blob[]> {
  const parts: Blob[] = [];
  let text = csvLine(['openid', 'status', 'attempts', 'at', 'errcode', 'reason', 'problems']);
  let written = 0;
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const from: string = cursor;
    const page = await patiently(() => recipientPage(run, PAGE, from), signal);
    text += page.items.map(lineOf).join('');
    written += page.items.length;
    onWritten(written);
    cursor = page.nextCursor;
    if (text.length < PART_CHARACTERS && cursor !== undefined) continue;
    parts.push(new Blob([text]));
    text = '';
  }
  return parts;
}

function lineOf(one: Schemas['RunRecipient']): string {
  const { openid, status, attempts, at, errcode, reason, problems = [] } = one;
  return csvLine([openid, status, `${attempts}`, at, errcode?.toString(), reason, problems.join('; ')]);
}
