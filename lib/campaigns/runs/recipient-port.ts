import type { SendPort } from '../../sends/send-port.ts';
import type { Recipient } from '../campaign.ts';
import type { FilledTexts } from './batch-texts.ts';
import { recipientSendId } from './recipient-send.ts';
import { isGrantee } from './recipient-source.ts';
import type { ResultBuffer } from './result-buffer.ts';
import { NOT_BEGUN, type RecipientRecord } from './results.ts';
import type { RunRecord } from './run.ts';

/** A recipient in their batch. */
export interface Addressed {
  readonly run: RunRecord;
  readonly buffer: ResultBuffer;
  readonly recipient: Recipient;
  /** The recipient's place in the batch. */
  readonly index: number;
}

/** The send to a recipient as it is looked after by the batch's worker, who sends nothing. */
export function leftSend({ run, buffer, recipient, index }: Addressed) {
  const id = recipientSendId({ runId: run.id, openid: recipient.openid, index });
  const read: SendPort<RecipientRecord>['read'] = async ({ claim }) => {
    // Claimed before, by a worker that has not written down what came of it, or not yet.
    if (claim?.messageId === id) buffer.markForRecovery();
    if (buffer.needsRecovery()) await buffer.reload();
    return buffer.resultOf(index) ?? NOT_BEGUN;
  };
  return { id, openid: recipient.openid, read };
}

/** The send to a recipient, performed by the batch's worker. */
export function recipientPort(to: Addressed, texts: FilledTexts): SendPort<RecipientRecord> {
  const { run, buffer, recipient, index } = to;
  const { templateId, miniprogramState, lang } = run.content;
  return {
    ...leftSend(to),
    templateOf: () => templateId,
    // Nothing was set aside for them before, so nothing is between attempts.
    keepsGrant: false,
    isEntitled: (ledger) => run.source.type !== 'grantees' || isGrantee(ledger, run),
    isMine: buffer.holdsLease,
    outgoing: () => ({ openid: recipient.openid, templateId, miniprogramState, lang, ...texts }),
    attempted: (record, leftAtMs) => ({
      sendAtMs: firstAtMs(record, leftAtMs),
      ...(record.retries && { retries: record.retries }),
    }),
    async settle(after, { before, leftAtMs, retryAtMs }) {
      const again =
        retryAtMs === undefined ? {} : { notBeforeMs: retryAtMs, firstAtMs: firstAtMs(before, leftAtMs) };
      const finding = { result: { ...after, ...again }, follows: before.lastClaim };
      if (after.lastClaim.effect === 'spend') buffer.note(index, finding);
      else await buffer.write(index, finding);
      return finding.result;
    },
  };
}

function firstAtMs(record: RecipientRecord, leftAtMs: number): number {
  return record.firstAtMs ?? leftAtMs;
}
