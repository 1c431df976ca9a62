import { answered, api, patientApi, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { csvLine } from '../../parts/csv-line.ts';

const ROUTE = '/v1/campaigns/{id}/runs/{runId}/recipients';

type RunName = Pick<Schemas['Run'], 'id' | 'campaignId'>;

/** A page of a run's recipients; `cursor` is empty for the first. @throws QingniaoProblem */
export function recipientPage(
  { id: runId, campaignId: id }: RunName,
  limit: number,
  cursor: string,
): Promise<Schemas['RunRecipientPage']> {
  return answered(
    api.GET(ROUTE, { params: { path: { id, runId }, query: { limit, ...given({ cursor }) } } }),
  );
}

/** So many are read before the page says how many. */
const PAGE = 200;

/** So much text is gathered before it is handed to the browser, which keeps it outside of the page's memory. */
const PART_CHARACTERS = 1_000_000;

/**
 * What became of every recipient of a run, as the parts of a CSV file. The page holds one part at a time, however many
 * recipients there are. A page that does not come is asked for again. @throws QingniaoProblem, and what `signal` was aborted with
 */
export async function exportRecipients(
  run: RunName,
  onWritten: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly Blob[]> {
  const parts: Blob[] = [];
  let text = csvLine(['openid', 'status', 'attempts', 'at', 'errcode', 'reason', 'problems']);
  let written = 0;
  const params = { path: { id: run.campaignId, runId: run.id } };
  for await (const recipient of patientApi.list(ROUTE, { params, signal })) {
    text += lineOf(recipient);
    written++;
    if (written % PAGE === 0) onWritten(written);
    if (text.length < PART_CHARACTERS) continue;
    parts.push(new Blob([text]));
    text = '';
  }
  onWritten(written);
  return [...parts, new Blob([text])];
}

function lineOf(one: Schemas['RunRecipient']): string {
  const { openid, status, attempts, at, errcode, reason, problems = [] } = one;
  return csvLine([openid, status, `${attempts}`, at, errcode?.toString(), reason, problems.join('; ')]);
}
