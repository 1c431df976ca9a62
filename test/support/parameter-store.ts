import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request to write a parameter as it arrives. */
export interface PutParameter {
  readonly Name: string;
  readonly Value: string;
  readonly Type: string;
  readonly Overwrite: boolean;
  readonly KeyId?: string;
}

/** SSM's parameters on a free port for one test: what is stored, and every write that came. */
export async function useParameterStore(stored: Readonly<Record<string, string>> = {}) {
  const parameters = new Map(Object.entries(stored));
  const writes: PutParameter[] = [];

  function answer(call: string, body: unknown): [number, unknown] {
    if (call === 'AmazonSSM.GetParameters') {
      const { Names } = body as { Names: string[] };
      const Parameters = Names.filter((Name) => parameters.has(Name)).map((Name) => ({
        Name,
        Type: 'SecureString',
        Value: parameters.get(Name),
      }));
      return [200, { Parameters, InvalidParameters: Names.filter((name) => !parameters.has(name)) }];
    }
    const write = body as PutParameter;
    writes.push(write);
    if (parameters.has(write.Name) && !write.Overwrite) return [400, { __type: 'ParameterAlreadyExists' }];
    parameters.set(write.Name, write.Value);
    return [200, { Version: 1, Tier: 'Standard' }];
  }

  const server = createServer(async (request, response) => {
    const [status, body] = answer(`${request.headers['x-amz-target']}`, JSON.parse(await text(request)));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { parameters, writes, endpoint: `http://127.0.0.1:${port}` };
}
