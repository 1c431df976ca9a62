import type { Ledger } from '../grants/ledger.ts';
import type { Page } from '../paginate.ts';
import type { Send } from '../sends/send-port.ts';
import type { Versioned } from '../versioned.ts';
import type { Message } from './message.ts';

/** What is to be written in one step, all or nothing. */
export interface Change {
  readonly ledger?: Versioned<Ledger>;
  /** Records of messages: new ones without a version, or others over the version that was read. */
  readonly records?: readonly Versioned<Message>[];
}

/** So many records fit into one step beside a ledger (a transaction of DynamoDB takes 100 items). */
export const RECORDS_PER_STEP = 99;

/** Where messages and ledgers are kept. Every read sees the latest write. */
export interface MessageStore {
  /**
   * A message and the ledger of its user: its record, or of no version as it waits there. It is read after the
   * ledger, so that a claim over this ledger is up to date.
   */
  load(messageId: string): Promise<{
    readonly message: Versioned<Message> | undefined;
    readonly ledger: Versioned<Ledger>;
  }>;
  loadLedger(openid: string): Promise<Versioned<Ledger>>;
  /** The record of a message, which there is once it has ended. */
  loadRecord(messageId: string): Promise<Versioned<Message> | undefined>;
  /**
   * Any send by the id that its claims carry, of a message or not. Its record is read here, so no earlier
   * than this ledger.
   */
  findSend(id: string, ledger: Ledger): Promise<Send>;
  /** `conflict`: something was changed since it was read; nothing was written. */
  commit(change: Change): Promise<'committed' | 'conflict'>;
  /** A user's messages, newest first. */
  listOfUser(openid: string, limit: number, after?: string): Promise<Page<Versioned<Message>>>;
}

/** How messages end that did not arrive. */
export const UNDELIVERED_STATES = ['refused', 'failed', 'unknown'] as const;

/** Which of the messages that did not arrive. */
export interface UndeliveredQuery {
  readonly state: (typeof UNDELIVERED_STATES)[number];
  readonly templateId?: string;
  /** From the moment on at which they ended so. */
  readonly fromMs?: number;
  /** Up to that moment, without it. */
  readonly toMs?: number;
}

/**
 * The messages of all users that did not arrive. One that has just been settled may show for a moment more.
 */
export interface UndeliveredMessages {
  /**
   * Newest first, by the moment at which they ended so. A page may hold fewer than `limit`, or none, although
   * more follow: of many messages only so many are searched at once.
   */
  list(query: UndeliveredQuery, limit: number, after?: string): Promise<Page<Versioned<Message>>>;
}
