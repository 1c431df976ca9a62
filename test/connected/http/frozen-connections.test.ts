import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openConnectionPool } from '../../../lib/http/connection-pool.ts';

/*
 * A frozen container's timers do not run, so undici keeps connections that died meanwhile. Here the pool's clock leaps instead, while
 * undici's own timers see no time pass at all.
 */
const FREEZE_MS = 60_000;
const IDLE_MS = 4_000;

/** A server that counts its connections and answers `/held` when told to, with a pool whose time can leap. */
async function usePool() {
  let nowMs = 0;
  const held: ServerResponse[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(({ url }, response) => {
    if (url === '/held') held.push(response);
    else response.end('{}');
  });
  server.on('connection', (socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const pool = openConnectionPool(`http://127.0.0.1:${port}`, { idleMs: IDLE_MS, clock: () => nowMs });
  onTestFinished(async () => {
    await pool.close();
    server.closeAllConnections();
    server.close();
  });
  async function get(path: string) {
    const answer = await pool.exchange({ method: 'GET', path, headers: {}, body: null });
    // undici takes the connection back a moment later.
    await setImmediate();
    return answer;
  }
  return {
    pool,
    get,
    connections: () => sockets.size,
    leap: (ms: number) => {
      nowMs += ms;
    },
    /** Sends a request that stays under way, and resolves once it has arrived. */
    async leaveOne() {
      const answer = get('/held');
      await expect.poll(() => held.length).toBe(1);
      return { answer, end: () => held.shift()?.end('{}') };
    },
  };
}

test('what follows the first answer at once takes its connection, and opens no other', async () => {
  const { pool, connections } = await usePool();
  const request = { method: 'GET', path: '/', headers: {}, body: null };
  await pool.exchange(request);
  await pool.exchange(request);
  expect(connections()).toBe(1);
});

test('a connection is used again while it is fresh, and not after a freeze', async () => {
  const { get, connections, leap } = await usePool();
  await get('/');
  leap(IDLE_MS);
  await get('/');
  expect(connections()).toBe(1);
  leap(FREEZE_MS);
  expect(await get('/')).toMatchObject({ type: 'answered' });
  expect(connections()).toBe(2);
});

test('a request that was under way in the freeze keeps no other connection alive', async () => {
  const { get, connections, leap, leaveOne } = await usePool();
  const { answer, end } = await leaveOne();
  await get('/');
  expect(connections()).toBe(2);
  leap(FREEZE_MS);
  await get('/');
  expect(connections()).toBe(3);
  end();
  expect(await answer).toMatchObject({ type: 'answered' });
});

test('a request that ends just after the freeze makes no connection look fresh', async () => {
  const { get, connections, leap, leaveOne } = await usePool();
  const { answer, end } = await leaveOne();
  await get('/');
  leap(FREEZE_MS);
  end();
  await answer;
  await get('/');
  expect(connections()).toBe(3);
});

test('closing the pool ends what is under way on connections of before a freeze, too', async () => {
  const { get, leap, leaveOne, pool } = await usePool();
  const { answer } = await leaveOne();
  leap(FREEZE_MS);
  await get('/');
  await pool.close();
  expect(await answer).toMatchObject({ type: 'no-answer' });
});
