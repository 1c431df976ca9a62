import type { Ledger } from '../grants/ledger.ts';
import type { Send } from '../sends/send.ts';
import type { Stored } from '../stored.ts';
import type { Message } from './message.ts';

/** A message and its user's ledger, which was read just before it. */
export interface MessageWithLedger {
  readonly message: Stored<Message> | undefined;
  readonly ledger: Stored<Ledger>;
}

/** Which message a caller's idempotency key stands for. */
export interface IdempotencyRecord {
  /** The API key or the user that chose the key: `operator:<name>` or `user:<openid>`. */
  readonly scope: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly messageId: string;
  readonly expiresAtMs: number;
}

/** What is to be written in one step, all or nothing. */
export interface Change {
  readonly ledger?: Stored<Ledger>;
  readonly message?: Stored<Message>;
  readonly idempotency?: IdempotencyRecord;
}

/** One page of a list, and where the next begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Where messages and ledgers are kept. Every read sees the latest write. */
export interface MessageStore {
  /** A message and the ledger of its user. The message is read after the ledger, so that a claim over this ledger is up to date. */
  load(messageId: string): Promise<MessageWithLedger>;
  loadLedger(openid: string): Promise<Stored<Ledger>>;
  /** The send that a claim names where it is no message; undefined where it is one, which costs no read. */
  findOtherSend(id: string): Promise<Send | undefined>;
  /** `conflict`: a record was changed since it was read, or the idempotency key has been taken; nothing was written. */
  commit(change: Change): Promise<'committed' | 'conflict'>;
  findIdempotency(scope: string, key: string): Promise<IdempotencyRecord | undefined>;
  /** A user's messages, newest first. */
  listOfUser(openid: string, limit: number, after?: string): Promise<Page<Stored<Message>>>;
}

/** The messages whose fate nobody knows, of all users. A message that has just been settled may show for a moment more. */
export interface UnknownMessages {
  /** Newest first, by the moment at which they became unknown. */
  list(limit: number, after?: string): Promise<Page<Stored<Message>>>;
}
