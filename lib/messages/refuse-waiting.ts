import { grantsOf, type Ledger } from '../grants/ledger.ts';
import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import { endWithoutRequest } from './end-without-request.ts';
import type { Message } from './message.ts';
import { type MessageStore, RECORDS_PER_STEP } from './message-store.ts';
import { waitingBeside } from './waiting-messages.ts';

export interface RefuseServices extends Contention {
  readonly store: Pick<MessageStore, 'loadLedger' | 'commit'>;
}

/**
 * Ends the waiting messages of a user whose grants for a template were zeroed: their hold is void, so they are refused now
 * rather than when they come due. Messages that it misses, because a crash cut it short, are refused when they are due.
 */
export async function refuseWaiting(
  { store, ...contention }: RefuseServices,
  openid: string,
  templateId: string,
  nowMs: number,
): Promise<readonly Message[]> {
  const refused: Message[] = [];
  for (let step: readonly Message[] = []; ; refused.push(...step)) {
    step = await retryOnConflict(async () => {
      const ledger = await store.loadLedger(openid);
      const messages = withVoidHolds(ledger.value, templateId).slice(0, RECORDS_PER_STEP);
      if (messages.length === 0) return [];
      return endWithoutRequest(store, messages, ledger, {
        state: 'refused',
        reason: 'grant-revoked',
        atMs: nowMs,
      });
    }, contention);
    if (step.length === 0) return refused;
  }
}

/** One that is being sent has its answer first. */
function withVoidHolds(ledger: Ledger, templateId: string): readonly Message[] {
  const epoch = grantsOf(ledger, templateId)?.epoch;
  return waitingBeside(ledger).filter(
    (message) =>
      message.templateId === templateId &&
      message.hold &&
      message.hold.epoch !== epoch &&
      message.id !== ledger.claim?.messageId,
  );
}
