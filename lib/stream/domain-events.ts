import { createHash } from 'node:crypto';
import type { Recipient } from '../campaigns/campaign.ts';
import { isErased } from '../campaigns/runs/batch.ts';
import { recipientSendId } from '../campaigns/runs/recipient-port.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import { isOver, type RunRecord } from '../campaigns/runs/run.ts';
import { grantsOf, isSubscription, type Ledger, type TemplateGrants } from '../grants/ledger.ts';
import type { Message } from '../messages/message.ts';
import type { MessageState } from '../sends/send-record.ts';
import { movedResults, type ResultsRecord, type StreamRecord } from './stream-record.ts';

/** The names of all events, as the bus carries them. */
export const DOMAIN_EVENT_NAMES = [
  'Grant Recorded',
  'Grant Revoked',
  'Message Sent',
  'Message Refused',
  'Message Failed',
  'Message Unknown',
  'Message Delivered',
  'Campaign Run Finished',
] as const;

/** One of {@link DOMAIN_EVENT_NAMES}. */
export type DomainEventName = (typeof DOMAIN_EVENT_NAMES)[number];

/** Something that has happened and is stored. A grant goes by its key in the ledger. The id of a recipient's send takes that of a message. */
export type DomainEvent = {
  readonly name: DomainEventName;
  readonly eventId: string;
  readonly atMs: number;
} & (
  | { readonly type: 'grant'; readonly ledger: Ledger; readonly key: string }
  | { readonly type: 'message'; readonly message: Message }
  | {
      readonly type: 'campaign-send';
      readonly id: string;
      readonly run: RunRecord;
      readonly recipient: Recipient;
      readonly result: RecipientResult & { readonly state: ReportedState };
    }
  | { readonly type: 'run'; readonly run: RunRecord }
);

type Unnamed<T> = T extends unknown ? Omit<T, 'eventId' | 'atMs'> : never;

/** What happened in a write. Each event has an id that it keeps when the stream delivers the write again. */
export function domainEventsOf(record: StreamRecord): readonly DomainEvent[] {
  return unnamedEvents(record).map((event) => ({
    ...event,
    eventId: eventIdOf(record, event),
    atMs: record.atMs,
  }));
}

/** Made from the event's subject and not from its index: an image of an item promises no order. */
function eventIdOf({ id }: StreamRecord, event: Unnamed<DomainEvent>): string {
  return createHash('sha256')
    .update([id, event.name, subjectOf(event)].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

function subjectOf(event: Unnamed<DomainEvent>): string {
  switch (event.type) {
    case 'grant':
      return event.key;
    case 'message':
      return event.message.id;
    case 'campaign-send':
      return event.id;
    case 'run':
      return event.run.id;
  }
}

function unnamedEvents(record: StreamRecord): readonly Unnamed<DomainEvent>[] {
  switch (record.type) {
    case 'ledger':
      return grantEvents(record.before, record.after);
    case 'message':
      return messageEvents(record.before, record.after);
    case 'results':
      return resultEvents(record);
    case 'run':
      return runEvents(record.before, record.after);
  }
}

function grantEvents(before: Ledger | undefined, after: Ledger | undefined): readonly Unnamed<DomainEvent>[] {
  if (!after) return [];
  return Object.entries(after.templates).flatMap(([key, grants]) => {
    const old = before && grantsOf(before, key);
    const event = { type: 'grant' as const, ledger: after, key };
    return [
      ...(grants.granted > (old?.granted ?? 0) ? [{ ...event, name: 'Grant Recorded' as const }] : []),
      ...(isRevoked(old, grants) ? [{ ...event, name: 'Grant Revoked' as const }] : []),
    ];
  });
}

function isRevoked(old: TemplateGrants | undefined, now: TemplateGrants): boolean {
  const isTurnedOff = old?.subscribed === true && !now.subscribed && isSubscription(now.kind);
  return now.epoch > (old?.epoch ?? 0) || isTurnedOff;
}

const NAMES = {
  sent: 'Message Sent',
  refused: 'Message Refused',
  failed: 'Message Failed',
  unknown: 'Message Unknown',
  delivered: 'Message Delivered',
} as const satisfies Readonly<Record<string, DomainEventName>>;

/** The states of a message or a recipient that have an event. */
type ReportedState = keyof typeof NAMES;

function isReported(state: MessageState | RecipientResult['state']): state is ReportedState {
  return Object.hasOwn(NAMES, state);
}

function messageEvents(
  before: Message | undefined,
  after: Message | undefined,
): readonly Unnamed<DomainEvent>[] {
  if (!after || !isReported(after.state) || after.state === before?.state) return [];
  return [{ type: 'message', name: NAMES[after.state], message: after }];
}

/** A dry run sends nothing, so it has no events. */
function resultEvents(record: ResultsRecord): readonly Unnamed<DomainEvent>[] {
  const { batch } = record;
  if (!batch || batch.run.dryRun) return [];
  return movedResults(record).flatMap(([index, result]) => {
    const { state } = result;
    const recipient = batch.recipients[index];
    if (!isReported(state) || !recipient || isErased(recipient)) return [];
    const id = recipientSendId({ runId: batch.run.id, index, openid: recipient.openid });
    const { run } = batch;
    return [
      {
        type: 'campaign-send' as const,
        name: NAMES[state],
        id,
        run,
        recipient,
        result: { ...result, state },
      },
    ];
  });
}

function runEvents(
  before: RunRecord | undefined,
  after: RunRecord | undefined,
): readonly Unnamed<DomainEvent>[] {
  if (!after || !isOver(after) || (before && isOver(before))) return [];
  return [{ type: 'run', name: 'Campaign Run Finished', run: after }];
}
