import type { Page } from '../paginate.ts';
import type { Versioned } from '../versioned.ts';
import type { Campaign, Recipient } from './campaign.ts';

/** Where campaigns and the lists of their recipients are kept. */
export interface CampaignStore {
  /** One being deleted is loaded too: `deletedAtMs` says so. */
  load(campaignId: string): Promise<Versioned<Campaign> | undefined>;
  /** Newest first, those being deleted among them. `after` is the id that the page before ended with. */
  list(limit: number, after: string | undefined): Promise<Page<Versioned<Campaign>>>;
  /** Stores a new campaign with its first pages of recipients, all of it or nothing; at most 20 pages. */
  create(campaign: Campaign, pages: readonly (readonly Recipient[])[]): Promise<'committed' | 'conflict'>;
  /** Writes over the version that was read. */
  put(campaign: Versioned<Campaign>): Promise<'committed' | 'conflict'>;
  /** The recipients of one page of the list, as they were named; empty for a page that is not there. */
  recipientsOf(campaignId: string, page: number): Promise<readonly Recipient[]>;
  /**
   * Writes one page of the list for an upload, over what an earlier upload left there. It counts once the
   * campaign says so. `conflict`: a later upload wrote there.
   */
  putRecipients(
    campaignId: string,
    page: number,
    upload: { readonly id: string; readonly recipients: readonly Recipient[] },
  ): Promise<'committed' | 'conflict'>;
  /**
   * Deletes a campaign after its recipients and runs. Safe to repeat. `more`: `mayGoOn`, which is asked
   * before every few items, said no before all was gone.
   */
  erase(campaignId: string, mayGoOn?: () => boolean): Promise<'erased' | 'more'>;
}
