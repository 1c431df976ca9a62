import * as v from 'valibot';
import { emptyLedger, type Ledger, ledgerSchema } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import { type Message, messageSchema } from '../messages/message.ts';
import type { Versioned } from '../versioned.ts';
import { type ConditionalPut, getItems, IS_NEW, type Item } from './items.ts';
import { ledgerKey, messageKey, undeliveredAttributes } from './keys.ts';
import type { Table } from './table.ts';

/**
 * Makes the version that a write leaves behind: a new one for each write, so that a write can recognise
 * itself.
 */
export type NewVersion = () => string;

/** Thrown when an item in the table is not of the form that this version of the service writes. */
export class UnreadableItemError extends Error {
  readonly code = 'unreadable-item';
  override readonly name = 'UnreadableItemError';
  constructor(item: Item, problems: string) {
    super(
      `The stored item ${String(item['pk'])} / ${String(item['sk'])} cannot be read (${problems}). Mend or delete it.`,
    );
  }
}

const versioned = v.object({ version: v.string() });

/** An item by its schema. @throws UnreadableItemError */
export function parseItem<Schema extends v.GenericSchema>(schema: Schema, item: Item): v.InferOutput<Schema> {
  const result = v.safeParse(schema, item);
  if (result.success) return result.output;
  throw new UnreadableItemError(item, result.issues.map((issue) => v.getDotPath(issue)).join(', '));
}

/** A value and its version by the value's schema. @throws UnreadableItemError */
export function parseVersioned<Schema extends v.GenericSchema>(
  schema: Schema,
  item: Item,
): Versioned<v.InferOutput<Schema>> {
  return { value: parseItem(schema, attributesOf(item)), version: parseItem(versioned, item).version };
}

/** An item without what a store puts on it: its keys, its place in the index, its version and its end of life. */
export function attributesOf(item: Item): Item {
  const { pk: _pk, sk: _sk, version: _version, expiresAt: _end, ...rest } = item;
  const { attentionPk: _attentionPk, attentionSk: _attentionSk, ...attributes } = rest;
  return attributes;
}

/** In the table, the send of a claim is called `messageId`, as 0.2.0 stores it. */
const storedClaim = v.looseObject({ messageId: v.string() });

/** The item of a ledger with the names that the ledger has. */
export function withSendId(item: Item): Item {
  const claim = v.safeParse(storedClaim, item['claim']);
  if (!claim.success) return item;
  const { messageId: sendId, ...rest } = claim.output;
  return { ...item, claim: { sendId, ...rest } };
}

function storedLedger({ claim, ...ledger }: Ledger): Item {
  if (!claim) return ledger;
  const { sendId: messageId, ...rest } = claim;
  return { ...ledger, claim: { messageId, ...rest } };
}

/** A ledger as read; one that is not stored yet is empty. */
export function toLedger(openid: string, item: Item | undefined): Versioned<Ledger> {
  if (!item) return { value: emptyLedger(openid), version: undefined };
  return parseVersioned(ledgerSchema, withSendId(item));
}

/** The ledgers of these users as they stand now, in no order; users without one are left out. */
export async function readLedgers(
  table: Table,
  openids: readonly string[],
): Promise<readonly Versioned<Ledger>[]> {
  const keys = openids.map((openid) => ledgerKey(table, openid));
  return (await getItems(table, keys)).map((item) => toLedger('', item));
}

/** A message as read. */
export function toMessage(item: Item): Versioned<Message> {
  return parseVersioned(messageSchema, item);
}

/**
 * What `read` makes of items. One that cannot be read is logged and left out, so that it does not hide the
 * others.
 */
export function readable<T>(items: readonly Item[], read: (item: Item) => T, logger: Logger): readonly T[] {
  return items.flatMap((item) => {
    try {
      return [read(item)];
    } catch (error) {
      if (!(error instanceof UnreadableItemError)) throw error;
      logger.error(error.message);
      return [];
    }
  });
}

/** Enough that no user gets the same twice. */
const LIFE_LENGTH = 8;

/** The write of a ledger over the version that was read. A new one begins a life. */
export function putLedger(table: Table, stored: Versioned<Ledger>, newVersion: NewVersion): ConditionalPut {
  const { life = newVersion().slice(-LIFE_LENGTH) } = stored.value;
  const value = { ...stored.value, life };
  return putOver({ ...stored, value }, newVersion, (ledger) => ({
    ...ledgerKey(table, ledger.openid),
    ...storedLedger(ledger),
  }));
}

/** The write of a message's record over the version that was read, or of a new one. */
export function putMessage(table: Table, stored: Versioned<Message>, newVersion: NewVersion): ConditionalPut {
  return putOver(stored, newVersion, (message) => ({
    ...messageKey(table, message.openid, message.id),
    ...message,
    ...undeliveredAttributes(table, message),
  }));
}

function putOver<T>(
  { value, version, before }: Versioned<T>,
  newVersion: NewVersion,
  itemOf: (value: T) => ConditionalPut['item'],
): ConditionalPut {
  return {
    ...putVersion(itemOf(value), version, newVersion()),
    ...(version !== undefined && before !== undefined && { over: { item: itemOf(before), version } }),
  };
}

/** The write of an item as version `next`, unless somebody wrote since `version` was read. */
export function putVersion(
  item: ConditionalPut['item'],
  version: string | undefined,
  next: string,
): ConditionalPut {
  return {
    item: { ...item, version: next },
    ...(version === undefined
      ? { condition: IS_NEW }
      : { condition: 'version = :version', values: { ':version': version } }),
  };
}
