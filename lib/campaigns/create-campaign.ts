import type { Clock } from '../clock.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import type { DataWarning } from '../templates/data-warnings.ts';
import { type Audience, type Campaign, RECIPIENTS_PER_PAGE } from './campaign.ts';
import {
  type CampaignInput,
  checkGrantees,
  checkKind,
  checkQuietHours,
  checkSchedule,
  checkTexts,
  type InputRefusal,
} from './campaign-input.ts';
import type { CampaignStore } from './campaign-store.ts';
import { checkRecipients, pagesOf, repeatedRecipients } from './recipients/check-recipients.ts';
import { firstRunOf } from './schedule/schedule-expression.ts';
import { type SyncScheduleServices, syncSchedule } from './schedule/sync-schedule.ts';

export interface CampaignServices extends SyncScheduleServices {
  readonly store: CampaignStore;
  readonly templates: Pick<TemplateCatalogue, 'find'>;
  readonly newCampaignId: () => string;
  readonly clock: Clock;
}

type CreateCampaignResult =
  | {
      readonly type: 'created';
      readonly campaign: Campaign;
      /** Values that WeChat may refuse, made by recipients' variables. */
      readonly warnings: readonly DataWarning[];
    }
  | InputRefusal;

/**
 * Checks the input as a whole and stores the campaign with its recipients, all of it or nothing. Then its
 * schedule is written. Where EventBridge refuses a schedule that passed the check here, the campaign is
 * deleted again.
 *
 * @throws TemplateCallError when the template is not known yet and WeChat could not be asked.
 */
export async function createCampaign(
  services: CampaignServices,
  input: CampaignInput,
): Promise<CreateCampaignResult> {
  const { store, templates, newCampaignId, clock } = services;
  const nowMs = clock();
  const template = await templates.find(input.templateId);
  if (!template) return { type: 'unknown-template' };
  const texts = checkTexts(template, input.data, input.fit);
  if (texts.type === 'invalid-data') return texts;
  const campaign = campaignOf(
    input,
    { id: newCampaignId(), templateId: template.templateId, data: texts.data },
    nowMs,
  );
  const refused =
    checkKind(template) ??
    checkSchedule(input.schedule, nowMs) ??
    checkQuietHours(input.quietHours) ??
    (input.audience.type === 'grantees' ? checkGrantees(campaign) : undefined);
  if (refused) return refused;
  const recipients = recipientsOf(input);
  const pathOf = (index: number) => `audience.recipients.${index}`;
  const repeated = repeatedRecipients(recipients, pathOf);
  if (repeated.length > 0) return { type: 'invalid-order', errors: repeated };
  const { errors, warnings } = checkRecipients(campaign, template, recipients, pathOf);
  if (errors.length > 0) return { type: 'invalid-variables', errors };

  const stored = await store.create(campaign, pagesOf(recipients));
  if (stored === 'conflict')
    throw new Error(`The id ${campaign.id} is taken: two ids of version 7 were the same.`);
  if (!campaign.schedule) return { type: 'created', campaign, warnings };
  const refusedLate = await trySchedule(services, campaign.id);
  if (!refusedLate) return { type: 'created', campaign, warnings };
  await store.erase(campaign.id);
  return refusedLate;
}

/**
 * Writes the schedule of a campaign that is stored: whatever fails, the reconciliation sets right. The refusal
 * is EventBridge's, by a rule that the check here does not know.
 */
export async function trySchedule(
  services: SyncScheduleServices,
  campaignId: string,
): Promise<InputRefusal | undefined> {
  const synced = await syncSchedule(services, campaignId).catch((error) => {
    services.logger.warn(
      'The schedule of a campaign could not be written; the next reconciliation writes it.',
      { campaignId, error },
    );
  });
  if (synced?.type !== 'refused') return undefined;
  const message = {
    en: `EventBridge Scheduler refuses it: ${synced.reason}`,
    zh: `EventBridge Scheduler 不接受：${synced.reason}`,
  };
  return { type: 'invalid-schedule', errors: [{ path: 'schedule', message }] };
}

const recipientsOf = ({ audience }: Pick<CampaignInput, 'audience'>) =>
  audience.type === 'recipients' ? audience.recipients : [];

function campaignOf(
  { data: _data, schedule, ...input }: CampaignInput,
  known: Pick<Campaign, 'id' | 'templateId' | 'data'>,
  nowMs: number,
): Campaign {
  return {
    ...input,
    ...known,
    audience: audienceOf(input),
    ...(schedule && { schedule: firstRunOf(schedule, nowMs) }),
    status: 'active',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

function audienceOf(input: Pick<CampaignInput, 'audience'>): Audience {
  if (input.audience.type === 'grantees') return { type: 'grantees' };
  const count = recipientsOf(input).length;
  return { type: 'recipients', count, pages: Math.ceil(count / RECIPIENTS_PER_PAGE) };
}
