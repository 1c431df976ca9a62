/** What a caller names a message by, before it has an id: who calls, their key, and a hash of what they ask for. */
export interface IdempotencyClaim {
  /** The API key or the user that chose the key: `operator:<name>` or `user:<openid>`. */
  readonly scope: string;
  readonly key: string;
  readonly bodyHash: string;
  /** Hashes of the same request in other words, such as with the template's id in the place of its alias. */
  readonly sameHashes?: readonly string[];
}

/**
 * Which message a key names. It is bound before the message is accepted, so that a repeat that finds no message accepts that same one.
 *
 * `life` is that of the user's item when the key was bound. A message that was accepted in that life is in the item or has a record, for
 * as long as the life lasts. In another life nobody can tell whether it was erased, and the key is bound to a new message.
 */
export interface BoundKey {
  readonly bodyHash: string;
  /** The part of a message id that does not name the user: what is kept of a key says nothing of whom it was for. */
  readonly messageStem: string;
  readonly life: string;
  readonly expiresAtMs: number;
}

/** Where idempotency keys are kept. Every read sees the latest write. */
export interface IdempotencyKeys {
  find(scope: string, key: string): Promise<BoundKey | undefined>;
  /** Binds a key to a message in the place of what was read; `conflict`: somebody else bound it in between. */
  bind(claim: IdempotencyClaim, to: BoundKey, read: BoundKey | undefined): Promise<'committed' | 'conflict'>;
}
