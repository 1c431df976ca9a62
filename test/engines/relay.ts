import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a server that can break as a network's does. */
export interface Relay {
  readonly url: string;
  /** How many connections were opened through it so far. */
  connections(): number;
  /** Forgets the connections of now without a word: what comes over them still is answered by a reset, or swallowed. */
  lose(how: 'reset' | 'swallow'): void;
}

/** Opens a relay to `target`, an address such as `http://127.0.0.1:3100`, for one test. */
export async function useRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const pairs: (readonly [Socket, Socket])[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    pairs.push([near, far]);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far);
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of pairs.flat()) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => pairs.length,
    lose(how) {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        far.destroy();
        near.on('data', () => how === 'reset' && near.resetAndDestroy()).resume();
      }
    },
  };
}
