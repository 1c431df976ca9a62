import { packPending, unpackPending } from '../../../lib/grants/packed-pending-messages.ts';
import type { Message } from '../../../lib/messages/message.ts';
import { listPending, putPending } from '../../../lib/messages/pending-messages.ts';
import { inCallsOf, type PlantedFault, readingLedgers, withStore, writingLedgers } from './planted-fault.ts';

const LATE_MS = 8 * 60 * 60_000;

const isExpired = ({ value }: { readonly value: Message }) => value.outcome?.reason === 'expired';

/** Faults in how messages expire, and in how newer ones take their place. */
export const PENDING_FAULTS: readonly PlantedFault[] = [
  inCallsOf('acceptMessages', 'a message whose place is taken waits on', (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger, before) => {
        const open = before.claim?.sendId;
        const kept = [...unpackPending(before)].filter(([id]) => id !== open);
        return packPending(ledger, new Map([...kept, ...unpackPending(ledger)]));
      }),
    ),
  ),
  inCallsOf('acceptMessages', 'the grant of a message whose place is taken is handed on twice', (services) =>
    withStore(services, (store) => ({
      commit({ ledger, records = [] }) {
        const [taken] = records;
        const grants = taken && ledger?.value.templates[taken.value.templateId];
        if (!ledger || !grants || !taken.value.hold)
          return store.commit({ ...(ledger && { ledger }), records });
        const more = { ...grants, available: grants.available + 1 };
        const templates = { ...ledger.value.templates, [taken.value.templateId]: more };
        return store.commit({ ledger: { ...ledger, value: { ...ledger.value, templates } }, records });
      },
    })),
  ),
  inCallsOf('acceptMessages', 'a message whose place is taken gets no record', (services) =>
    withStore(services, (store) => ({ commit: ({ records: _, ...change }) => store.commit(change) })),
  ),
  inCallsOf('acceptMessages', 'the place of a message that is being sent is taken', (services) => {
    const { store } = services;
    return withStore(services, () => ({
      async loadLedger(openid) {
        const { value, ...read } = await store.loadLedger(openid);
        const { claim: _, ...free } = value;
        return { ...read, value: free };
      },
      async commit({ ledger, ...rest }) {
        if (!ledger) return store.commit(rest);
        const { version, value } = await store.loadLedger(ledger.value.openid);
        if (version !== ledger.version) return 'conflict';
        const claimed = { ...ledger.value, ...(value.claim && { claim: value.claim }) };
        return store.commit({ ...rest, ledger: { ...ledger, value: claimed } });
      },
    }));
  }),
  inCallsOf('acceptMessages', 'taking a place does not collide with a claim', (services) =>
    withStore(services, (store) => ({
      async commit(change) {
        const { ledger, records = [] } = change;
        if (!ledger || records.length === 0) return store.commit(change);
        const { version } = await store.loadLedger(ledger.value.openid);
        return store.commit({ ...change, ledger: { ...ledger, version } });
      },
    })),
  ),
  inCallsOf('deliverMessage', 'a message leaves though it has expired', (services) =>
    withStore(services, (store) =>
      readingLedgers(store, (ledger) =>
        putPending(ledger, ...listPending(ledger).map(({ expiresAtMs: _, ...message }) => message)),
      ),
    ),
  ),
  inCallsOf(
    'deliverMessage',
    'a message that is claimed in time leaves whenever its sender comes to it',
    (services) => {
      const { store, clock, sleep } = services;
      let claimedAtMs: number | undefined;
      return {
        ...services,
        clock: () => claimedAtMs ?? clock(),
        sleep(ms) {
          claimedAtMs = undefined;
          return sleep(ms);
        },
        store: {
          ...store,
          async commit(change) {
            const atMs = clock();
            const result = await store.commit(change);
            claimedAtMs = result === 'committed' && change.ledger?.value.claim ? atMs : undefined;
            return result;
          },
        },
      };
    },
  ),
  inCallsOf('deliverMessage', 'a message that expires keeps its grant', (services) =>
    withStore(services, (store) => ({
      commit({ ledger, records = [] }) {
        const before = ledger?.before;
        if (!ledger || !before || !records.some(isExpired))
          return store.commit({ ...(ledger && { ledger }), records });
        const value = { ...ledger.value, templates: before.templates };
        return store.commit({ ledger: { ...ledger, value }, records });
      },
    })),
  ),
  inCallsOf(
    'deliverMessage',
    'a message that expires is looked at only once it could have left',
    (services) => {
      const { store, dueEntries } = services;
      const later = (message: Message): Message => {
        const { dueAtMs, expiresAtMs, dueEntries: listed = [] } = message;
        if (dueAtMs !== expiresAtMs) return message;
        const moved = listed.map((atMs) => (atMs === dueAtMs ? atMs + LATE_MS : atMs));
        return { ...message, dueAtMs: dueAtMs + LATE_MS, ...(moved.length > 0 && { dueEntries: moved }) };
      };
      return {
        ...withStore(services, () =>
          writingLedgers(store, (ledger) => putPending(ledger, ...listPending(ledger).map(later))),
        ),
        dueEntries: {
          ...dueEntries,
          put: ({ dueAtMs, ...entry }) =>
            dueEntries.put({
              ...entry,
              dueAtMs: dueAtMs === entry.expiresAtMs ? dueAtMs + LATE_MS : dueAtMs,
            }),
        },
      };
    },
  ),
];
