import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ConditionalPut, getItem, getItems, putAtomically } from '../../../lib/dynamodb/items.ts';
import { localTable } from '../../../local/stack/table.ts';
import { type TestTable, useTable } from '../../support/dynamodb.ts';

const table = await useTable();

function put(sk: string, version: string, expected?: string): ConditionalPut {
  const item = { pk: 'wx#items', sk, version };
  if (expected === undefined) return { item, condition: 'attribute_not_exists(pk)' };
  return { item, condition: 'version = :version', values: { ':version': expected } };
}

describe('writing over the version that was read', () => {
  test('succeeds once and conflicts for whoever read the older version', async () => {
    expect(await putAtomically(table, [put('a', 'v1')])).toBe('committed');
    expect(await putAtomically(table, [put('a', 'v2', 'v1')])).toBe('committed');
    expect(await putAtomically(table, [put('a', 'v3', 'v1')])).toBe('conflict');
    expect(await putAtomically(table, [put('a', 'v4')])).toBe('conflict');
    expect(await getItem(table, { pk: 'wx#items', sk: 'a' })).toMatchObject({ version: 'v2' });
  });

  test('of several items writes all or none', async () => {
    await putAtomically(table, [put('b', 'v1')]);
    expect(await putAtomically(table, [put('c', 'v1'), put('b', 'v2', 'other')])).toBe('conflict');
    expect(await getItem(table, { pk: 'wx#items', sk: 'c' })).toBeUndefined();
    expect(await putAtomically(table, [put('c', 'v1'), put('b', 'v2', 'v1')])).toBe('committed');
    expect(
      await getItems(table, [
        { pk: 'wx#items', sk: 'b' },
        { pk: 'wx#items', sk: 'c' },
      ]),
    ).toHaveLength(2);
  });

  test('fifty at once over one version let exactly one through', async () => {
    await putAtomically(table, [put('d', 'start')]);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        putAtomically(table, [put('d', `v${i}`, 'start'), put(`d${i}`, 'v')]),
      ),
    );
    expect(results.filter((result) => result === 'committed')).toHaveLength(1);
  });

  test('more items are read than one request takes', async () => {
    await Promise.all(Array.from({ length: 130 }, (_, i) => putAtomically(table, [put(`many-${i}`, 'v')])));
    const keys = Array.from({ length: 130 }, (_, i) => ({ pk: 'wx#items', sk: `many-${i}` }));
    expect(await getItems(table, keys)).toHaveLength(130);
  });
});

describe('a write whose answer was lost, which the client repeats', () => {
  test.each([
    ['one item', (n: string) => [put(`lost-${n}`, 'mine')]],
    ['several items', (n: string) => [put(`lost-${n}-1`, 'mine'), put(`lost-${n}-2`, 'mine')]],
  ])('is recognised as our own: %s', async (name, puts) => {
    const lossy = await losingTheFirstAnswer(table);
    expect(await putAtomically(lossy.table, puts(name.replace(' ', '-')))).toBe('committed');
    expect(lossy.requests()).toBe(2);
  });
});

/** The same table behind a proxy that passes the first request on and then cuts the line instead of answering. */
async function losingTheFirstAnswer({ endpoint, name, appId }: TestTable) {
  const { hostname, port } = new URL(endpoint);
  let requests = 0;
  const proxy = createServer((incoming, answer) => {
    requests += 1;
    const lose = requests === 1;
    const onward = request(
      {
        host: hostname,
        port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk) => chunks.push(chunk));
        reply.on('end', () => {
          if (lose) incoming.socket.destroy();
          else answer.writeHead(reply.statusCode ?? 500, reply.headers).end(Buffer.concat(chunks));
        });
      },
    );
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const lossy = localTable(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, name, appId);
  onTestFinished(async () => {
    await lossy.client.destroy();
    proxy.close();
  });
  return { table: lossy, requests: () => requests };
}
