import type { Clock } from '../../clock.ts';
import { eachLimit } from '../../each-limit.ts';
import { type Backoff, retryOnConflict } from '../../retry.ts';
import type { TemplateCatalogue } from '../../templates/catalogue.ts';
import type { DataWarning } from '../../templates/data-warnings.ts';
import { updated, type Versioned } from '../../versioned.ts';
import { type Campaign, RECIPIENTS_PER_PAGE, type Recipient } from '../campaign.ts';
import type { ValidationError } from '../campaign-input.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { checkRecipients, type PathOf, pagesOf, repeatedRecipients } from './check-recipients.ts';

export interface AddRecipientsServices extends Backoff {
  readonly store: CampaignStore;
  readonly templates: Pick<TemplateCatalogue, 'find'>;
  /** Makes ids that sort by the moment. */
  readonly newUploadId: () => string;
  readonly clock: Clock;
}

/** Recipients to add. `hash` is the same for the same recipients. */
export interface Upload {
  readonly recipients: readonly Recipient[];
  readonly hash: string;
  readonly pathOf: PathOf;
}

/** `repeated`: the same recipients were the last to be added. Only `added` adds anybody. */
type AddRecipientsResult =
  | { readonly type: 'added'; readonly campaign: Campaign; readonly warnings: readonly DataWarning[] }
  | { readonly type: 'repeated'; readonly campaign: Campaign }
  | {
      readonly type:
        | 'not-found'
        | 'ended'
        | 'not-for-recipients'
        | 'too-many'
        | 'other-upload'
        | 'unknown-template';
    }
  | {
      readonly type: 'invalid-recipients' | 'invalid-variables';
      readonly errors: readonly ValidationError[];
    };

type Closed = { readonly type: 'added'; readonly campaign: Campaign } | Refusal;
type Refusal = Exclude<AddRecipientsResult, { readonly type: 'added' }>;

/** How many recipients one campaign has at most. */
export const MAX_RECIPIENTS = 1_000_000;

/** Longer than any function runs: after that, who began an upload is gone. */
const UPLOAD_LEASE_MS = 60_000;

const PAGES_AT_ONCE = 16;

/**
 * Adds recipients to a campaign, all or none. Their pages are written first, and count once the campaign says
 * so. Pages that a broken upload left behind are overwritten by the next. Runs that have begun keep their
 * recipients.
 *
 * @throws TemplateCallError, ContentionError
 */
export async function addRecipients(
  services: AddRecipientsServices,
  campaignId: string,
  upload: Upload,
): Promise<AddRecipientsResult> {
  const { store, clock, newUploadId } = services;
  const check = await checked(services, campaignId, upload);
  if (check.type !== 'checked') return check;
  const id = newUploadId();
  const opened = await retryOnConflict(async () => {
    const stored = await store.load(campaignId);
    const refused = refusal(stored, upload, clock());
    if (refused || !stored) return refused ?? { type: 'not-found' as const };
    const open = { ...stored.value, upload: { id, untilMs: clock() + UPLOAD_LEASE_MS } };
    return (await store.put(updated(stored, open))) === 'conflict'
      ? 'conflict'
      : { type: 'open' as const, open };
  }, services);
  if (opened.type !== 'open') return opened;
  if (!(await writePages(store, opened.open, id, upload.recipients))) return { type: 'other-upload' };
  const closed = await retryOnConflict(() => close(services, campaignId, id, upload), services);
  return closed.type === 'added' ? { ...closed, warnings: check.warnings } : closed;
}

/** Why the recipients cannot be added, as far as the campaign itself tells. */
function refusal(
  stored: Versioned<Campaign> | undefined,
  { recipients, hash }: Upload,
  nowMs: number,
): Refusal | undefined {
  if (!stored || stored.value.deletedAtMs !== undefined) return { type: 'not-found' };
  const { audience, status, lastUpload, upload } = stored.value;
  if (audience.type !== 'recipients') return { type: 'not-for-recipients' };
  if (lastUpload === hash) return { type: 'repeated', campaign: stored.value };
  if (status === 'ended') return { type: 'ended' };
  if (audience.count + recipients.length > MAX_RECIPIENTS) return { type: 'too-many' };
  if (upload && upload.untilMs > nowMs) return { type: 'other-upload' };
  return undefined;
}

async function checked(
  { store, templates, clock }: AddRecipientsServices,
  campaignId: string,
  upload: Upload,
): Promise<Refusal | { readonly type: 'checked'; readonly warnings: readonly DataWarning[] }> {
  const stored = await store.load(campaignId);
  const refused = refusal(stored, upload, clock());
  if (refused || !stored) return refused ?? { type: 'not-found' };
  const repeated = repeatedRecipients(upload.recipients, upload.pathOf);
  if (repeated.length > 0) return { type: 'invalid-recipients', errors: repeated };
  const template = await templates.find(stored.value.templateId);
  if (!template) return { type: 'unknown-template' };
  const { errors, warnings } = checkRecipients(stored.value, template, upload.recipients, upload.pathOf);
  return errors.length > 0 ? { type: 'invalid-variables', errors } : { type: 'checked', warnings };
}

/** False where a later upload is writing them. */
async function writePages(
  store: CampaignStore,
  { id: campaignId, audience }: Campaign,
  uploadId: string,
  recipients: readonly Recipient[],
): Promise<boolean> {
  const first = audience.type === 'recipients' ? audience.pages : 0;
  const pages = pagesOf(recipients).entries();
  let alone = true;
  await eachLimit({
    items: pages,
    limit: PAGES_AT_ONCE,
    mayGoOn: () => alone,
    work: async ([index, page]) => {
      const put = await store.putRecipients(campaignId, first + index, { id: uploadId, recipients: page });
      if (put === 'conflict') alone = false;
    },
  });
  return alone;
}

/** Makes the pages count, unless another upload has taken over. */
async function close(
  { store, clock }: AddRecipientsServices,
  campaignId: string,
  uploadId: string,
  { recipients, hash }: Upload,
): Promise<Closed | 'conflict'> {
  const stored = await store.load(campaignId);
  if (!stored || stored.value.deletedAtMs !== undefined) return { type: 'not-found' };
  const { upload, ...campaign } = stored.value;
  // The AWS client repeats a write whose answer was lost, so this upload may have been closed already.
  if (upload?.id !== uploadId) {
    return campaign.lastUpload === hash ? { type: 'added', campaign } : { type: 'other-upload' };
  }
  if (campaign.audience.type !== 'recipients') return { type: 'not-for-recipients' };
  const { count, pages } = campaign.audience;
  const added: Campaign = {
    ...campaign,
    audience: {
      type: 'recipients',
      count: count + recipients.length,
      pages: pages + Math.ceil(recipients.length / RECIPIENTS_PER_PAGE),
    },
    lastUpload: hash,
    updatedAtMs: clock(),
  };
  return (await store.put(updated(stored, added))) === 'conflict'
    ? 'conflict'
    : { type: 'added', campaign: added };
}
