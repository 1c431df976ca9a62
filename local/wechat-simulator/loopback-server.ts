import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOPBACK = '127.0.0.1';
/** Longer than any client keeps a pooled connection, so that this side never closes a reused one. */
const KEEP_ALIVE_MS = 65_000;
const MAX_BODY_BYTES = 1_048_576;

/** A server on the loopback interface only. */
export interface LoopbackServer {
  readonly url: string;
  /** Refuses new connections, and requests on open ones, for `ms`. */
  refuseConnections(ms: number): void;
  close(): Promise<void>;
}

/** Answers one request, whose body has been read. */
export type Respond = (request: IncomingMessage, body: string, response: ServerResponse) => Promise<void>;

/** Listens on 127.0.0.1; port 0 finds a free one. Rejects when the port is taken. */
export async function startLoopbackServer(port: number, respond: Respond): Promise<LoopbackServer> {
  let refusing: NodeJS.Timeout | undefined;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    if (refusing) {
      request.socket.destroy();
      return;
    }
    void serve(request, response, respond);
  });
  const bound = await listen(server, port);
  return {
    url: `http://${LOOPBACK}:${bound}`,
    refuseConnections: (ms) => {
      clearTimeout(refusing);
      server.close();
      refusing = setTimeout(() => {
        refusing = undefined;
        server.listen(bound, LOOPBACK);
      }, ms);
    },
    close: async () => {
      clearTimeout(refusing);
      const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.removeListener('error', reject);
      resolve(portOf(server.address()));
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0;
}

async function serve(request: IncomingMessage, response: ServerResponse, respond: Respond): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    await respond(request, body, response);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const reason = error instanceof Error ? error.message : 'unknown';
    if (!response.headersSent) response.writeHead(500).end(`The simulator failed: ${reason}\n`);
  }
}

/** Reads to the end, so that the refusal of a large body can be read; undefined when it was too large to keep. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}
