import type { Language, MiniprogramState } from '../messages/message.ts';

/** When a campaign runs: EventBridge Scheduler's own expression, told in an IANA time zone. */
export interface CampaignSchedule {
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly expression: string;
  readonly timezone: string;
  /** The first run of a `rate(…)`; its others follow from it. Absent for the two other kinds. */
  readonly startsAtMs?: number;
}

/** A daily time in which nothing is sent: from `from` until just before `to`, over midnight when `to` is the earlier. */
export interface QuietHours {
  /** `HH:MM`, 24 hours. */
  readonly from: string;
  readonly to: string;
  /** IANA time zone. */
  readonly timezone: string;
}

/** Whom a campaign is for: everyone with an available grant when a run begins, or those whom the owner named. */
export type Audience =
  | { readonly type: 'grantees' }
  | {
      readonly type: 'recipients';
      /** How many were named, over all pages. */
      readonly count: number;
      /** Pages `0` to `pages - 1` hold them. What stands in later pages does not count. */
      readonly pages: number;
    };

/** `paused`: no new run by the schedule, nor by hand. `ended`: the same, for good. Runs have a status of their own. */
export type CampaignStatus = 'active' | 'paused' | 'ended';

/** An upload of recipients that is being written. */
export interface OpenUpload {
  /** Sorts by the moment it began: a later upload may write over what an earlier one left behind, never the reverse. */
  readonly id: string;
  /** When others need no longer wait for it. */
  readonly untilMs: number;
}

/** One message to many users, now or at times to come. */
export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly templateId: string;
  /** One text for each field of the template; a text may hold `{{variable}}`. */
  readonly data: Readonly<Record<string, string>>;
  readonly page?: string;
  readonly miniprogramState: MiniprogramState;
  readonly lang: Language;
  readonly fit: boolean;
  readonly audience: Audience;
  readonly schedule?: CampaignSchedule;
  readonly maxPerSecond?: number;
  readonly quietHours?: QuietHours;
  readonly status: CampaignStatus;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly upload?: OpenUpload;
  /** SHA-256 of the last recipients that were added, so that the same request sent again adds nothing. */
  readonly lastUpload?: string;
  /** Since when it is being deleted. To callers it is gone, and it starts no run. */
  readonly deletedAtMs?: number;
}

/** Someone whom the owner named, with the texts for `{{variable}}`. */
export interface Recipient {
  readonly openid: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The most recipients in one page. */
export const RECIPIENTS_PER_PAGE = 100;

const CAMPAIGN_ID = /^cmp_[0-9a-f]{32}$/;

/** Makes the id of a new campaign from a UUID of version 7, so that campaigns sort by the moment they were made. */
export function createCampaignIds(newTimeOrderedUuid: () => string): () => string {
  return () => `cmp_${newTimeOrderedUuid().replaceAll('-', '')}`;
}

/** Whether a text can be the id of a campaign. */
export function isCampaignId(text: string): boolean {
  return CAMPAIGN_ID.test(text);
}
