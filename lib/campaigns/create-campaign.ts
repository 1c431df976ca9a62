import type { Clock } from '../clock.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import type { DataWarning } from '../templates/data-warnings.ts';
import { type Audience, type Campaign, RECIPIENTS_PER_PAGE } from './campaign.ts';
import type { CampaignOrder, OrderRefusal } from './campaign-order.ts';
import type { CampaignStore } from './campaign-store.ts';
import { checkGrantees, checkQuietHours, checkSchedule, checkTexts } from './check-order.ts';
import { checkRecipients, pagesOf, repeatedRecipients } from './recipients/check-recipients.ts';
import { type AgreeServices, agree } from './schedule/agree.ts';
import { firstRunOf } from './schedule/expression.ts';

/** What making campaigns needs. */
export interface CampaignServices extends AgreeServices {
  readonly store: CampaignStore;
  readonly templates: Pick<TemplateCatalogue, 'find'>;
  readonly newCampaignId: () => string;
  readonly clock: Clock;
}

/** What came of ordering a campaign. */
export type CreateCampaignResult =
  | {
      readonly type: 'created';
      readonly campaign: Campaign;
      /** Doubtful values that recipients' variables make. */
      readonly warnings: readonly DataWarning[];
    }
  | OrderRefusal;

/**
 * Checks an order as a whole and stores it with the recipients it names, all of it or nothing; then its schedule is written.
 * Should EventBridge refuse a schedule that our own check took, the campaign is taken back.
 *
 * @throws TemplateLookupError when the template is not known yet and WeChat could not be asked.
 */
export async function createCampaign(
  services: CampaignServices,
  order: CampaignOrder,
): Promise<CreateCampaignResult> {
  const { store, templates, newCampaignId, clock, logger } = services;
  const nowMs = clock();
  const template = await templates.find(order.templateId);
  if (!template) return { type: 'unknown-template' };
  const texts = checkTexts(template, order.data, order.fit);
  if (texts.type === 'invalid-data') return texts;
  const campaign = campaignOf(
    order,
    { id: newCampaignId(), templateId: template.templateId, data: texts.data },
    nowMs,
  );
  const refused =
    checkSchedule(order.schedule, nowMs) ??
    checkQuietHours(order.quietHours) ??
    (order.audience.type === 'grantees' ? checkGrantees(campaign) : undefined);
  if (refused) return refused;
  const recipients = recipientsOf(order);
  const placeOf = (index: number) => `audience.recipients.${index}`;
  const repeated = repeatedRecipients(recipients, placeOf);
  if (repeated.length > 0) return { type: 'invalid-order', faults: repeated };
  const { faults, warnings } = checkRecipients(campaign, template, recipients, placeOf);
  if (faults.length > 0) return { type: 'invalid-variables', faults };

  const stored = await store.create(campaign, pagesOf(recipients, RECIPIENTS_PER_PAGE));
  if (stored === 'conflict')
    throw new Error(`The id ${campaign.id} is taken: two ids of version 7 were the same.`);
  if (!campaign.schedule) return { type: 'created', campaign, warnings };
  // The campaign is there from here on: whatever fails now, the reconciliation sets right.
  const agreement = await agree(services, campaign.id).catch((error) => {
    logger.warn('The schedule of a new campaign could not be written; the next reconciliation writes it.', {
      campaignId: campaign.id,
      error,
    });
  });
  if (agreement?.type !== 'refused') return { type: 'created', campaign, warnings };
  await store.erase(campaign.id);
  return refusedByEventBridge(agreement.reason);
}

/** EventBridge knows a rule that our own check does not. */
export function refusedByEventBridge(reason: string): OrderRefusal {
  return {
    type: 'invalid-schedule',
    faults: [
      {
        path: 'schedule',
        message: {
          en: `EventBridge Scheduler refuses it: ${reason}`,
          zh: `EventBridge Scheduler 不接受：${reason}`,
        },
      },
    ],
  };
}

const recipientsOf = ({ audience }: CampaignOrder) =>
  audience.type === 'recipients' ? audience.recipients : [];

function campaignOf(
  order: CampaignOrder,
  known: Pick<Campaign, 'id' | 'templateId' | 'data'>,
  nowMs: number,
): Campaign {
  const { name, page, miniprogramState, lang, fit, schedule, maxPerSecond, quietHours } = order;
  return {
    ...known,
    name,
    ...(page !== undefined && { page }),
    miniprogramState,
    lang,
    fit,
    audience: audienceOf(order),
    ...(schedule && { schedule: firstRunOf(schedule, nowMs) }),
    ...(maxPerSecond !== undefined && { maxPerSecond }),
    ...(quietHours && { quietHours }),
    status: 'active',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

function audienceOf(order: CampaignOrder): Audience {
  if (order.audience.type === 'grantees') return { type: 'grantees' };
  const count = recipientsOf(order).length;
  return { type: 'recipients', count, pages: Math.ceil(count / RECIPIENTS_PER_PAGE) };
}
