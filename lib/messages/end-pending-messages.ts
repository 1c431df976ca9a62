import type { Clock } from '../clock.ts';
import { grantKeyOf } from '../grants/grant-key.ts';
import { releaseHolds } from '../grants/holds.ts';
import { grantsOf, type Ledger } from '../grants/ledger.ts';
import { withoutPending } from '../grants/packed-pending-messages.ts';
import type { JobResult } from '../job-result.ts';
import type { Logger } from '../logger.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { type InternalReason, internalOutcome } from '../sends/internal-outcome.ts';
import { type Performed, performSend, type SendServices } from '../sends/perform-send.ts';
import type { SendPort } from '../sends/send-port.ts';
import type { MessageState, SendRecord } from '../sends/send-record.ts';
import { updated, type Versioned } from '../versioned.ts';
import { type DropServices, dropJob } from './finish-job.ts';
import type { Message } from './message.ts';
import { logOutcome } from './message-port.ts';
import { type MessageStore, RECORDS_PER_STEP } from './message-store.ts';
import { listPending } from './pending-messages.ts';
import type { SendJob } from './send-job.ts';

/**
 * Ends messages of one user that no request was made for, and gives back the grants set aside for them, in
 * one step.
 */
export async function endWithoutRequest(
  store: Pick<MessageStore, 'commit'>,
  messages: readonly Message[],
  ledger: Versioned<Ledger>,
  end: {
    state: Extract<MessageState, 'refused' | 'failed' | 'canceled'>;
    reason: InternalReason;
    atMs: number;
  },
): Promise<readonly Message[] | 'conflict'> {
  const ended = messages.map(
    (message): Message => ({
      ...message,
      state: end.state,
      updatedAtMs: end.atMs,
      outcome: internalOutcome(end.reason, end.atMs),
    }),
  );
  const ids = messages.map(({ id }) => id);
  const result = await store.commit({
    ledger: updated(ledger, withoutPending(releaseHolds(ledger.value, messages), ids)),
    records: ended.map((value) => ({ value, version: undefined })),
  });
  return result === 'conflict' ? result : ended;
}

interface EndServices extends DropServices {
  readonly store: Pick<MessageStore, 'commit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Ends a message that cannot be sent. `conflict`: somebody wrote meanwhile, so the job starts again. */
export async function endMessage(
  services: EndServices,
  job: SendJob,
  { record, ledger }: { readonly record: Message; readonly ledger: Versioned<Ledger> },
  state: 'refused' | 'failed',
  reason: 'no-grant' | 'grant-revoked' | 'token-unavailable' | 'sending-stopped' | 'expired',
): Promise<JobResult | 'conflict'> {
  const { store, clock, logger } = services;
  const nowMs = clock();
  const ended = await endWithoutRequest(store, [record], ledger, { state, reason, atMs: nowMs });
  if (ended === 'conflict') return ended;
  for (const message of ended) logOutcome(logger, message, nowMs);
  return dropJob(services, job, record);
}

interface RefuseServices extends Backoff {
  readonly store: Pick<MessageStore, 'loadLedger' | 'commit'>;
}

/** Tries a send once. Where it shows that the user's grants are gone, their pending messages are refused. */
export async function sendAndRefuseRest<R extends SendRecord>(
  services: SendServices & RefuseServices,
  send: SendPort<R>,
  known?: Versioned<Ledger>,
): Promise<Performed<R>> {
  const performed = await performSend(services, send, known);
  if (performed.type === 'performed' && performed.zeroedTemplateId !== undefined) {
    await refuseWithVoidHolds(services, send.openid, performed.zeroedTemplateId, services.clock());
  }
  return performed;
}

/**
 * Ends the pending messages of a user whose grants for a template were zeroed: their hold is void, so they
 * are refused now rather than when they come due. Messages that it misses, because a crash cut it short, are
 * refused when they are due.
 */
export async function refuseWithVoidHolds(
  services: RefuseServices,
  openid: string,
  templateId: string,
  nowMs: number,
): Promise<readonly Message[]> {
  return endInSteps(services, openid, (ledger) => withVoidHolds(ledger, templateId), {
    state: 'refused',
    reason: 'grant-revoked',
    atMs: nowMs,
  });
}

/**
 * Cancels the pending messages of a user for a template that was deleted, and gives their grants back. One that
 * is being sent has its answer first.
 */
export async function cancelForTemplate(
  services: RefuseServices,
  openid: string,
  templateId: string,
  nowMs: number,
): Promise<readonly Message[]> {
  return endInSteps(services, openid, (ledger) => pendingFor(ledger, templateId), {
    state: 'canceled',
    reason: 'template-deleted',
    atMs: nowMs,
  });
}

/** Ends those that `choose` finds, as many at a time as one write takes, until it finds none. */
async function endInSteps(
  { store, ...backoff }: RefuseServices,
  openid: string,
  choose: (ledger: Ledger) => readonly Message[],
  end: Parameters<typeof endWithoutRequest>[3],
): Promise<readonly Message[]> {
  const ended: Message[] = [];
  for (let step: readonly Message[] = []; ; ended.push(...step)) {
    step = await retryOnConflict(async () => {
      const ledger = await store.loadLedger(openid);
      const messages = choose(ledger.value).slice(0, RECORDS_PER_STEP);
      return messages.length === 0 ? [] : endWithoutRequest(store, messages, ledger, end);
    }, backoff);
    if (step.length === 0) return ended;
  }
}

function withVoidHolds(ledger: Ledger, templateId: string): readonly Message[] {
  return pendingFor(ledger, templateId).filter(
    (message) => message.hold && message.hold.epoch !== grantsOf(ledger, grantKeyOf(message))?.epoch,
  );
}

/** The pending messages of a template that are not being sent. */
function pendingFor(ledger: Ledger, templateId: string): readonly Message[] {
  return listPending(ledger).filter(
    (message) => message.templateId === templateId && message.id !== ledger.claim?.sendId,
  );
}
