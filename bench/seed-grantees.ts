import { randomUUID } from 'node:crypto';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { audienceKey, ledgerKey } from '../lib/dynamodb/keys.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { emptyLedger } from '../lib/grants/ledger.ts';
import { recordReport } from '../lib/grants/report-grants.ts';
import type { WeChatSimulator } from '../local/wechat-simulator/index.ts';

/** Users to make, and what they granted. */
export interface Grantees {
  readonly count: number;
  readonly templateId: string;
  /** How often each allowed the template, as this service knows it. */
  readonly grants?: number;
  /** The same as WeChat knows it: with more than one, WeChat itself would not refuse a second send. */
  readonly grantsAtWeChat?: number;
  readonly grantedAtMs: number;
}

const ITEMS_PER_CALL = 25;
const CALLS_AT_ONCE = 16;

/** Makes users who granted a template, straight in the table and at the simulated WeChat. Answers their openids. */
export async function seedGrantees(
  table: Table,
  wechat: WeChatSimulator,
  { count, templateId, grants = 1, grantsAtWeChat = grants, grantedAtMs }: Grantees,
): Promise<readonly string[]> {
  const openids = wechat.createUsers(count);
  for (const openid of openids) {
    for (let tap = 0; tap < grantsAtWeChat; tap++) {
      wechat.subscribe({ openid, results: { [templateId]: 'accept' } });
    }
  }
  const items = openids.flatMap((openid) => [
    {
      ...ledgerKey(table, openid),
      ...ledgerOf(openid, templateId, grants, grantedAtMs),
      version: randomUUID(),
    },
    { ...audienceKey(table, templateId, openid), openid },
  ]);
  const calls = chunks(items, ITEMS_PER_CALL).values();
  const lane = async () => {
    for (const batch of calls) await write(table, batch);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
  return openids;
}

function chunks<T>(items: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  );
}

function ledgerOf(openid: string, templateId: string, grants: number, nowMs: number) {
  let ledger = emptyLedger(openid);
  for (let tap = 0; tap < grants; tap++) {
    ledger = recordReport(
      ledger,
      { results: { [templateId]: 'accept' }, silent: [] },
      { authority: 'client', kindOf: () => 'one-time', nowMs: nowMs + tap },
    );
  }
  return ledger;
}

async function write({ client, name }: Table, items: readonly object[]): Promise<void> {
  let pending = items.map((item) => ({ PutRequest: { Item: marshall(item) } }));
  while (pending.length > 0) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [name]: pending } }),
    );
    pending = (UnprocessedItems?.[name] ?? []).flatMap(({ PutRequest }) =>
      PutRequest?.Item ? [{ PutRequest: { Item: PutRequest.Item } }] : [],
    );
  }
}
