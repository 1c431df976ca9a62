import * as v from 'valibot';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import {
  type Campaign,
  type CampaignStatus,
  campaign,
  type QuietHours,
  type RequestedSchedule,
} from './campaign.ts';
import {
  checkGrantees,
  checkQuietHours,
  checkSchedule,
  checkTexts,
  type InputRefusal,
} from './campaign-input.ts';
import { type CampaignServices, trySchedule } from './create-campaign.ts';
import { firstRunOf } from './schedule/schedule-expression.ts';
import { syncSchedule } from './schedule/sync-schedule.ts';

/** The parts of a campaign to change; null removes one. Runs that have begun stay as they are. */
export interface CampaignChange {
  readonly name?: string;
  readonly data?: unknown;
  readonly page?: string | null;
  readonly miniprogramState?: Campaign['miniprogramState'];
  readonly lang?: Campaign['lang'];
  readonly fit?: boolean;
  readonly schedule?: RequestedSchedule | null;
  readonly maxPerSecond?: number | null;
  readonly quietHours?: QuietHours | null;
  readonly status?: CampaignStatus;
}

type ChangeCampaignResult =
  | { readonly type: 'changed'; readonly campaign: Campaign }
  | { readonly type: 'not-found' | 'ended' }
  | InputRefusal;

type Services = CampaignServices & Backoff;

/**
 * Changes a campaign, if the whole of it is still right, and then its schedule. The messages of recipients
 * who were named before are not checked again: a dry run does that.
 *
 * @throws TemplateCallError, ContentionError
 */
export async function changeCampaign(
  services: Services,
  campaignId: string,
  change: CampaignChange,
): Promise<ChangeCampaignResult> {
  let before: Campaign | undefined;
  const result = await retryOnConflict(async (): Promise<ChangeCampaignResult | 'conflict'> => {
    const stored = await services.store.load(campaignId);
    if (!stored || stored.value.deletedAtMs !== undefined) return { type: 'not-found' };
    if (stored.value.status === 'ended') return { type: 'ended' };
    before = stored.value;
    const checked = await checkChange(services, stored.value, change);
    if (checked.type !== 'changed') return checked;
    const put = await services.store.put(updated(stored, checked.campaign));
    return put === 'conflict' ? 'conflict' : checked;
  }, services);
  if (result.type !== 'changed' || !before) return result;
  return withSchedule(services, before, result.campaign);
}

async function checkChange(
  { templates, clock }: Services,
  campaign: Campaign,
  change: CampaignChange,
): Promise<ChangeCampaignResult> {
  const nowMs = clock();
  const next = applied(campaign, change, nowMs);
  const schedule = change.schedule !== undefined || change.status === 'active' ? next.schedule : undefined;
  const refused = checkSchedule(schedule, nowMs) ?? checkQuietHours(next.quietHours);
  if (refused) return refused;
  const refilled = await withTexts(templates, next, change);
  if ('type' in refilled) return refilled;
  const isRefilled = refilled !== next || change.page !== undefined;
  const ungranted = isRefilled && next.audience.type === 'grantees' ? checkGrantees(refilled) : undefined;
  return ungranted ?? { type: 'changed', campaign: refilled };
}

async function withTexts(
  templates: Services['templates'],
  next: Campaign,
  { data, fit }: CampaignChange,
): Promise<Campaign | InputRefusal> {
  if (data === undefined && fit === undefined) return next;
  const template = await templates.find(next.templateId);
  if (!template) return { type: 'unknown-template' };
  const texts = checkTexts(template, data ?? next.data, next.fit);
  return texts.type === 'invalid-data' ? texts : { ...next, data: texts.data };
}

function applied(
  before: Campaign,
  { data: _data, schedule, ...change }: CampaignChange,
  nowMs: number,
): Campaign {
  const after = {
    ...before,
    ...change,
    ...(schedule !== undefined && { schedule: schedule && firstRunOf(schedule, nowMs) }),
    updatedAtMs: nowMs,
  };
  const kept = Object.entries(after).filter(([, value]) => value !== null);
  return v.parse(campaign, Object.fromEntries(kept));
}

/** Writes the schedule. Where EventBridge refuses it, the campaign gets its former one back. */
async function withSchedule(
  services: Services,
  before: Campaign,
  campaign: Campaign,
): Promise<ChangeCampaignResult> {
  const { store } = services;
  const refused = await trySchedule(services, campaign.id);
  if (!refused) return { type: 'changed', campaign };
  await retryOnConflict(async () => {
    const stored = await store.load(campaign.id);
    if (!stored) return undefined;
    const { schedule: _, ...rest } = stored.value;
    const restored = { ...rest, ...(before.schedule && { schedule: before.schedule }) };
    return (await store.put(updated(stored, restored))) === 'conflict' ? 'conflict' : undefined;
  }, services);
  await syncSchedule(services, campaign.id);
  return refused;
}
