import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord, AttributeValue as LambdaAttribute } from 'aws-lambda';
import * as v from 'valibot';
import { runRecord } from '../campaigns/runs/run.ts';
import { ledgerSchema } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import { messageSchema } from '../messages/message.ts';
import type { PlacedRecord } from '../stream/counts.ts';
import type { StreamRecord } from '../stream/stream-record.ts';
import { campaignPartition, RESULTS_PREFIX, RUN_PREFIX } from './campaign-keys.ts';
import { type Item, readItem } from './items.ts';
import { appIdOfKey, MESSAGE_PREFIX, userPartition } from './keys.ts';
import { bytesOfBase64, packedResults, unpackResults } from './pack-results.ts';
import type { Table } from './table.ts';
import { parseItem, withSendId } from './versioned-items.ts';

/** By its type's name, as Lambda hands it over. Sets are in no item that makes events or counts. */
const typed = new Map<string, v.GenericSchema<LambdaAttribute, AttributeValue>>([
  ['S', v.strictObject({ S: v.string() })],
  ['N', v.strictObject({ N: v.string() })],
  ['B', v.strictObject({ B: bytesOfBase64 })],
  ['BOOL', v.strictObject({ BOOL: v.boolean() })],
  ['NULL', v.strictObject({ NULL: v.literal(true) })],
  ['L', v.strictObject({ L: v.array(v.lazy(() => attribute)) })],
  [
    'M',
    v.strictObject({
      M: v.record(
        v.string(),
        v.lazy(() => attribute),
      ),
    }),
  ],
]);
const untyped = v.never('An attribute has one type of DynamoDB.');

/** Its schema is looked up: to try one type after the other would be most of the work of reading a record. */
const attribute: v.GenericSchema<LambdaAttribute, AttributeValue> = v.lazy(
  (value) => typed.get(Object.keys(Object(value)).join()) ?? untyped,
);
const image = v.record(v.string(), attribute);

const keys = v.object({ pk: v.object({ S: v.string() }), sk: v.object({ S: v.string() }) });
type Keys = v.InferOutput<typeof keys>;

/** A record of the table's stream, as Lambda hands it over. */
const streamRecord = v.object({
  dynamodb: v.object({
    ApproximateCreationDateTime: v.number(),
    Keys: keys,
    OldImage: v.exactOptional(image),
    NewImage: v.exactOptional(image),
  }),
});

/**
 * Reads a record of the table's stream; undefined for items that have no events, such as another mini
 * program's, and for what a restore wrote.
 *
 * @throws UnreadableItemError for an item that this version of the service does not write
 * @throws ValiError for what is no record of this table's
 */
export function readStreamRecord(table: Pick<Table, 'appId'>, record: unknown): StreamRecord | undefined {
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime } = v.parse(streamRecord, record).dynamodb;
  const [pk, sk] = [Keys.pk.S, Keys.sk.S];
  const [before, after] = [OldImage && readItem(OldImage), NewImage && readItem(NewImage)];
  if (isOfRestore(before, after)) return undefined;
  const common = { id: writeIdOf(Keys, before, after), atMs: ApproximateCreationDateTime * 1_000 };
  const both = <T>(read: (item: Item) => T) => ({
    ...(before && { before: read(before) }),
    ...(after && { after: read(after) }),
  });
  if (pk.startsWith(userPartition(table, ''))) {
    if (sk === 'ledger')
      return { ...common, type: 'ledger', ...both((item) => parseItem(ledgerSchema, withSendId(item))) };
    if (!sk.startsWith(MESSAGE_PREFIX)) return undefined;
    return { ...common, type: 'message', ...both((item) => parseItem(messageSchema, item)) };
  }
  if (pk.startsWith(campaignPartition(table, '')) && sk.startsWith(RUN_PREFIX)) {
    return { ...common, type: 'run', ...both((item) => parseItem(runRecord, item)) };
  }
  const key = resultsKeyOf(table, pk, sk);
  if (!key) return undefined;
  const read = (item: Item | undefined) => (item ? unpackResults(parseItem(packedResults, item)) : new Map());
  return { ...common, type: 'results', key, before: read(before), after: read(after) };
}

/** Each write of an item leaves a version of its own. A deletion is named by the last version. */
function writeIdOf(keys: Keys, before: Item | undefined, after: Item | undefined): string {
  const version = after ? after['version'] : `after ${before?.['version']}`;
  return createHash('sha256').update(`${keys.pk.S}\n${keys.sk.S}\n${version}`).digest('hex').slice(0, 32);
}

/** The key of a batch's results, read off what `runShardPartition` makes. */
function resultsKeyOf({ appId }: Pick<Table, 'appId'>, pk: string, sk: string) {
  const prefix = `${appId}#run#`;
  if (!pk.startsWith(prefix) || !sk.startsWith(RESULTS_PREFIX)) return undefined;
  const [runId = '', shard = ''] = pk.slice(prefix.length).split('#');
  return { runId, shard: Number(shard), start: sk.slice(RESULTS_PREFIX.length) };
}

/** The records of each mini program, in their order. */
export function recordsByApp(records: readonly DynamoDBRecord[]): ReadonlyMap<string, DynamoDBRecord[]> {
  return Map.groupBy(records, (record) => appIdOfKey(record.dynamodb?.Keys?.['pk']?.S ?? ''));
}

/**
 * Reads what makes events or counts. A record that cannot be read is logged and left out, because it would hold
 * up all that is behind it.
 */
export function readRecords(
  records: readonly DynamoDBRecord[],
  read: (record: unknown) => StreamRecord | undefined,
  logger: Logger,
): readonly PlacedRecord[] {
  return records.flatMap((record) => {
    const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
    try {
      const known = read(record);
      return known ? [{ record: known, sequenceNumber }] : [];
    } catch (error) {
      logger.error('A change of the table cannot be read and is left out of events and statistics.', {
        sequenceNumber,
        error,
      });
      return [];
    }
  });
}

/**
 * The attribute that a restore leaves in what it writes. Whoever writes the item next drops it, or keeps it
 * as it is.
 */
export const RESTORED_BY = 'restoredBy';

/** Its value in an item that the restore deletes next. */
export const RESTORE_DELETES = 'deletes';

/**
 * Whether a change was made by a restore: what it brings back was counted and told of when it first happened.
 */
export function isOfRestore(before: Item | undefined, after: Item | undefined): boolean {
  const was = before?.[RESTORED_BY];
  if (!after) return was === RESTORE_DELETES;
  const is = after[RESTORED_BY];
  return is !== undefined && is !== was;
}
