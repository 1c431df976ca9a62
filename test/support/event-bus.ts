import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** An entry of PutEvents as it arrives. */
export interface BusEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time?: number;
}

/** EventBridge on a free port for one test: it takes the entries that `takes` says; `requests` holds those of each request. */
export async function useEventBus(takes: (entry: BusEntry) => boolean = () => true) {
  const requests: BusEntry[][] = [];
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: BusEntry[] };
    requests.push(Entries);
    const results = Entries.map((entry, n) =>
      takes(entry) ? { EventId: `e${n}` } : { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
    );
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ FailedEntryCount, Entries: results }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { requests, endpoint: `http://127.0.0.1:${port}` };
}
