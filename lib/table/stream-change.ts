import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { TableChange } from '../changes/table-change.ts';
import type { Table } from './client.ts';
import { type Item, readItem } from './items.ts';
import { campaignPartition, MESSAGE_PREFIX, RESULTS_PREFIX, RUN_PREFIX, userPartition } from './keys.ts';
import { ledgerItem } from './ledger-item.ts';
import { messageItem } from './message-item.ts';
import { resultsItem, runItem, unpackResults } from './run-items.ts';
import { parseItem } from './versioned.ts';

const attribute: v.GenericSchema<AttributeValue> = v.lazy(() =>
  v.union([
    v.strictObject({ S: v.string() }),
    v.strictObject({ N: v.string() }),
    v.strictObject({ BOOL: v.boolean() }),
    v.strictObject({ NULL: v.literal(true) }),
    v.strictObject({ L: v.array(attribute) }),
    v.strictObject({ M: v.record(v.string(), attribute) }),
  ]),
);
const image = v.record(v.string(), attribute);

/** A record of the table's stream, as Lambda hands it over. */
const streamRecord = v.object({
  eventID: v.string(),
  dynamodb: v.object({
    ApproximateCreationDateTime: v.number(),
    SequenceNumber: v.pipe(
      v.string(),
      v.digits(),
      v.transform((text) => BigInt(text)),
    ),
    Keys: v.object({ pk: v.object({ S: v.string() }), sk: v.object({ S: v.string() }) }),
    OldImage: v.exactOptional(image),
    NewImage: v.exactOptional(image),
  }),
});

/**
 * Reads what a record says has changed; undefined for what nobody is told of, such as another mini program's items.
 *
 * @throws UnreadableItemError for an item that this version of the service does not write
 * @throws ValiError for what is no record of this table's
 */
export function readStreamRecord(table: Pick<Table, 'appId'>, record: unknown): TableChange | undefined {
  const { eventID, dynamodb } = v.parse(streamRecord, record);
  const { Keys, OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
  const [pk, sk] = [Keys.pk.S, Keys.sk.S];
  const [before, after] = [OldImage && readItem(OldImage), NewImage && readItem(NewImage)];
  const common = { id: eventID, sequence: SequenceNumber, atMs: ApproximateCreationDateTime * 1_000 };
  const both = <T>(read: (item: Item) => T) => ({
    ...(before && { before: read(before) }),
    ...(after && { after: read(after) }),
  });
  if (pk.startsWith(userPartition(table, ''))) {
    if (sk === 'ledger') return { ...common, type: 'ledger', ...both((item) => parseItem(ledgerItem, item)) };
    if (!sk.startsWith(MESSAGE_PREFIX)) return undefined;
    return { ...common, type: 'message', ...both((item) => parseItem(messageItem, item)) };
  }
  if (pk.startsWith(campaignPartition(table, '')) && sk.startsWith(RUN_PREFIX)) {
    return { ...common, type: 'run', ...both((item) => parseItem(runItem, item)) };
  }
  const place = resultsPlace(table, pk, sk);
  if (!place) return undefined;
  const read = (item: Item | undefined) => (item ? unpackResults(parseItem(resultsItem, item)) : new Map());
  return { ...common, type: 'results', place, before: read(before), after: read(after) };
}

/** Where results stand, read off their key as `runShardPartition` makes it. */
function resultsPlace({ appId }: Pick<Table, 'appId'>, pk: string, sk: string) {
  const prefix = `${appId}#run#`;
  if (!pk.startsWith(prefix) || !sk.startsWith(RESULTS_PREFIX)) return undefined;
  const [runId = '', shard = ''] = pk.slice(prefix.length).split('#');
  return { runId, shard: Number(shard), after: sk.slice(RESULTS_PREFIX.length) };
}
