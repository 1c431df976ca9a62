import type { Stored } from '../stored.ts';
import type { Ledger } from './ledger.ts';

/** One page of ledgers, and where the next begins. */
export interface LedgerPage {
  readonly ledgers: readonly Ledger[];
  readonly next?: string;
}

/** Where grants are kept. Every read sees the latest write. */
export interface GrantStore {
  loadLedger(openid: string): Promise<Stored<Ledger>>;
  /** Whether this user's report has been counted. */
  isReported(openid: string, requestId: string): Promise<boolean>;
  /**
   * Writes the ledger, the mark that this report has been counted, and the user's place in the audience of each template
   * that is new to them, all or nothing. `conflict`: the ledger was changed, or the report counted, in between.
   */
  commitReport(
    ledger: Stored<Ledger>,
    requestId: string,
    newTemplateIds: readonly string[],
  ): Promise<'committed' | 'conflict'>;
  /** The users who ever answered for a template, in no particular order. */
  listByTemplate(templateId: string, limit: number, after?: string): Promise<LedgerPage>;
}
