import type { Versioned } from '../versioned.ts';
import type { CountMark } from './deduplication-marks.ts';
import type { Ledger } from './ledger.ts';

/** One page of ledgers, and where the next begins. */
export interface LedgerPage {
  readonly ledgers: readonly Ledger[];
  readonly next?: string;
}

/** Where grants are kept. Every read sees the latest write. */
export interface GrantStore {
  loadLedger(openid: string): Promise<Versioned<Ledger>>;
  /** Which of these marks are set for the user, whose ledger was read before. */
  countedOf(ledger: Ledger, marks: readonly CountMark[]): Promise<ReadonlySet<CountMark>>;
  /** Writes the ledger alone, and answers it as it then stands. `conflict`: it was changed in between. */
  announce(ledger: Versioned<Ledger>): Promise<Versioned<Ledger> | 'conflict'>;
  /**
   * Writes the user into the audiences of these templates, whether they are there or not. `conflict`: somebody else
   * was doing so at the same moment.
   */
  joinAudiences(openid: string, templateIds: readonly string[]): Promise<'committed' | 'conflict'>;
  /**
   * Writes the ledger, the marks of what it now counts, and the user into the audiences of these templates, all or
   * nothing. `conflict`: the ledger was changed in between.
   */
  commitCounted(
    ledger: Versioned<Ledger>,
    marks: readonly CountMark[],
    templateIds: readonly string[],
  ): Promise<'committed' | 'conflict'>;
  /** The users who ever answered for a template, in no particular order. */
  listByTemplate(templateId: string, limit: number, after?: string): Promise<LedgerPage>;
}

/** Reads what users granted. */
export interface GrantReader {
  /** The ledger of one user; empty for one of whom nothing is known. */
  ofUser(openid: string): Promise<Ledger>;
  /** The ledgers of the users who ever answered for a template, a page at a time. */
  ofTemplate(templateId: string, limit: number, after?: string): Promise<LedgerPage>;
}

/** Reads ledgers and closes the claim of a send that has ended, by `settled`. Nothing is written. */
export function createGrantReader(
  store: Pick<GrantStore, 'loadLedger' | 'listByTemplate'>,
  settled: (ledger: Ledger) => Promise<Ledger>,
): GrantReader {
  return {
    ofUser: async (openid) => settled((await store.loadLedger(openid)).value),
    async ofTemplate(templateId, limit, after) {
      const page = await store.listByTemplate(templateId, limit, after);
      return { ...page, ledgers: await Promise.all(page.ledgers.map(settled)) };
    },
  };
}
