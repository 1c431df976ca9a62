import { createHash } from 'node:crypto';
import type { Recipient } from '../campaigns/campaign.ts';
import { isErased } from '../campaigns/runs/page.ts';
import { recipientSendId } from '../campaigns/runs/recipient-send.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import { isOver, type RunRecord } from '../campaigns/runs/run.ts';
import { grantsOf, type Ledger, type TemplateGrants } from '../grants/ledger.ts';
import type { Message, MessageState } from '../messages/message.ts';
import { movedResults, type ResultsChange, type TableChange } from './table-change.ts';

/** What became of a recipient of a campaign, for whom no message is stored. */
export interface CampaignSend {
  /** Stands where a message's id does. */
  readonly id: string;
  readonly run: RunRecord;
  readonly recipient: Recipient;
  readonly state: ToldState;
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

/** What happened in a change, each fact under an id that it keeps when the change is told of again. */
export function factsOf(change: TableChange): readonly Fact[] {
  return unnamedFacts(change).map((fact) => ({
    ...fact,
    eventId: eventIdOf(change, fact),
    atMs: change.atMs,
  }));
}

/** Made from what the fact is, not from its place among the others: an image of an item promises no order. */
function eventIdOf({ id }: TableChange, fact: Unnamed<Fact>): string {
  return createHash('sha256')
    .update([id, fact.name, subjectOf(fact)].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

function subjectOf(fact: Unnamed<Fact>): string {
  switch (fact.type) {
    case 'grant':
      return fact.templateId;
    case 'message':
      return fact.message.id;
    case 'campaign-send':
      return fact.send.id;
    case 'run':
      return fact.run.id;
  }
}

function unnamedFacts(change: TableChange): readonly Unnamed<Fact>[] {
  switch (change.type) {
    case 'ledger':
      return grantFacts(change.before, change.after);
    case 'message':
      return messageFacts(change.before, change.after);
    case 'results':
      return resultFacts(change);
    case 'run':
      return runFacts(change.before, change.after);
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

const NAMES = {
  sent: 'Message Sent',
  refused: 'Message Refused',
  failed: 'Message Failed',
  unknown: 'Message Unknown',
  delivered: 'Message Delivered',
} as const satisfies Readonly<Record<string, FactName>>;

/** What a message or a recipient can have come to that the owner may want to know of. */
type ToldState = keyof typeof NAMES;

function isTold(state: MessageState | RecipientResult['state']): state is ToldState {
  return Object.hasOwn(NAMES, state);
}

function messageFacts(before: Message | undefined, after: Message | undefined): readonly Unnamed<Fact>[] {
  if (!after || !isTold(after.state) || after.state === before?.state) return [];
  return [{ type: 'message', name: NAMES[after.state], message: after }];
}

/** Of a dry run nothing is told: nobody was sent anything. */
function resultFacts(change: ResultsChange): readonly Unnamed<Fact>[] {
  const { page } = change;
  if (!page || page.run.dryRun) return [];
  return movedResults(change).flatMap(([index, result]) => {
    const { state } = result;
    const recipient = page.recipients[index];
    if (!isTold(state) || !recipient || isErased(recipient)) return [];
    const id = recipientSendId({ runId: page.run.id, index, openid: recipient.openid });
    const send = { id, run: page.run, recipient, state, result };
    return [{ type: 'campaign-send' as const, name: NAMES[state], send }];
  });
}

/** A run that was stopped has ended too; its status says which. */
function runFacts(before: RunRecord | undefined, after: RunRecord | undefined): readonly Unnamed<Fact>[] {
  if (!after || !isOver(after) || (before && isOver(before))) return [];
  return [{ type: 'run', name: 'Campaign Run Finished', run: after }];
}
