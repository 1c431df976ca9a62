import type { Claim } from '../grants/ledger.ts';
import type { Message, Outcome } from '../messages/message.ts';
import type { SentEvent } from './subscribe-event.ts';

/** WeChat's final word on one send. */
export type SentItem = SentEvent['items'][number] & Pick<SentEvent, 'openid' | 'createdAtMs'>;

/** A send that an event may be about: a message's, or that of a recipient of a campaign. */
export type Candidate = Pick<Message, 'id' | 'outcome' | 'deliveredAtMs' | 'lastClaim'> & {
  readonly state: Message['state'] | 'skipped';
};

/** A send and its event are not further apart than this, a dead sender's lease and its note's return included. */
export const WINDOW_MS = 15 * 60_000;
const CLOCK_SKEW_MS = 60_000;

/** The reason of the outcome of a send whose sender was given up for dead. */
const SENDER_LOST = 'sender-lost';

/** The reason of an outcome that WeChat's event told to have failed. */
export const NOT_DELIVERED = 'not-delivered';

/** The send that an event is about; `not-yet` while one that it may be about waits for its answer. */
export function sendMeant<Send extends Candidate>(
  sends: readonly Send[],
  item: Pick<SentItem, 'msgid' | 'createdAtMs'>,
  claim: Claim | undefined,
): Send | 'not-yet' | undefined {
  const named = sends.find((send) => isNamed(send, item));
  if (named) return named;
  if (sends.some((send) => mayBeUnderWay(send, claim, item.createdAtMs))) return 'not-yet';
  const [only, ...others] = sends.filter((send) => mayBeMeant(send, item.createdAtMs));
  return others.length === 0 && only && only.state !== 'pending' ? only : undefined;
}

/** The same event again, or one with the msgid that the send answered. */
function isNamed(
  { outcome, deliveredAtMs }: Candidate,
  { msgid, createdAtMs }: Pick<SentItem, 'msgid' | 'createdAtMs'>,
): boolean {
  if (msgid !== undefined) return outcome?.msgid === msgid;
  return deliveredAtMs === createdAtMs || (outcome?.reason === NOT_DELIVERED && outcome.atMs === createdAtMs);
}

function mayBeUnderWay({ id, state, lastClaim }: Candidate, claim: Claim | undefined, atMs: number): boolean {
  return (
    state === 'pending' &&
    claim?.messageId === id &&
    claim.claimId !== lastClaim?.claimId &&
    claim.startedAtMs <= atMs + CLOCK_SKEW_MS
  );
}

/** Whether a send without a msgid of its own was made at about that time, or may have been: -1 can hide an accepted send. */
function mayBeMeant({ state, outcome }: Candidate, atMs: number): boolean {
  const isDoubtful = state === 'pending' && outcome?.errcode === -1;
  return (
    (state === 'sent' || state === 'unknown' || isDoubtful) &&
    outcome !== undefined &&
    outcome.msgid === undefined &&
    isNear(outcome, atMs)
  );
}

/** A lost sender's request left before it was given up, which may be long after: when nobody came by for the user. */
function isNear(outcome: Outcome, atMs: number): boolean {
  const laterMs = outcome.atMs - atMs;
  return laterMs >= -WINDOW_MS && (laterMs <= WINDOW_MS || outcome.reason === SENDER_LOST);
}
