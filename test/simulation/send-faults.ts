import type { MessageStore } from '../../lib/messages/message-store.ts';
import { type PlantedFault, plantIn } from './planted-fault.ts';

const inRecords = plantIn<typeof import('../../lib/sends/send-record.ts')>('lib/sends/send-record.ts');
const inClaims = plantIn<typeof import('../../lib/sends/claim-send.ts')>('lib/sends/claim-send.ts');
const inAnswers = plantIn<typeof import('../../lib/sends/judge-answer.ts')>('lib/sends/judge-answer.ts');

/** Faults in what messages and recipients have in common: both worlds must notice each of them. */
export const SEND_FAULTS: readonly PlantedFault[] = [
  inRecords('a send whose sender died is made again', 'givenUp', (real) => (...args) => ({
    ...real(...args),
    state: 'pending',
  })),
  inRecords('a claim is taken for abandoned while its lease still runs', 'claimFate', (real) => {
    return (claim, record, nowMs) => real(claim, record, nowMs + 40_000);
  }),
  inClaims('a sender does not look at its lease before the request', 'claimSend', (real) => {
    return async (...args) => {
      const claimed = await real(...args);
      if (claimed.type !== 'claimed') return claimed;
      return { ...claimed, claim: { ...claimed.claim, leaseUntilMs: Number.POSITIVE_INFINITY } };
    };
  }),
  inClaims('a record is read once, however often its ledger is read', 'claimSend', (real) => {
    return (services, send, known) => {
      let record: ReturnType<typeof send.read> | undefined;
      return real(services, { ...send, read: (ledger) => (record ??= send.read(ledger)) }, known);
    };
  }),
  inClaims('the claim is not bound to the version that was read', 'claimSend', (real) => {
    return (services, send, known) => real({ ...services, store: unbound(services.store) }, send, known);
  }),
  inAnswers('a request without an answer is made again', 'judgeAnswer', (real) => {
    return (answer, ...rest) =>
      real(answer.type === 'no-answer' ? { type: 'not-sent', reason: answer.reason } : answer, ...rest);
  }),
  inAnswers('a request without an answer gives its grant back', 'judgeAnswer', (real) => {
    return (answer, ...rest) => {
      const decision = real(answer, ...rest);
      return answer.type === 'no-answer' ? { ...decision, effect: 'refund' } : decision;
    };
  }),
];

/** A store that writes a ledger over whatever stands there. */
function unbound<Store extends Pick<MessageStore, 'loadLedger' | 'commit'>>(store: Store): Store {
  return {
    ...store,
    async commit(change) {
      const ledger = change.ledger;
      if (!ledger) return store.commit(change);
      const { version } = await store.loadLedger(ledger.value.openid);
      return store.commit({ ...change, ledger: { ...ledger, version } });
    },
  };
}

/** Faults in the same that show in the worlds of messages only. */
export const MESSAGE_SEND_FAULTS: readonly PlantedFault[] = [
  inRecords('a dead sender is taken for one that sent nothing', 'givenUp', (real) => (...args) => {
    const lost = real(...args);
    return { ...lost, lastClaim: { ...lost.lastClaim, effect: 'refund' } };
  }),
  inClaims('the outcome is written before the request is made', 'claimSend', (real) => {
    return async (services, send, known) => {
      const claimed = await real(services, send, known);
      if (claimed.type !== 'claimed') return claimed;
      const { claim, record } = claimed;
      const { claimId, epoch } = claim;
      const after = {
        ...record,
        state: 'sent' as const,
        attempts: record.attempts + 1,
        outcome: { atMs: services.clock(), reason: 'accepted' },
        lastClaim: { claimId, epoch, effect: 'spend' as const },
      };
      await send.settle(after, { claim, before: record, leftAtMs: services.clock() });
      return claimed;
    };
  }),
];
