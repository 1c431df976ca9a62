import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { TemplateCatalogue } from './catalogue.ts';
import { checkData } from './check-data.ts';
import type { Template, TemplateStore, TemplateUse } from './template.ts';

/** How many booked messages are named; the rest are counted. */
const NAMED_MESSAGES = 100;

interface ChangeServices {
  readonly catalogue: Pick<TemplateCatalogue, 'sync'>;
  readonly store: TemplateStore;
  readonly dependants: ChangeDependants;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a sync found new, by template id. */
export interface TemplateSyncResult {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Syncs the account's templates, and handles what changed. Where one has vanished or got other fields, its
 * campaigns are paused, and the booked messages that WeChat would now refuse are recorded beside it. A campaign
 * that its owner resumed after a change of fields is left alone.
 *
 * @throws TemplateCallError when WeChat could not be asked; what was known stays.
 */
export async function syncAndHandleChanges(services: ChangeServices): Promise<TemplateSyncResult> {
  const { catalogue, store, clock } = services;
  const before = new Map((await store.list()).map((template) => [template.templateId, template]));
  await catalogue.sync();
  const after = await store.list();
  const readAtMs = clock();
  const recorded = await recordUse(services, after);
  if (recorded.length > 0) await store.save(recorded, (await store.lastSyncedAtMs()) ?? readAtMs);
  return differences(before, after);
}

async function recordUse({ dependants, clock, logger }: ChangeServices, templates: readonly Template[]) {
  const troubled = templates.filter(isUnsettled);
  if (troubled.length === 0) return [];
  const refused = await refusedMessages(dependants, troubled);
  const recorded: Template[] = [];
  for (const template of troubled) {
    const usedBy: TemplateUse = {
      atMs: clock(),
      ...(refused.get(template.templateId) ?? { messages: 0, messageIds: [] }),
      campaigns: await campaignsOf(dependants, template),
    };
    const { templateId } = template;
    if (usedBy.messages > 0 || usedBy.campaigns.length > 0) {
      logger.warn('A template that is in use was deleted at WeChat or has other fields now', {
        templateId,
        dueMessages: usedBy.messages,
        pausedCampaigns: usedBy.campaigns.map(({ id }) => id),
      });
    }
    recorded.push({ ...template, usedBy });
  }
  return recorded;
}

/** Gone or changed, and not known to be used by nothing: what is gone gets no new users. */
function isUnsettled(template: Template): boolean {
  return isNews(template) || (hasTrouble(template) && isUsed(template));
}

function hasTrouble({ removedAtMs, changed }: Template): boolean {
  return removedAtMs !== undefined || changed !== undefined;
}

function isNews({ removedAtMs = 0, changed, usedBy }: Template): boolean {
  const troubledAtMs = Math.max(removedAtMs, changed?.atMs ?? 0);
  return troubledAtMs > 0 && troubledAtMs > (usedBy?.atMs ?? 0);
}

function isUsed({ usedBy }: Template): boolean {
  return usedBy !== undefined && (usedBy.messages > 0 || usedBy.campaigns.length > 0);
}

async function campaignsOf(
  dependants: ChangeDependants,
  template: Template,
): Promise<TemplateUse['campaigns']> {
  const isToBePaused = template.removedAtMs !== undefined || isNews(template);
  return isToBePaused ? dependants.pauseCampaigns(template.templateId) : (template.usedBy?.campaigns ?? []);
}

type RefusedMessages = Pick<TemplateUse, 'messages' | 'messageIds'>;

async function refusedMessages(
  dependants: ChangeDependants,
  templates: readonly Template[],
): Promise<ReadonlyMap<string, RefusedMessages>> {
  const byId = new Map(templates.map((template) => [template.templateId, template]));
  const refused: Pick<DueMessage, 'id' | 'templateId' | 'sendAtMs'>[] = [];
  for await (const { id, templateId, data, sendAtMs } of dependants.dueMessages([...byId.keys()])) {
    const template = byId.get(templateId);
    if (template && wouldBeRefused(template, data)) refused.push({ id, templateId, sendAtMs });
  }
  const soonestFirst = refused.sort((a, b) => a.sendAtMs - b.sendAtMs);
  return new Map(
    [...Map.groupBy(soonestFirst, ({ templateId }) => templateId)].map(([templateId, messages]) => [
      templateId,
      { messages: messages.length, messageIds: messages.slice(0, NAMED_MESSAGES).map(({ id }) => id) },
    ]),
  );
}

function wouldBeRefused(template: Template, data: DueMessage['data']): boolean {
  return template.removedAtMs !== undefined || checkData(template, data).type === 'invalid';
}

function differences(before: ReadonlyMap<string, Template>, after: readonly Template[]): TemplateSyncResult {
  const idsOf = (isNew: (now: Template, then: Template | undefined) => boolean) =>
    after.flatMap((now) => (isNew(now, before.get(now.templateId)) ? [now.templateId] : []));
  return {
    added: idsOf((now, then) => now.removedAtMs === undefined && (!then || then.removedAtMs !== undefined)),
    changed: idsOf((now, then) => now.changed !== undefined && now.changed.atMs !== then?.changed?.atMs),
    removed: idsOf((now, then) => now.removedAtMs !== undefined && then?.removedAtMs === undefined),
  };
}

/** A message that waits for its time. */
export interface DueMessage {
  readonly id: string;
  readonly templateId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly sendAtMs: number;
}

/** Who is hit when a template vanishes or gets other fields. */
export interface ChangeDependants {
  /** The messages of these templates that wait for a time more than minutes away, in no order. */
  dueMessages(templateIds: readonly string[]): AsyncIterable<DueMessage>;
  /**
   * Pauses the active campaigns of a template, with their runs. Answers all campaigns of it that have not
   * ended, those among them that were paused before.
   */
  pauseCampaigns(templateId: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
}
