import { recipientSendId } from '../campaigns/runs/recipient-send.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import { grantsOf, type Ledger, type TemplateGrants } from '../grants/ledger.ts';
import type { Message, MessageState } from '../messages/message.ts';
import type { TableChange } from './table-change.ts';

/** A recipient of a campaign, for whom no message is stored. */
export interface CampaignSend {
  readonly id: string;
  readonly openid: string;
  readonly templateId: string;
  readonly campaignId: string;
  readonly runId: string;
  readonly result: RecipientResult;
}

/** What the owner may want to know of, by its name on the bus. */
export type FactName =
  | 'Grant Recorded'
  | 'Grant Revoked'
  | 'Message Sent'
  | 'Message Refused'
  | 'Message Failed'
  | 'Message Unknown'
  | 'Message Delivered'
  | 'Campaign Run Finished';

/** Something that has happened and is stored. */
export type Fact = { readonly name: FactName; readonly eventId: string; readonly atMs: number } & (
  | { readonly type: 'grant'; readonly ledger: Ledger; readonly templateId: string }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'campaign-send'; readonly send: CampaignSend }
  | { readonly type: 'run'; readonly run: RunRecord }
);

type Unnamed<T> = T extends unknown ? Omit<T, 'eventId' | 'atMs'> : never;

/** What happened in a change, each fact under an id that it keeps when the change is delivered again. */
export function factsOf(change: TableChange): readonly Fact[] {
  return unnamedFacts(change).map((fact, index) => ({
    ...fact,
    eventId: `${change.id}-${index}`,
    atMs: change.atMs,
  }));
}

function unnamedFacts(change: TableChange): readonly Unnamed<Fact>[] {
  switch (change.type) {
    case 'ledger':
      return grantFacts(change.before, change.after);
    case 'message':
      return messageFacts(change.before, change.after);
    case 'results':
      return resultFacts(change);
    case 'run': {
      const { before, after } = change;
      const finished = after?.status === 'finished' && before?.status !== 'finished';
      return finished ? [{ type: 'run', name: 'Campaign Run Finished', run: after }] : [];
    }
  }
}

function grantFacts(before: Ledger | undefined, after: Ledger | undefined): readonly Unnamed<Fact>[] {
  if (!after) return [];
  return Object.entries(after.templates).flatMap(([templateId, grants]) => {
    const old = before && grantsOf(before, templateId);
    const fact = { type: 'grant' as const, ledger: after, templateId };
    return [
      ...(grants.granted > (old?.granted ?? 0) ? [{ ...fact, name: 'Grant Recorded' as const }] : []),
      ...(isRevoked(old, grants) ? [{ ...fact, name: 'Grant Revoked' as const }] : []),
    ];
  });
}

function isRevoked(old: TemplateGrants | undefined, now: TemplateGrants): boolean {
  return (
    now.epoch > (old?.epoch ?? 0) || (old?.subscribed === true && !now.subscribed && now.kind === 'long-term')
  );
}

const NAMES: Readonly<Partial<Record<MessageState, FactName>>> = {
  sent: 'Message Sent',
  refused: 'Message Refused',
  failed: 'Message Failed',
  unknown: 'Message Unknown',
  delivered: 'Message Delivered',
};

function messageFacts(before: Message | undefined, after: Message | undefined): readonly Unnamed<Fact>[] {
  const name = after && NAMES[after.state];
  return name && after.state !== before?.state ? [{ type: 'message', name, message: after }] : [];
}

function resultFacts(change: Extract<TableChange, { type: 'results' }>): readonly Unnamed<Fact>[] {
  const { page, place } = change;
  if (!page) return [];
  return movedResults(change).flatMap(([index, result]) => {
    const name = result.state === 'pending' || result.state === 'skipped' ? undefined : NAMES[result.state];
    const openid = page.openids[index];
    if (!name || openid === undefined) return [];
    const { campaignId, templateId } = page;
    const id = recipientSendId({ runId: place.runId, index, openid });
    const send = { id, openid, templateId, campaignId, runId: place.runId, result };
    return [{ type: 'campaign-send' as const, name, send }];
  });
}

/** The recipients who stand somewhere else than before, in the order of their places. */
export function movedResults({
  before,
  after,
}: Pick<Extract<TableChange, { type: 'results' }>, 'before' | 'after'>): readonly (readonly [
  number,
  RecipientResult,
])[] {
  return [...after].filter(([index, { state }]) => state !== before.get(index)?.state);
}
