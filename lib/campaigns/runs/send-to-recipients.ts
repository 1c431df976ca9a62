import type { RateLimiter } from '../../limits/rate-limiter.ts';
import type { Logger } from '../../logger.ts';
import { sendAndRefuseRest } from '../../messages/end-pending-messages.ts';
import type { MessageStore } from '../../messages/message-store.ts';
import type { SendServices } from '../../sends/perform-send.ts';
import { resolveClaim } from '../../sends/resolve-claim.ts';
import type { Recipient } from '../campaign.ts';
import { isErased, type RunBatch } from './batch.ts';
import { prefetchLedgers } from './prefetch-ledgers.ts';
import { type createTexts, recipientPort, sendToResolve } from './recipient-port.ts';
import type { TemplateUsers } from './recipient-source.ts';
import type { ResultBuffer } from './result-buffer.ts';
import { isOpen, type RecipientResult, skipped } from './results.ts';
import type { RunRecord } from './run.ts';

export interface BatchLimits {
  /** No send begins later. */
  readonly deadlineMs: number;
  /** Asked before each send: whether the run is paused, over or quiet. The answer is at most a second old. */
  readonly isHalted: () => Promise<boolean>;
}

export interface RecipientServices extends SendServices {
  readonly store: Pick<MessageStore, 'loadLedger' | 'findSend' | 'commit'>;
  readonly audience: Pick<TemplateUsers, 'loadLedgers'>;
  readonly rateLimiter: Pick<RateLimiter, 'report' | 'hasPassedLately'>;
  readonly acquirePermit: (run: RunRecord) => ReturnType<RateLimiter['acquire']>;
  readonly logger: Logger;
}

/** The work of one worker on one batch. */
export interface BatchWork {
  readonly run: RunRecord;
  readonly batch: RunBatch;
  readonly buffer: ResultBuffer;
  readonly texts: ReturnType<typeof createTexts>;
}

/** So many sends of one batch are under way at a time. */
export const IN_FLIGHT = 25;
/** The same where no recent answer shows that WeChat takes such sends: a refusal of all then costs few. */
const ON_TRIAL = 3;
/** A worker waits this long for the next attempt that is due, rather than giving the batch back. */
const SHORT_WAIT_MS = 3_000;
/** How long a worker goes on without progress, because other senders have claimed all who are left. */
const PATIENCE_MS = 5_000;
/** A recipient is tried again this long after a send failed in the middle. */
const TROUBLE_WAIT_MS = 5_000;

/** Sends to the batch's recipients who are due. Answers in how long to go on with the rest. */
export async function sendToRecipients(
  services: RecipientServices,
  work: BatchWork,
  { deadlineMs, isHalted }: BatchLimits,
): Promise<number> {
  const { clock, sleep } = services;
  const { batch, buffer } = work;
  const { recipients } = batch;
  const taken = new Set<number>();
  /** When recipients are tried again who were busy or failed: that is in no result. */
  const deferredUntil = new Map<number, number>();
  let backInMs: number | undefined;

  const openIndexes = () => recipients.flatMap((_, index) => (isOpen(buffer.resultOf(index)) ? [index] : []));
  const notBeforeMs = (index: number) =>
    Math.max(buffer.resultOf(index)?.notBeforeMs ?? 0, deferredUntil.get(index) ?? 0);
  const firstDue = () => openIndexes().find((index) => !taken.has(index) && notBeforeMs(index) <= clock());
  const ledgerOf = prefetchLedgers(
    services,
    openIndexes().flatMap((index) => recipients[index]?.openid ?? []),
  );

  async function mayGoOn(): Promise<boolean> {
    if (backInMs !== undefined || clock() >= deadlineMs) return false;
    return !(await isHalted()) && buffer.mayBegin();
  }

  async function attempt(recipient: Recipient, index: number): Promise<void> {
    if (isErased(recipient)) return buffer.add(index, { result: skipped(clock()) });
    const texts = work.texts(recipient, clock());
    if (texts.type === 'bad') return endUnsent(recipient, index, texts.result);
    const ledger = buffer.needsRecovery() ? undefined : await ledgerOf(recipient.openid);
    const send = recipientPort({ ...work, recipient, index }, texts);
    const { type } = await sendAndRefuseRest(services, send, ledger);
    if (type === 'no-grant') await endUnsent(recipient, index, skipped(clock()));
    if (type === 'lease-lost') backInMs = TROUBLE_WAIT_MS;
    if (type === 'busy') defer(index);
  }

  /**
   * Ends a recipient without a request. What was known of an earlier attempt goes with that, so its claim is
   * resolved before, or the grant that it gives back would be lost.
   */
  async function endUnsent(recipient: Recipient, index: number, result: RecipientResult): Promise<void> {
    const claim = sendToResolve({ ...work, recipient, index });
    const isBusy = buffer.needsRecovery() && (await resolveClaim(services, claim)).type === 'busy';
    if (isBusy) defer(index);
    else buffer.add(index, { result });
  }

  function defer(index: number): void {
    deferredUntil.set(index, clock() + 500 * (1 + services.random()));
  }

  /** One of several side by side. The first has its permit already. On trial it makes one attempt. */
  async function worker(hasPermit: boolean, onTrial: boolean): Promise<void> {
    for (let permitted = hasPermit; await mayGoOn(); permitted = false) {
      const index = firstDue();
      const recipient = index === undefined ? undefined : recipients[index];
      if (index === undefined || !recipient) return;
      taken.add(index);
      try {
        if (permitted || (await waitForPermit())) await attempt(recipient, index);
      } catch (error) {
        failedIn(index, error);
      } finally {
        taken.delete(index);
      }
      if (onTrial) return;
    }
  }

  /** Waits for a permit. By then the run may be halted. */
  async function waitForPermit(): Promise<boolean> {
    const permit = await services.acquirePermit(work.run);
    if (permit.type === 'later') backInMs = Math.min(backInMs ?? permit.delayMs, permit.delayMs);
    return mayGoOn();
  }

  function failedIn(index: number, error: unknown): void {
    // The recipient may be claimed: from now on results are read after each ledger.
    buffer.markForRecovery();
    deferredUntil.set(index, clock() + TROUBLE_WAIT_MS);
    services.logger.error('A send to a recipient of a campaign failed in the middle and is tried again.', {
      runId: work.run.id,
      error,
    });
  }

  function nextMs(): number {
    return Math.min(...openIndexes().map(notBeforeMs));
  }

  let progressAtMs = clock();
  for (let round = 0, left = openIndexes().length; ; round++) {
    const onTrial = round === 0 && !services.rateLimiter.hasPassedLately(work.run.content.templateId);
    const count = Math.min(onTrial ? ON_TRIAL : IN_FLIGHT, openIndexes().length);
    const workers = Array.from({ length: count }, (_, index) => worker(round === 0 && index === 0, onTrial));
    const ends = await Promise.allSettled(workers);
    // The batch is given back only once no send of it is under way.
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) {
      services.logger.error('Work on a batch of a campaign failed in the middle and goes on later.', {
        runId: work.run.id,
        error: failed.reason,
      });
      return TROUBLE_WAIT_MS;
    }
    if (openIndexes().length < left) progressAtMs = clock();
    left = openIndexes().length;
    const waitMs = nextMs() - clock();
    if (waitMs > SHORT_WAIT_MS || clock() - progressAtMs > PATIENCE_MS || !(await mayGoOn())) break;
    await sleep(Math.max(1, waitMs));
  }
  return backInMs ?? Math.max(1_000, nextMs() - clock());
}
