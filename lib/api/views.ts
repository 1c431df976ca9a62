import * as v from 'valibot';
import type { Campaign } from '../campaigns/campaign.ts';
import type { RecipientOutcome } from '../campaigns/runs/read-run.ts';
import type { RunView } from '../campaigns/runs/run.ts';
import { nextRuns } from '../campaigns/schedule/schedule-expression.ts';
import { type Card, isChanging, stateAt } from '../cards/card.ts';
import type { CardWarning } from '../cards/check-content.ts';
import { readGrantKey } from '../grants/grant-key.ts';
import { type Claim, grantsOf, isSubscription, type Ledger, spentOf } from '../grants/ledger.ts';
import { type Message, messageStatusOf } from '../messages/message.ts';
import type { Outcome } from '../sends/send-record.ts';
import { type TemplateUse, templateKindOf } from '../templates/template.ts';
import type { ListedTemplate } from '../templates/template-warnings.ts';
import type { AnswerOf } from './route.ts';
import type * as schemas from './schemas/campaign-answers.ts';
import type { card as cardSchema } from './schemas/cards.ts';
import { toRfc3339 } from './schemas/common.ts';
import type { grant } from './schemas/grants.ts';
import type { message as messageSchema } from './schemas/messages.ts';
import type { template as templateSchema } from './schemas/templates.ts';

/** What a user granted by its key in the ledger; undefined if they never answered for it. */
export function grantView(ledger: Ledger, key: string): AnswerOf<typeof grant> | undefined {
  const grants = grantsOf(ledger, key);
  if (!grants) return undefined;
  const isUncounted = isSubscription(grants.kind);
  return {
    openid: ledger.openid,
    ...readGrantKey(key),
    kind: grants.kind,
    available: isUncounted ? null : grants.available,
    ...(isUncounted && { subscribed: grants.subscribed }),
    held: isUncounted ? 0 : grants.held,
    spent: isUncounted ? 0 : spentOf(grants),
    lastStatus: grants.lastStatus,
    ...(grants.silentReject && { silentReject: true }),
    updatedAt: toRfc3339(grants.updatedAtMs),
  };
}

/** A message as callers see it. */
export type MessageView = AnswerOf<typeof messageSchema>;

/** A message as it is stored. Under `claim`, the open one of its user's ledger, it may be being sent. */
export function messageView(message: Message, claim: Claim | undefined, nowMs: number): MessageView {
  const { id, openid, templateId, device, data, page, miniprogramState, lang } = message;
  const { attempts, fitted, outcome, expiresAtMs, collapseKey, collapsedInto } = message;
  return {
    id,
    to: openid,
    templateId,
    ...(device && { device }),
    data,
    ...(page !== undefined && { page }),
    miniprogramState,
    lang,
    status: messageStatusOf(message, claim, nowMs),
    sendAt: toRfc3339(message.sendAtMs),
    ...(expiresAtMs !== undefined && { expiresAt: toRfc3339(expiresAtMs) }),
    ...(collapseKey !== undefined && { collapseKey }),
    ...(collapsedInto !== undefined && { collapsedInto }),
    createdAt: toRfc3339(message.createdAtMs),
    updatedAt: toRfc3339(message.updatedAtMs),
    attempts,
    ...(fitted && { fitted }),
    ...(outcome && { outcome: outcomeView(outcome) }),
    ...(message.deliveredAtMs !== undefined && { deliveredAt: toRfc3339(message.deliveredAtMs) }),
  };
}

/** An outcome as callers see it. */
export function outcomeView({ atMs, ...same }: Outcome): NonNullable<MessageView['outcome']> {
  return { at: toRfc3339(atMs), ...same };
}

/** How many coming runs are shown. */
const RUNS_SHOWN = 5;

/** A campaign as callers see it; whole, with its coming runs and the last one, or short as in a list. */
export function campaignView(
  campaign: Campaign,
  nowMs: number,
  whole?: { readonly lastRun?: RunView | undefined },
): AnswerOf<typeof schemas.campaign> {
  const { schedule, audience, createdAtMs, updatedAtMs, upload, lastUpload, deletedAtMs, ...same } = campaign;
  const { type } = audience;
  const runs =
    schedule && campaign.status === 'active' ? nextRuns(schedule, nowMs, RUNS_SHOWN).map(toRfc3339) : [];
  const [next] = runs;
  return {
    ...same,
    audience: type === 'recipients' ? { type, count: audience.count } : { type },
    ...(schedule && { schedule: { expression: schedule.expression, timezone: schedule.timezone } }),
    ...(next !== undefined && { nextRunAt: next }),
    ...(next !== undefined && whole && { nextRuns: runs }),
    ...(whole?.lastRun && { lastRun: runView(whole.lastRun) }),
    createdAt: toRfc3339(createdAtMs),
    updatedAt: toRfc3339(updatedAtMs),
  };
}

/** A run as callers see it. */
export function runView({
  startedAtMs,
  finishedAtMs,
  quietUntilMs,
  ...same
}: RunView): AnswerOf<typeof schemas.run> {
  return {
    ...same,
    startedAt: toRfc3339(startedAtMs),
    ...(finishedAtMs !== undefined && { finishedAt: toRfc3339(finishedAtMs) }),
    ...(quietUntilMs !== undefined && { quietUntil: toRfc3339(quietUntilMs) }),
  };
}

/** What became of one recipient of a run, as callers see it. */
export function recipientView(recipient: RecipientOutcome): AnswerOf<typeof schemas.runRecipient> {
  const { openid, state, attempts, problems, outcome } = recipient;
  const { atMs, remedy, ...facts } = outcome ?? {};
  return {
    openid,
    status: state,
    attempts,
    ...(atMs !== undefined && { at: toRfc3339(atMs) }),
    ...facts,
    ...(problems !== undefined && { problems }),
  };
}

/** A card as callers see it. */
export function cardView(
  card: Card,
  nowMs: number,
  warnings: readonly CardWarning[] = [],
): AnswerOf<typeof cardSchema> {
  const { id, openid, notifyType, wanted, wantedExt, attempts, outcome } = card;
  return {
    id,
    to: openid,
    notifyType,
    content: asObject(wanted),
    ...(wantedExt !== undefined && { ext: asObject(wantedExt) }),
    status: stateAt(card, nowMs),
    changing: isChanging(card),
    attempts,
    ...(outcome && { outcome: outcomeView(outcome) }),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
    expiresAt: toRfc3339(card.expiresAtMs),
    createdAt: toRfc3339(card.createdAtMs),
    updatedAt: toRfc3339(card.updatedAtMs),
  };
}

const object = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** It was an object when it was stored. */
/** A template as callers see it. */
export type TemplateView = AnswerOf<typeof templateSchema>;

/** The template with its fields, rules and warnings. */
export function templateView(
  { template, warnings }: ListedTemplate,
  alias: string | undefined,
): TemplateView {
  const { templateId, title, fields, syncedAtMs, usedBy } = template;
  return {
    templateId,
    ...(alias !== undefined && { alias }),
    title,
    kind: templateKindOf(template),
    fields,
    warnings,
    ...(usedBy && { usedBy: useView(usedBy) }),
    syncedAt: toRfc3339(syncedAtMs),
  };
}

function useView({ atMs: _, ...same }: TemplateUse): NonNullable<TemplateView['usedBy']> {
  return same;
}

function asObject(text: string): Record<string, unknown> {
  return v.parse(object, text);
}
