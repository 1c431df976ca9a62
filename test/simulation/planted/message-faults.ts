import type { Ledger } from '../../../lib/grants/ledger.ts';
import { packPending, unpackPending, withoutPending } from '../../../lib/grants/packed-pending-messages.ts';
import { listPending, putPending } from '../../../lib/messages/pending-messages.ts';
import { inCallsOf, type PlantedFault, readingLedgers, withStore, writingLedgers } from './planted-fault.ts';

/** Faults in how messages are accepted, canceled, queued, settled and erased. */
export const MESSAGE_FAULTS: readonly PlantedFault[] = [
  inCallsOf('deliverMessage', 'a message leaves whenever its job comes', (services) =>
    withStore(services, (store) =>
      readingLedgers(store, (ledger) => {
        const nowMs = services.clock();
        const early = listPending(ledger).filter(({ dueAtMs }) => dueAtMs > nowMs);
        return putPending(ledger, ...early.map((message) => ({ ...message, dueAtMs: nowMs })));
      }),
    ),
  ),
  inCallsOf('acceptMessages', 'a message takes the place of those that wait already', (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger, before) => {
        const known = unpackPending(before);
        const added = [...unpackPending(ledger)].filter(([id]) => !known.has(id));
        return added.length === 0 ? ledger : packPending(ledger, new Map(added));
      }),
    ),
  ),
  inCallsOf(
    'deliverMessage',
    'a claimed message is dropped from the item with the claim, not with its record',
    (services) =>
      withStore(services, (store) =>
        writingLedgers(store, (ledger) =>
          ledger.claim ? withoutPending(ledger, [ledger.claim.sendId]) : ledger,
        ),
      ),
  ),
  inCallsOf('acceptMessages', 'the sender is told of a message after it is accepted', (services) => {
    const late: (() => Promise<void>)[] = [];
    const { enqueue, dueEntries } = services;
    return {
      ...withStore(services, (store) => ({
        async commit(change) {
          const result = await store.commit(change);
          if (result === 'committed') await Promise.all(late.splice(0).map((tell) => tell()));
          return result;
        },
      })),
      enqueue: async (job, delayMs) => void late.push(() => enqueue(job, delayMs)),
      dueEntries: { put: async (entry) => void late.push(() => dueEntries.put(entry)) },
    };
  }),
  inCallsOf('acceptMessages', 'a key is not bound', (services) => ({
    ...services,
    keys: { ...services.keys, bind: async () => 'committed' },
  })),
  inCallsOf('acceptMessages', 'a key brings back the id of a message that was erased', (services) => {
    let life = '';
    const { keys } = services;
    return {
      ...withStore(services, (store) =>
        readingLedgers(store, (ledger) => {
          life = ledger.life ?? '';
          return ledger;
        }),
      ),
      keys: {
        ...keys,
        async find(scope, key) {
          const bound = await keys.find(scope, key);
          return bound && { ...bound, life };
        },
      },
    };
  }),
  inCallsOf('cancelMessage', 'canceling does not give the grant back', (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger, { templates }) => ({ ...ledger, templates })),
    ),
  ),
  inCallsOf('cancelMessage', 'canceling does not collide with a claim', (services) =>
    withStore(services, (store) => ({
      commit: ({ records = [], ...change }) =>
        store.commit(records.some(({ value }) => value.hold) ? { ...change, records } : { records }),
    })),
  ),
  inCallsOf(
    'settleByHand',
    'a grant given back by hand is given back once more when its claim is closed',
    (services) => {
      let hidden: Ledger['claim'];
      const { store } = services;
      return {
        ...services,
        store: {
          async load(id) {
            const { message, ledger } = await store.load(id);
            const { claim, ...value } = ledger.value;
            hidden = claim;
            return { message, ledger: { ...ledger, value } };
          },
          commit({ ledger, ...change }) {
            const value = ledger && { ...ledger.value, ...(hidden && { claim: hidden }) };
            return store.commit({ ...change, ...(ledger && value && { ledger: { ...ledger, value } }) });
          },
        },
      };
    },
  ),
  inCallsOf('dispatchDue', 'the dispatcher moves its cursor before the jobs are on the queue', (services) => {
    const { dueIndex } = services;
    return {
      ...services,
      dueIndex: {
        ...dueIndex,
        async next(shard, beforeMs, after) {
          const page = await dueIndex.next(shard, beforeMs, after);
          if (page.cursor !== undefined) await dueIndex.moveCursor(shard, page.cursor);
          return page;
        },
      },
    };
  }),
  inCallsOf(
    'deliverMessage',
    'a due entry is not written for a message that is tried again much later',
    (services) => ({
      ...services,
      dueEntries: { ...services.dueEntries, put: async () => undefined },
    }),
  ),
  inCallsOf('deliverMessage', 'a due entry that no message lists is left where it is', (services) => ({
    ...services,
    dueEntries: { ...services.dueEntries, remove: async () => undefined },
  })),
  {
    name: 'a job is dropped whenever its message has a due entry',
    plant: (kernel) => ({
      ...kernel,
      deliverMessage: (services, { entryAtMs: _, ...job }) => kernel.deliverMessage(services, job),
    }),
  },
  {
    name: 'a job is dropped as soon as its message is not there',
    plant: (kernel) => ({
      ...kernel,
      deliverMessage: (services, job) => kernel.deliverMessage(services, { ...job, sinceMs: 0 }),
    }),
  },
  inCallsOf(
    'createSendHandler',
    'a job that is to come up later is not written anew',
    ({ apps, ...rest }) => ({
      ...rest,
      apps: {
        async of(appId) {
          const { app, services } = await apps.of(appId);
          return { app, services: { ...services, enqueue: async () => undefined } };
        },
      },
    }),
  ),
  inCallsOf('eraseUser', 'a user is erased while a sender may still write a record', (services) => {
    const { store, eraser } = services;
    return {
      ...services,
      store: readingLedgers(store, ({ claim, ...ledger }) => ({
        ...ledger,
        ...(claim && { claim: { ...claim, leaseUntilMs: 0 } }),
      })),
      eraser: {
        ...eraser,
        listBelongings: async (openid) => writtenForGood(await eraser.listBelongings(openid)),
      },
    };
  }),
  inCallsOf(
    'eraseUser',
    'a user is erased though a record may be written again',
    ({ eraser, ...services }) => ({
      ...services,
      eraser: {
        ...eraser,
        listBelongings: async (openid) => writtenForGood(await eraser.listBelongings(openid)),
      },
    }),
  ),
  inCallsOf('eraseUser', 'what is erased is listed after the item went', ({ eraser, ...services }) => ({
    ...services,
    eraser: {
      ...eraser,
      async listBelongings(openid) {
        const belongings = await eraser.listBelongings(openid);
        return { ...belongings, erase: async () => (await eraser.listBelongings(openid)).erase() };
      },
    },
  })),
];

/** Belongings none of whose records seem to be written by a sender any more. */
function writtenForGood<
  B extends { readonly records: readonly { readonly id: string; readonly updatedAtMs: number }[] },
>(belongings: B): B {
  return { ...belongings, records: belongings.records.map(({ id, updatedAtMs }) => ({ id, updatedAtMs })) };
}
