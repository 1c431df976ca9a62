import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import { updated, type Versioned } from '../versioned.ts';
import { type Message, messageIdOf, stemOf } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { findWaiting } from './waiting-messages.ts';

/**
 * What a caller names a message by, before it has an id: who calls, their key, and a hash of what they ask
 * for.
 */
export interface IdempotencyClaim {
  /** The API key or the user that chose the key: `operator:<name>` or `user:<openid>`. */
  readonly scope: string;
  readonly key: string;
  readonly bodyHash: string;
  /** Hashes of the same request in other words, such as with the template's id in the place of its alias. */
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
  bind(claim: IdempotencyClaim, to: BoundKey, read: BoundKey | undefined): Promise<'committed' | 'conflict'>;
}

/** The answer where a key stands for a message already, or for another body. */
export type KeyAnswer =
  | { readonly type: 'repeated'; readonly message: Message }
  | { readonly type: 'idempotency-conflict' };

const KEPT_MS = 7 * 24 * 60 * 60_000;

export interface NamedServices {
  readonly store: Pick<MessageStore, 'loadLedger' | 'loadRecord' | 'commit'>;
  readonly keys: IdempotencyKeys;
  readonly clock: Clock;
}

/** What an idempotency key says before anything is accepted under it. */
export interface Named {
  readonly answer?: KeyAnswer;
  /** What the key is bound to, for whoever binds it anew. */
  readonly bound?: BoundKey;
  /** The message that it names and that was never accepted: this one is to be accepted, and no other. */
  readonly messageId?: string;
}

/**
 * Looks a key up and the message that it names, in the item that was read before and then among the records.
 */
export async function findNamed(
  { store, keys, clock }: NamedServices,
  ledger: Ledger,
  { scope, key, bodyHash, sameHashes = [] }: IdempotencyClaim,
): Promise<Named> {
  const bound = await keys.find(scope, key);
  if (!bound) return {};
  if (bound.expiresAtMs <= clock()) return { bound };
  if (![bodyHash, ...sameHashes].includes(bound.bodyHash))
    return { answer: { type: 'idempotency-conflict' } };
  const messageId = messageIdOf(bound.messageStem, ledger.openid);
  const message = findWaiting(ledger, messageId) ?? (await store.loadRecord(messageId))?.value;
  if (message) return { answer: { type: 'repeated', message } };
  // In another life the message may have been accepted and erased: its id must not come back.
  return { bound, ...(bound.life === lifeOf(ledger) && { messageId }) };
}

/** The answer that a key has already, if it has. */
export async function findEarlier(
  services: NamedServices,
  openid: string,
  claim: IdempotencyClaim,
): Promise<KeyAnswer | undefined> {
  const { value } = await services.store.loadLedger(openid);
  return (await findNamed(services, value, claim)).answer;
}

/** A message that is about to be accepted, and what its key said. */
export interface Taken {
  readonly message: Message;
  readonly named: Named;
  readonly claim?: IdempotencyClaim;
}

/** The answer to a request whose key another request of the same call has just been accepted under. */
export function answerOf(taken: readonly Taken[], claim: IdempotencyClaim): KeyAnswer | undefined {
  const before = taken.find((each) => each.claim?.scope === claim.scope && each.claim.key === claim.key);
  if (!before) return undefined;
  return before.claim && [claim.bodyHash, ...(claim.sameHashes ?? [])].includes(before.claim.bodyHash)
    ? { type: 'repeated', message: before.message }
    : { type: 'idempotency-conflict' };
}

/** Binds the keys that do not name their messages yet. `conflict`: look everything up again. */
export async function bindKeys(
  { store, keys, clock }: NamedServices,
  read: Versioned<Ledger>,
  taken: readonly Taken[],
): Promise<'bound' | 'conflict'> {
  const expiresAtMs = clock() + KEPT_MS;
  const life = lifeOf(read.value);
  const bindings = taken.flatMap(({ message, named, claim }) => {
    if (!claim || named.messageId !== undefined) return [];
    const to = { bodyHash: claim.bodyHash, messageStem: stemOf(message.id), life, expiresAtMs };
    return [() => keys.bind(claim, to, named.bound)];
  });
  if (bindings.length > 0 && read.version === undefined) {
    // A key is bound within the life of an item: without one, nobody could tell later whether its message was
    // erased.
    await store.commit({ ledger: updated(read, read.value) });
    return 'conflict';
  }
  if (taken.some(isRebound) && (await store.loadLedger(read.value.openid)).version !== read.version) {
    // The item was slow in coming: the message may have been accepted since, in a later life of a user who
    // was erased.
    return 'conflict';
  }
  const results = await Promise.all(bindings.map((bind) => bind()));
  return results.includes('conflict') ? 'conflict' : 'bound';
}

/** Whether its key named another message, which is gone as far as the item that was read can tell. */
function isRebound({ named, claim }: Taken): boolean {
  return claim !== undefined && named.bound !== undefined && named.messageId === undefined;
}

function lifeOf({ life = '' }: Ledger): string {
  return life;
}
