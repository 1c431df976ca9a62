import type { Claim } from '../../../lib/grants/ledger.ts';
import { findPending } from '../../../lib/messages/pending-messages.ts';
import type { SendAnswer } from '../../../lib/sends/judge-answer.ts';
import {
  inCallsOf,
  inSends,
  type PlantedFault,
  readingLedgers,
  recordedAs,
  type SendParts,
  withStore,
} from './planted-fault.ts';

/**
 * A clock that stands still from when a claim sets out until its request leaves: nobody notices how long that
 * takes.
 */
function stoppedByClaim<Parts extends SendParts>({ clock, sleep, store }: Parts) {
  let stoppedAtMs: number | undefined;
  const goOn = <T>(value: T): T => {
    stoppedAtMs = undefined;
    return value;
  };
  const commit: SendParts['store']['commit'] = async (change) => {
    const atMs = clock();
    const result = await store.commit(change);
    if (change.ledger?.value.claim) stoppedAtMs = atMs;
    return result;
  };
  const parts = {
    clock: () => stoppedAtMs ?? clock(),
    sleep: (ms: number) => sleep(goOn(ms)),
    store: { ...(store as Parts['store']), commit },
  };
  return { goOn, parts };
}

function notSent(answer: SendAnswer): SendAnswer {
  return answer.type === 'no-answer' ? { type: 'not-sent', reason: answer.reason } : answer;
}

/** Faults in what a message and a recipient of a run have in common: claim, request, outcome. */
export const SEND_FAULTS: readonly PlantedFault[] = [
  recordedAs('a send whose sender died is made again', (record) =>
    record.outcome?.reason === 'sender-lost' ? { ...record, state: 'pending' } : record,
  ),
  recordedAs('a dead sender is taken for one that sent nothing', (record) =>
    record.outcome?.reason === 'sender-lost' && record.lastClaim
      ? { ...record, lastClaim: { ...record.lastClaim, effect: 'refund' } }
      : record,
  ),
  recordedAs('a request without an answer gives its grant back', (record) =>
    record.outcome?.reason === 'no-answer' && record.lastClaim
      ? { ...record, lastClaim: { ...record.lastClaim, effect: 'refund' } }
      : record,
  ),
  recordedAs('a refusal is written down as if it had left the grant spent', (record) =>
    record.lastClaim?.effect === 'zero' || record.lastClaim?.effect === 'refund'
      ? { ...record, lastClaim: { ...record.lastClaim, effect: 'spend' } }
      : record,
  ),
  recordedAs('a send that failed after all gives its grant back', (record) =>
    record.outcome?.reason === 'not-delivered' && record.lastClaim
      ? { ...record, lastClaim: { ...record.lastClaim, effect: 'refund' } }
      : record,
  ),
  inSends('a claim is taken for abandoned while its lease still runs', (services) =>
    withStore(services, (store) =>
      readingLedgers(store, ({ claim, ...ledger }) =>
        claim ? { ...ledger, claim: { ...claim, leaseUntilMs: claim.leaseUntilMs - 40_000 } } : ledger,
      ),
    ),
  ),
  inSends('the claim is not bound to the version that was read', (services) =>
    withStore(services, (store) => ({
      async commit(change) {
        const { ledger } = change;
        if (!ledger) return store.commit(change);
        const { version } = await store.loadLedger(ledger.value.openid);
        return store.commit({ ...change, ledger: { ...ledger, version } });
      },
    })),
  ),
  {
    name: 'a sender does not look at its lease before the request',
    plant: (kernel) => ({
      ...kernel,
      deliverMessage(services, job) {
        const { wechat } = services;
        const stopped = stoppedByClaim(services);
        const send: typeof wechat.send = (message) => wechat.send(stopped.goOn(message));
        return kernel.deliverMessage({ ...services, ...stopped.parts, wechat: { ...wechat, send } }, job);
      },
      processRunJob(services, ...rest) {
        const { wechat } = services;
        const stopped = stoppedByClaim(services);
        const send: typeof wechat.send = (message) => wechat.send(stopped.goOn(message));
        return kernel.processRunJob({ ...services, ...stopped.parts, wechat: { ...wechat, send } }, ...rest);
      },
    }),
  },
  {
    name: 'a request without an answer is made again',
    plant: (kernel) => ({
      ...kernel,
      deliverMessage(services, job) {
        const { wechat } = services;
        const send: typeof wechat.send = async (message) => notSent(await wechat.send(message));
        return kernel.deliverMessage({ ...services, wechat: { ...wechat, send } }, job);
      },
      processRunJob(services, ...rest) {
        const { wechat } = services;
        const send: typeof wechat.send = async (message) => notSent(await wechat.send(message));
        return kernel.processRunJob({ ...services, wechat: { ...wechat, send } }, ...rest);
      },
    }),
  },
  inCallsOf('deliverMessage', 'the outcome is written before the request is made', (services) =>
    withStore(services, (store) => ({
      async commit(change) {
        const result = await store.commit(change);
        const claim = change.ledger?.value.claim;
        const message = change.ledger && claim && findPending(change.ledger.value, claim.sendId);
        if (result === 'conflict' || !message) return result;
        const { claimId, epoch } = claim;
        const sent = {
          ...message,
          state: 'sent' as const,
          outcome: { atMs: services.clock(), reason: 'accepted' },
          lastClaim: { claimId, epoch, effect: 'spend' as const },
        };
        return store.commit({ records: [{ value: sent, version: undefined }] });
      },
    })),
  ),
  inCallsOf(
    'deliverMessage',
    "what waits is read once, however often its user's item is read",
    (services) => {
      let first: { readonly waiting: string | undefined } | undefined;
      return withStore(services, (store) =>
        readingLedgers(store, ({ waiting, ...ledger }) => {
          first ??= { waiting };
          return { ...ledger, ...(first.waiting !== undefined && { waiting: first.waiting }) };
        }),
      );
    },
  ),
  inCallsOf('deliverMessage', 'a message that has ended is claimed again', (services) =>
    withStore(services, (store) => ({
      async loadRecord(id) {
        const record = await store.loadRecord(id);
        return record && { ...record, value: { ...record.value, state: 'pending' } };
      },
    })),
  ),
  inCallsOf(
    'deliverMessage',
    'a message is put back for another try though its claim was given up',
    (services) => {
      let own: Claim | undefined;
      let answered = false;
      const { wechat } = services;
      const faulty = withStore(services, (store) => ({
        async commit(change) {
          const result = await store.commit(change);
          if (result === 'committed') own = change.ledger?.value.claim;
          return result;
        },
        async loadLedger(openid) {
          const read = await store.loadLedger(openid);
          return own && answered ? { ...read, value: { ...read.value, claim: own } } : read;
        },
      }));
      return {
        ...faulty,
        wechat: {
          ...wechat,
          async send(message) {
            const answer = await wechat.send(message);
            answered = true;
            return answer;
          },
        },
      };
    },
  ),
];
