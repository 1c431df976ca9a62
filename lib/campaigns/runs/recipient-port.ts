import type { TemplateKind } from '../../grants/ledger.ts';
import type { OutgoingMessage, SendPort } from '../../sends/send-port.ts';
import { type Template, templateKindOf } from '../../templates/template.ts';
import type { Recipient, RunContent } from '../campaign.ts';
import { type FilledMessage, type FillProblem, fillMessage } from '../fill-message.ts';
import { isGrantee } from './recipient-source.ts';
import type { ResultBuffer } from './result-buffer.ts';
import { NOT_BEGUN, type RecipientRecord, type RecipientResult } from './results.ts';
import type { RunRecord } from './run.ts';

/** A recipient of a run. `index` is that in their batch, from 0. */
interface RecipientKey {
  readonly runId: string;
  readonly openid: string;
  readonly index: number;
}

const SEND_ID = /^rcp_([0-9a-f]{32})_(\d{1,3})_([A-Za-z0-9_-]{1,128})$/;

/** The id that a recipient's claims carry. It leads from an open claim in a ledger to the run's batch. */
export function recipientSendId({ runId, index, openid }: RecipientKey): string {
  return `rcp_${runId.slice('run_'.length)}_${index}_${openid}`;
}

/** The recipient that an id names; undefined for another kind of id. */
export function readRecipientSendId(id: string): RecipientKey | undefined {
  const [, run, index, openid] = SEND_ID.exec(id) ?? [];
  if (run === undefined || index === undefined || openid === undefined) return undefined;
  return { runId: `run_${run}`, index: Number(index), openid };
}

/** A recipient in their batch. */
interface RecipientInBatch {
  readonly run: RunRecord;
  readonly buffer: ResultBuffer;
  readonly recipient: Recipient;
  readonly index: number;
}

/** The send to a recipient for a worker that only resolves its claim. */
export function sendToResolve({ run, buffer, recipient, index }: RecipientInBatch) {
  const id = recipientSendId({ runId: run.id, openid: recipient.openid, index });
  const read: SendPort<RecipientRecord>['read'] = async ({ claim }) => {
    // Another worker claimed it and has not written the result yet, or died before that.
    if (claim?.sendId === id) buffer.markForRecovery();
    if (buffer.needsRecovery()) await buffer.reload();
    return buffer.resultOf(index) ?? NOT_BEGUN;
  };
  return { id, openid: recipient.openid, read };
}

/** The send to a recipient, performed by the batch's worker. */
export function recipientPort(to: RecipientInBatch, texts: FilledTexts): SendPort<RecipientRecord> {
  const { run, buffer, recipient, index } = to;
  const { templateId, miniprogramState, lang } = run.content;
  return {
    ...sendToResolve(to),
    grantSubjectOf: () => ({ templateId }),
    kindOf: () => texts.templateKind,
    // No grant was held for them before the run, so none is held between attempts.
    keepsGrant: false,
    mayClaim: (ledger) => run.source.type !== 'grantees' || isGrantee(ledger, run),
    holdsLease: buffer.holdsLease,
    outgoing: () => ({ ...texts, openid: recipient.openid, templateId, miniprogramState, lang }),
    retryBasis: (record, leftAtMs) => ({
      sendAtMs: firstAtMs(record, leftAtMs),
      ...(record.retries && { retries: record.retries }),
    }),
    async settle(after, { before, leftAtMs, retryAtMs }) {
      const again =
        retryAtMs === undefined ? {} : { notBeforeMs: retryAtMs, firstAtMs: firstAtMs(before, leftAtMs) };
      const finding = { result: { ...after, ...again }, follows: before.lastClaim };
      if (after.lastClaim.effect === 'spend') buffer.add(index, finding);
      else await buffer.write(index, finding);
      return finding.result;
    },
  };
}

function firstAtMs(record: RecipientRecord, leftAtMs: number): number {
  return record.firstAtMs ?? leftAtMs;
}

/** Texts and page of one recipient, with their variables filled in, and the kind of their template. */
type FilledTexts = Pick<OutgoingMessage, 'data' | 'page'> & { readonly templateKind: TemplateKind };

/** The texts for a recipient, or the result of one for whom none can be made. */
type RecipientTexts =
  | ({ readonly type: 'filled' } & FilledTexts)
  | { readonly type: 'bad'; readonly result: RecipientResult };

/** Makes the texts for one recipient after the other. Recipients without variables share theirs. */
export function createTexts(
  content: RunContent,
  template: Template | undefined,
): (recipient: Recipient, nowMs: number) => RecipientTexts {
  let shared: FilledMessage | undefined;

  return ({ variables }, nowMs) => {
    if (!template) return { type: 'bad', result: failed('unknown-template', nowMs) };
    // Declared to be of devices after the campaign was made.
    if (templateKindOf(template) === 'device') return invalid(['device missing'], nowMs);
    shared ??= fillMessage(content, template);
    const filled = variables ? fillMessage(content, template, variables) : shared;
    if (filled.type === 'filled') {
      const { data, page } = filled;
      const templateKind = templateKindOf(template);
      return { type: 'filled', data, ...(page !== undefined && { page }), templateKind };
    }
    return invalid(filled.problems.map(problemText), nowMs);
  };
}

function invalid(problems: readonly string[], nowMs: number): RecipientTexts {
  return { type: 'bad', result: { ...failed('invalid-data', nowMs), problems } };
}

function failed(reason: string, nowMs: number): RecipientResult {
  return { state: 'failed', attempts: 0, outcome: { atMs: nowMs, reason } };
}

function problemText(problem: FillProblem): string {
  return 'variable' in problem ? `${problem.code} ${problem.variable}` : `${problem.path} ${problem.code}`;
}
