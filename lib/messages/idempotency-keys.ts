import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import { updated, type Versioned } from '../versioned.ts';
import { type Message, messageIdOf, stemOf } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { findPending } from './pending-messages.ts';

/** A request under an idempotency key: who calls, their key, and a hash of what they ask for. */
export interface KeyedRequest {
  /** The API key or the user that chose the key: `operator:<name>` or `user:<openid>`. */
  readonly scope: string;
  readonly key: string;
  readonly bodyHash: string;
  /** Hashes of equal requests, such as with the template's id in place of its alias. */
  readonly sameHashes?: readonly string[];
}

/**
 * Which message a key names. It is bound before the message is accepted, so that a repeat accepts that same
 * one.
 *
 * `life` is that of the user's item when the key was bound. A message that was accepted in that life is in
 * the item or has a record. In another life nobody can tell whether it was erased, and the key is bound to a
 * new message.
 */
export const boundKey = v.object({
  bodyHash: v.string(),
  /** The part of a message id that does not name the user, so that a key says nothing of whom it was for. */
  messageStem: v.string(),
  life: v.string(),
  expiresAtMs: v.number(),
});

/** Which message a key names. */
export type BoundKey = Readonly<v.InferOutput<typeof boundKey>>;

/** Where idempotency keys are kept. Every read sees the latest write. */
export interface IdempotencyKeys {
  find(scope: string, key: string): Promise<BoundKey | undefined>;
  /**
   * Binds a key to a message in the place of what was read; `conflict`: somebody else bound it in between.
   */
  bind(keyed: KeyedRequest, to: BoundKey, read: BoundKey | undefined): Promise<'committed' | 'conflict'>;
}

/** The answer where a key stands for a message already, or for another body. */
type KeyAnswer =
  | { readonly type: 'repeated'; readonly message: Message }
  | { readonly type: 'idempotency-conflict' };

const KEPT_MS = 7 * 24 * 60 * 60_000;

interface KeyServices {
  readonly store: Pick<MessageStore, 'loadLedger' | 'loadRecord' | 'commit'>;
  readonly keys: IdempotencyKeys;
  readonly clock: Clock;
}

/** The result of looking an idempotency key up. */
export interface KeyLookup {
  readonly answer?: KeyAnswer;
  /** What the key is bound to, for whoever binds it anew. */
  readonly bound?: BoundKey;
  /** The id of a message that the key is bound to and that was never accepted: the request takes this id. */
  readonly messageId?: string;
}

/**
 * Looks a key up and the message that it names, in the item that was read before and then among the records.
 */
export async function lookUpKey(
  { store, keys, clock }: KeyServices,
  ledger: Ledger,
  keyed: KeyedRequest,
): Promise<KeyLookup> {
  const bound = await keys.find(keyed.scope, keyed.key);
  if (!bound) return {};
  if (bound.expiresAtMs <= clock()) return { bound };
  if (!isSameBody(keyed, bound.bodyHash)) return { answer: { type: 'idempotency-conflict' } };
  const messageId = messageIdOf(bound.messageStem, ledger.openid);
  const message = findPending(ledger, messageId) ?? (await store.loadRecord(messageId))?.value;
  if (message) return { answer: { type: 'repeated', message } };
  // In another life the message may have been accepted and erased: its id must not come back.
  return { bound, ...(bound.life === lifeOf(ledger) && { messageId }) };
}

/** The answer that a key has already, if it has. */
export async function findKeyAnswer(
  services: KeyServices,
  openid: string,
  keyed: KeyedRequest,
): Promise<KeyAnswer | undefined> {
  const { value } = await services.store.loadLedger(openid);
  return (await lookUpKey(services, value, keyed)).answer;
}

/** A message that is about to be accepted, and what its key said. */
export interface AcceptedMessage {
  readonly message: Message;
  readonly lookup: KeyLookup;
  readonly keyed?: KeyedRequest;
}

/** The answer to a request whose key another request of the same call has just been accepted under. */
export function answerOf(accepted: readonly AcceptedMessage[], keyed: KeyedRequest): KeyAnswer | undefined {
  const before = accepted.find((each) => each.keyed?.scope === keyed.scope && each.keyed.key === keyed.key);
  if (!before) return undefined;
  return before.keyed && isSameBody(keyed, before.keyed.bodyHash)
    ? { type: 'repeated', message: before.message }
    : { type: 'idempotency-conflict' };
}

function isSameBody({ bodyHash, sameHashes = [] }: KeyedRequest, hash: string): boolean {
  return bodyHash === hash || sameHashes.includes(hash);
}

/** Binds the keys that do not name their messages yet. `conflict`: look everything up again. */
export async function bindKeys(
  { store, keys, clock }: KeyServices,
  read: Versioned<Ledger>,
  accepted: readonly AcceptedMessage[],
): Promise<'bound' | 'conflict'> {
  const expiresAtMs = clock() + KEPT_MS;
  const life = lifeOf(read.value);
  const bindings = accepted.flatMap(({ message, lookup, keyed }) => {
    if (!keyed || lookup.messageId !== undefined) return [];
    const to = { bodyHash: keyed.bodyHash, messageStem: stemOf(message.id), life, expiresAtMs };
    return [() => keys.bind(keyed, to, lookup.bound)];
  });
  if (bindings.length > 0 && read.version === undefined) {
    // A key is bound within the life of an item, which tells later whether its message was erased. So the
    // item is created first.
    await store.commit({ ledger: updated(read, read.value) });
    return 'conflict';
  }
  if (accepted.some(isRebound) && (await store.loadLedger(read.value.openid)).version !== read.version) {
    // The read of the item may be older than that of the key. The user may have been erased in between, and
    // the message accepted in their next life.
    return 'conflict';
  }
  const results = await Promise.all(bindings.map((bind) => bind()));
  return results.includes('conflict') ? 'conflict' : 'bound';
}

/** Whether its key was bound before, to a message that the item as read does not have. */
function isRebound({ lookup, keyed }: AcceptedMessage): boolean {
  return keyed !== undefined && lookup.bound !== undefined && lookup.messageId === undefined;
}

function lifeOf({ life = '' }: Ledger): string {
  return life;
}
