import { readGrantKey } from '../../../lib/grants/grant-key.ts';
import type { GrantStore } from '../../../lib/grants/grant-store.ts';
import type { Ledger } from '../../../lib/grants/ledger.ts';
import type { RecentGrants } from '../../../lib/grants/recent-grants.ts';
import { OVER_RATE } from '../wechat.ts';
import {
  inCallsOf,
  inSends,
  type PlantedFault,
  readingLedgers,
  withStore,
  writingLedgers,
} from './planted-fault.ts';

/** The ledger, of whose latest grants something is not known. */
function withRecent(ledger: Ledger, known: Partial<RecentGrants>): Ledger {
  const templates = Object.entries(ledger.templates).map(([id, { recent, ...grants }]) => [
    id,
    { ...grants, ...(recent && { recent: { ...recent, ...known } }) },
  ]);
  return { ...ledger, templates: Object.fromEntries(templates) };
}

function knowingRecentMarks({ countedOf }: Pick<GrantStore, 'countedOf'>): GrantStore['countedOf'] {
  return ({ counted, ...ledger }, marks) =>
    countedOf({ ...ledger, counted: { recent: counted?.recent ?? '' } }, marks);
}

/**
 * Faults in how grants are counted, taken and taken away, and in what WeChat's events say of them and of
 * sends.
 */
