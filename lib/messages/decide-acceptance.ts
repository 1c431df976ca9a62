import { grantKeyOf } from '../grants/grant-key.ts';
import { type HoldResult, holdGrant, releaseHolds } from '../grants/holds.ts';
import { grantsOf, type Ledger, type TemplateKind } from '../grants/ledger.ts';
import { withoutPending } from '../grants/packed-pending-messages.ts';
import { internalOutcome } from '../sends/internal-outcome.ts';
import type { OutgoingMessage } from '../sends/send-port.ts';
import type { FittedValue } from '../templates/template.ts';
import { type AcceptedMessage, answerOf, type KeyedRequest, type KeyLookup } from './idempotency-keys.ts';
import type { Message } from './message.ts';
import { RECORDS_PER_STEP } from './message-store.ts';
import { createCapacityCheck, isCollapsible, listCollapsible } from './pending-messages.ts';

/** A message that a caller wants sent, its data already checked against the template. */
export interface AcceptRequest extends OutgoingMessage {
  readonly templateKind: TemplateKind;
  readonly fitted: readonly FittedValue[];
  /** When it shall leave; absent means now. */
  readonly sendAtMs?: number;
  /** It takes the place of messages of the same user, template and key that are pending. */
  readonly collapseKey?: string;
  /** Whether a grant is set aside at once. */
  readonly hold: boolean;
  readonly idempotency?: KeyedRequest;
}

/** A message, or why there is none. `repeated`: the same idempotency key and body have been accepted before. */
export type AcceptResult =
  | { readonly type: 'accepted' | 'repeated'; readonly message: Message }
  | { readonly type: 'idempotency-conflict' | 'no-grant' | 'too-many-waiting' }
  | { readonly type: 'send-at-too-old' | 'expires-too-soon' };

/** A request, what its idempotency key says, and the message that it would become. */
export interface Candidate {
  readonly request: AcceptRequest;
  readonly lookup: KeyLookup;
  readonly draft: Message;
}

/** What becomes of requests, and what is to be written for that. */
export interface AcceptanceDecision {
  /** Of the first requests: as many as one write has room for, and one at least. */
  readonly results: readonly AcceptResult[];
  readonly accepted: readonly AcceptedMessage[];
  /** Those among the taken that are pending from now on. */
  readonly pending: readonly Message[];
  /** Messages whose place newer ones take, ended. */
  readonly collapsed: readonly Message[];
  /** The ledger with the grants set aside and without the collapsed messages. */
  readonly after: Ledger;
}

const DAY_MS = 24 * 60 * 60_000;

/** Decides on requests of one user, each on its own and one after the other. Nothing is written. */
export function decideAcceptance(
  ledger: Ledger,
  asked: readonly Candidate[],
  nowMs: number,
): AcceptanceDecision {
  const hasRoom = createCapacityCheck(ledger);
  const accepted: AcceptedMessage[] = [];
  const collapsed = new Map<string, Message>();
  let after = ledger;

  /** The messages whose place a new one takes: what is pending, and what has just been accepted. */
  function earlierThan(draft: Message): readonly Message[] {
    const fresh = accepted.map(({ message }) => message).filter((message) => isCollapsible(message, draft));
    const earlier = [...listCollapsible(ledger, draft), ...fresh];
    return earlier.filter(({ id }) => !collapsed.has(id)).slice(0, RECORDS_PER_STEP);
  }

  /** Undefined where one write has no room for the records of those that it collapses. */
  function acceptOne({ request, lookup, draft }: Candidate): AcceptResult | undefined {
    const { idempotency } = request;
    const answer = lookup.answer ?? (idempotency && answerOf(accepted, idempotency));
    if (answer) return answer;
    if (request.sendAtMs !== undefined && request.sendAtMs < nowMs - DAY_MS)
      return { type: 'send-at-too-old' };
    if (request.expiresAtMs !== undefined && request.expiresAtMs <= draft.sendAtMs)
      return { type: 'expires-too-soon' };
    const earlier = earlierThan(draft);
    if (collapsed.size + earlier.length > RECORDS_PER_STEP) return undefined;
    const held = holdInPlaceOf(earlier, after, request);
    if (held.type === 'no-grant') return held;
    const message = { ...draft, ...(held.type === 'held' && { hold: held.hold }) };
    if (!hasRoom(message, earlier)) return { type: 'too-many-waiting' };
    after = held.ledger;
    for (const each of earlier) collapsed.set(each.id, collapsedInto(message.id, each, nowMs));
    accepted.push({ message, lookup, ...(idempotency && { keyed: idempotency }) });
    return { type: 'accepted', message };
  }

  const results: AcceptResult[] = [];
  for (const candidate of asked) {
    const result = acceptOne(candidate);
    if (!result) break;
    results.push(result);
  }
  return {
    results,
    accepted,
    pending: accepted.flatMap(({ message }) => (collapsed.has(message.id) ? [] : [message])),
    collapsed: [...collapsed.values()],
    after: withoutPending(after, [...collapsed.keys()]),
  };
}

/**
 * Sets a grant aside for a new message that asks for one, or that takes the place of one that has one. What
 * the earlier ones have goes back first.
 */
function holdInPlaceOf(
  earlier: readonly Message[],
  ledger: Ledger,
  request: AcceptRequest,
): HoldResult | { readonly type: 'not-held'; readonly ledger: Ledger } {
  const { device, templateKind, hold } = request;
  const key = grantKeyOf(request);
  const released = releaseHolds(ledger, earlier);
  const epoch = grantsOf(ledger, key)?.epoch;
  const inherits = earlier.some((message) => message.hold && message.hold.epoch === epoch);
  const kind = device ? 'device' : templateKind;
  const held = hold || inherits ? holdGrant(released, key, kind) : undefined;
  return held && (hold || held.type === 'held') ? held : { type: 'not-held', ledger: released };
}

function collapsedInto(id: string, message: Message, nowMs: number): Message {
  return {
    ...message,
    state: 'canceled',
    updatedAtMs: nowMs,
    collapsedInto: id,
    outcome: internalOutcome('collapsed', nowMs),
  };
}
