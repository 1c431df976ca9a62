import type { Clock } from '../clock.ts';
import { eachLimit } from '../each-limit.ts';
import type { Page } from '../paginate.ts';
import type { TemplateCatalogue } from './catalogue.ts';
import type { TemplateStore } from './template.ts';
import { TemplateCallError } from './template-call-error.ts';
import type { TemplateLibrary } from './template-library.ts';

/** A pending message, and its user. */
export interface PendingMessage {
  readonly id: string;
  readonly openid: string;
}

/** A campaign by name. */
type CampaignName = { readonly id: string; readonly name: string };

/** What needs a template, and how that is ended. */
export interface DeletionDependants {
  /** The pending messages of a template. A page may be empty although more follow; one may come twice. */
  pendingMessages(templateId: string, after: string | undefined): Promise<Page<PendingMessage>>;
  /** Cancels the pending messages of a user for a template, gives the grants back and answers how many. */
  cancelMessages(openid: string, templateId: string): Promise<number>;
  /** Campaigns that are active or have a run under way. */
  campaignsInUse(templateId: string): Promise<readonly CampaignName[]>;
  /** Ends the campaigns of a template and stops their runs; answers those that had not ended. */
  endCampaigns(templateId: string): Promise<readonly CampaignName[]>;
}

export interface DeleteTemplateServices {
  readonly library: Pick<TemplateLibrary, 'delete' | 'templateIds'>;
  readonly catalogue: Pick<TemplateCatalogue, 'find' | 'markRemoved'>;
  readonly store: Pick<TemplateStore, 'get'>;
  readonly dependants: DeletionDependants;
  readonly removeAlias: (templateId: string) => Promise<unknown>;
  readonly clock: Clock;
}

/** Which template, and whether what needs it is ended; `after` goes on where an earlier call stopped. */
interface DeleteRequest {
  readonly templateId: string;
  readonly force: boolean;
  readonly after?: string;
}

/** Whether the template is gone from the account, or why it stays. */
export type DeleteResult =
  | { readonly type: 'not-found' }
  /** `isSure`: something needs it; without that there was no time to look through all users. */
  | {
      readonly type: 'in-use';
      readonly isSure: boolean;
      /** Some of the pending messages. */
      readonly messageIds: readonly string[];
      readonly campaigns: readonly CampaignName[];
    }
  | {
      readonly type: 'deleted';
      readonly messages: number;
      readonly campaigns: readonly CampaignName[];
      /** Messages are left: call again from here. */
      readonly next?: string;
    };

/** One call looks through users, or cancels, for so long. */
const WORK_FOR_MS = 15_000;
/** Where campaigns need the template anyway, messages are looked for so long, to be named too. */
const NAME_FOR_MS = 3_000;
const USERS_AT_ONCE = 10;

/**
 * Deletes a template at WeChat, unless messages of it are pending or campaigns need it. With `force` it is
 * deleted first and those are ended then: the other way round they would be lost to a deletion that WeChat
 * refuses.
 * Safe to repeat: a template that WeChat no longer lists counts as deleted, and what is left is ended.
 *
 * @throws TemplateCallError, ContentionError
 */
export async function deleteTemplate(
  services: DeleteTemplateServices,
  order: DeleteRequest,
): Promise<DeleteResult> {
  const { catalogue, store, dependants, removeAlias } = services;
  const { templateId, force } = order;
  const template = (await store.get(templateId)) ?? (await catalogue.find(templateId));
  if (!template) return { type: 'not-found' };
  const used = force ? undefined : await findUse(services, templateId);
  if (used) return used;
  if (template.removedAtMs === undefined) await deleteAtWeChat(services, templateId);
  await catalogue.markRemoved(templateId, { isDone: false });
  const campaigns = force ? await dependants.endCampaigns(templateId) : [];
  const { messages, next } = force ? await cancelAll(services, order) : { messages: 0 };
  if (next === undefined) {
    await removeAlias(templateId);
    await catalogue.markRemoved(templateId, { isDone: true });
  }
  return { type: 'deleted', messages, campaigns, ...(next !== undefined && { next }) };
}

/** A refusal counts as success where WeChat's list does not have the template: it was deleted before. */
async function deleteAtWeChat({ library }: DeleteTemplateServices, templateId: string): Promise<void> {
  try {
    await library.delete(templateId);
  } catch (error) {
    const isRefused = error instanceof TemplateCallError && error.wechat !== undefined;
    if (!isRefused || (await library.templateIds()).includes(templateId)) throw error;
  }
}

async function findUse(
  { dependants, clock }: DeleteTemplateServices,
  templateId: string,
): Promise<Extract<DeleteResult, { type: 'in-use' }> | undefined> {
  const campaigns = await dependants.campaignsInUse(templateId);
  const untilMs = clock() + (campaigns.length > 0 ? NAME_FOR_MS : WORK_FOR_MS);
  for (let after: string | undefined; ; ) {
    const { items, next }: Page<PendingMessage> = await dependants.pendingMessages(templateId, after);
    const messageIds = items.map(({ id }) => id);
    if (messageIds.length > 0 || next === undefined || clock() >= untilMs) {
      const isSure = messageIds.length + campaigns.length > 0;
      return isSure || next !== undefined ? { type: 'in-use', isSure, messageIds, campaigns } : undefined;
    }
    after = next;
  }
}

async function cancelAll(
  { dependants, clock }: DeleteTemplateServices,
  { templateId, after: from }: DeleteRequest,
): Promise<{ readonly messages: number; readonly next?: string }> {
  const untilMs = clock() + WORK_FOR_MS;
  let messages = 0;
  for (let after = from; ; ) {
    const { items, next }: Page<PendingMessage> = await dependants.pendingMessages(templateId, after);
    await eachLimit({
      items: new Set(items.map(({ openid }) => openid)),
      limit: USERS_AT_ONCE,
      work: async (openid) => {
        const canceled = await dependants.cancelMessages(openid, templateId);
        messages += canceled;
      },
    });
    if (next === undefined) return { messages };
    if (clock() >= untilMs) return { messages, next };
    after = next;
  }
}