export const GRANT_FAULTS: readonly PlantedFault[] = [
  inSends('a refusal empties the ledger without a new epoch', (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger, before) => ({
        ...ledger,
        templates: Object.fromEntries(
          Object.entries(ledger.templates).map(([id, grants]) => [
            id,
            { ...grants, epoch: before.templates[id]?.epoch ?? grants.epoch },
          ]),
        ),
      })),
    ),
  ),
  inSends('a refusal takes what was granted since the send began', (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger, before) => ({
        ...ledger,
        templates: Object.fromEntries(
          Object.entries(ledger.templates).map(([id, grants]) => [
            id,
            grants.epoch === before.templates[id]?.epoch ? grants : { ...grants, available: 0 },
          ]),
        ),
      })),
    ),
  ),
  inCallsOf('deliverMessage', 'a refusal over the rate takes a limited subscription away', (services) => ({
    ...services,
    rules: {
      ...services.rules,
      ruleOf: (errcode) =>
        errcode === OVER_RATE
          ? { class: 'user-state', retry: 'none', grant: 'zero' }
          : services.rules.ruleOf(errcode),
    },
  })),
  inSends("a message about one device ends the subscriptions to the user's others", (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger) => {
        const about = ledger.claim?.templateId;
        if (!about || !readGrantKey(about).device) return ledger;
        const templates = Object.entries(ledger.templates).map(([key, grants]) => [
          key,
          key !== about && readGrantKey(key).device ? { ...grants, subscribed: false } : grants,
        ]);
        return { ...ledger, templates: Object.fromEntries(templates) };
      }),
    ),
  ),
  inSends('a message with a grant set aside takes another one as well', (services) =>
    withStore(services, (store) =>
      writingLedgers(store, (ledger) => {
        const { claim } = ledger;
        const grants = claim && ledger.templates[claim.templateId];
        if (claim?.source !== 'held' || !grants || grants.available === 0) return ledger;
        const moved = { ...grants, held: grants.held + 1, available: grants.available - 1 };
        return {
          ...ledger,
          claim: { ...claim, source: 'available' },
          templates: { ...ledger.templates, [claim.templateId]: moved },
        };
      }),
    ),
  ),
  inCallsOf('reportGrants', 'a report counts as often as it comes', (services) => ({
    ...services,
    store: {
      ...services.store,
      commitCounted: (ledger, _, templateIds) => services.store.commitCounted(ledger, [], templateIds),
    },
  })),
  inCallsOf('reportGrants', 'a report whose mark has left the ledger counts again', (services) => ({
    ...services,
    store: { ...services.store, countedOf: knowingRecentMarks(services.store) },
  })),
  inCallsOf('reportGrants', 'a grant is stored before its user is in the audience', (services) => {
    let late: readonly string[] = [];
    return {
      ...services,
      store: {
        ...services.store,
        async joinAudiences(_, templateIds) {
          late = templateIds;
          return 'committed';
        },
        async commitCounted(ledger, marks, templateIds) {
          const result = await services.store.commitCounted(ledger, marks, []);
          const all = [...late, ...templateIds];
          return result === 'conflict' ? result : services.store.joinAudiences(ledger.value.openid, all);
        },
      },
    };
  }),
  inCallsOf('reportGrants', 'a user joins an audience to which nothing leads yet', (services) => ({
    ...services,
    store: { ...services.store, announce: async (ledger) => ledger },
  })),
  inCallsOf('reportGrants', 'a report takes back what another one has announced', (services) => ({
    ...services,
    store: readingLedgers(services.store, ({ joining: _, ...ledger }) => ledger),
  })),
  {
    name: 'a popup that its report took for none is counted twice, the event first',
    plant: (kernel) => ({
      ...kernel,
      reportGrants(services, openid, requestId, report, kinds) {
        const store = readingLedgers(services.store, (ledger) => withRecent(ledger, { tapped: [] }));
        const faulty = report.silent.length > 0 ? { ...services, store } : services;
        return kernel.reportGrants(faulty, openid, requestId, report, kinds);
      },
    }),
  },
  inCallsOf(
    'applySubscribeEvent',
    'a popup that its report took for none is counted twice, the report first',
    (services) => ({
      ...services,
      grantStore: readingLedgers(services.grantStore, (ledger) => withRecent(ledger, { silent: [] })),
    }),
  ),
  inCallsOf('applySubscribeEvent', 'the report and the event of one tap are both counted', (services) => ({
    ...services,
    grantStore: readingLedgers(services.grantStore, (ledger) => withRecent(ledger, { reported: [] })),
  })),
  inCallsOf('applySubscribeEvent', 'an event counts as often as it comes', (services) => ({
    ...services,
    grantStore: {
      ...services.grantStore,
      commitCounted: (ledger, _, templateIds) => services.grantStore.commitCounted(ledger, [], templateIds),
    },
  })),
  inCallsOf('applySubscribeEvent', 'an event whose mark has left the ledger counts again', (services) => ({
    ...services,
    grantStore: { ...services.grantStore, countedOf: knowingRecentMarks(services.grantStore) },
  })),
  inCallsOf(
    'applySubscribeEvent',
    'a template that is turned off keeps the grants set aside',
    (services) => ({
      ...services,
      grantStore: {
        ...services.grantStore,
        commitCounted(ledger, marks, templateIds) {
          const before = ledger.before?.templates ?? {};
          const templates = Object.entries(ledger.value.templates).map(([id, grants]) => {
            const held = before[id]?.held ?? 0;
            return [id, grants.epoch === before[id]?.epoch ? grants : { ...grants, held }];
          });
          const value = { ...ledger.value, templates: Object.fromEntries(templates) };
          return services.grantStore.commitCounted({ ...ledger, value }, marks, templateIds);
        },
      },
    }),
  ),
  inCallsOf('applySubscribeEvent', "a receipt is taken to be about the user's latest send", (services) =>
    withStore(services, (store) => ({
      async listOfUser(openid, limit, after) {
        const { items } = await store.listOfUser(openid, limit, after);
        return { items: items.filter(({ value }) => value.outcome !== undefined).slice(0, 1) };
      },
    })),
  ),
  {
    name: 'a receipt does not wait for the answer of the send that it may be about',
    plant: (kernel) => ({
      ...kernel,
      applySubscribeEvent(services, event) {
        const unclaimed = ({ claim: _, ...ledger }: Ledger) => ledger;
        const faulty = withStore(services, (store) => readingLedgers(store, unclaimed));
        return kernel.applySubscribeEvent(event.type === 'sent' ? faulty : services, event);
      },
    }),
  },
];
