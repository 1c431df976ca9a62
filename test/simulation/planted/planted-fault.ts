import type { Ledger } from '../../../lib/grants/ledger.ts';
import type { Change, MessageStore } from '../../../lib/messages/message-store.ts';
import type { SendRecord } from '../../../lib/sends/send-record.ts';
import type { Versioned } from '../../../lib/versioned.ts';
import type { Kernel } from '../kernel.ts';

/**
 * A deliberate fault: the real code, one of whose functions is handed a port that does what the function
 * would bring about if it had the fault. No source text is touched.
 */
export interface PlantedFault {
  readonly name: string;
  /** The kernel with the fault in it. */
  plant(kernel: Kernel): Kernel;
}

/** What a function of the kernel is handed. */
export type ServicesOf<Name extends keyof Kernel> = Parameters<Kernel[Name]>[0];

/** A fault in what one function is handed, made anew for each call of it. */
export function inCallsOf<Name extends keyof Kernel>(
  called: Name,
  name: string,
  change: (services: ServicesOf<Name>) => ServicesOf<Name>,
): PlantedFault {
  return {
    name,
    plant(kernel) {
      const real = kernel[called] as unknown as (services: ServicesOf<Name>, ...rest: never[]) => unknown;
      const faulty = (services: ServicesOf<Name>, ...rest: never[]) => real(change(services), ...rest);
      return { ...kernel, [called]: faulty };
    },
  };
}

/** What every sender needs of the store. */
type SendStore = ServicesOf<'processRunJob'>['store'];

/** What both senders are handed: that of messages, and that of a run's recipients. */
export interface SendParts {
  readonly store: SendStore;
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A fault in both senders. */
export function inSends(name: string, change: <S extends SendParts>(services: S) => S): PlantedFault {
  return {
    name,
    plant: (kernel) => ({
      ...kernel,
      deliverMessage: (services, job) => kernel.deliverMessage(change(services), job),
      processRunJob: (services, ...rest) => kernel.processRunJob(change(services), ...rest),
    }),
  };
}

/** The services with another store. */
export function withStore<S extends { readonly store: SendStore }>(
  services: S,
  change: (store: S['store']) => Partial<MessageStore>,
): S {
  return { ...services, store: { ...services.store, ...change(services.store) } };
}

/** A store from which ledgers are read otherwise than they stand there. */
export function readingLedgers<Store extends Pick<MessageStore, 'loadLedger'>>(
  store: Store,
  change: (ledger: Ledger) => Ledger,
): Store {
  const changed = ({ value, ...rest }: Versioned<Ledger>) => ({ ...rest, value: change(value) });
  return { ...store, loadLedger: async (openid: string) => changed(await store.loadLedger(openid)) };
}

/** The writing of ledgers otherwise than they were meant. */
export function writingLedgers(
  store: Pick<MessageStore, 'commit'>,
  change: (ledger: Ledger, before: Ledger) => Ledger,
): Pick<MessageStore, 'commit'> {
  return {
    commit({ ledger, ...rest }: Change) {
      if (!ledger) return store.commit(rest);
      const value = change(ledger.value, ledger.before ?? ledger.value);
      return store.commit({ ...rest, ledger: { ...ledger, value } });
    },
  };
}

/** Records of sends that are written otherwise than they were meant, of messages and of recipients. */
export function recordedAs(name: string, change: <R extends SendRecord>(record: R) => R): PlantedFault {
  const inStore = (store: SendStore): Partial<MessageStore> => ({
    commit: ({ records = [], ...rest }) =>
      store.commit({
        ...rest,
        records: records.map((record) => ({ ...record, value: change(record.value) })),
      }),
    async findSend(id, ledger) {
      const send = await store.findSend(id, ledger);
      return {
        ...send,
        write: (update, closed) =>
          send.write((record) => {
            const after = update(record);
            return after && change(after);
          }, closed),
      };
    },
  });
  return {
    name,
    plant: (kernel) => ({
      ...kernel,
      deliverMessage: (services, job) => kernel.deliverMessage(withStore(services, inStore), job),
      applySubscribeEvent: (services, event) =>
        kernel.applySubscribeEvent(withStore(services, inStore), event),
      processRunJob(services, ...rest) {
        const { runs } = services;
        const putResults: typeof runs.putResults = (key, { value, ...read }, tally) => {
          const results = new Map([...value.results].map(([index, result]) => [index, change(result)]));
          return runs.putResults(key, { ...read, value: { ...value, results } }, tally);
        };
        return kernel.processRunJob(
          { ...withStore(services, inStore), runs: { ...runs, putResults } },
          ...rest,
        );
      },
    }),
  };
}
