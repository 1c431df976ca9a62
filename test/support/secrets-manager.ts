import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

type Input = { readonly Name?: string; readonly SecretId?: string; readonly SecretString?: string };

/** Secrets Manager on a free port for one test: its secrets by name. */
export async function useSecretsManager(stored: Readonly<Record<string, string>> = {}) {
  const secrets = new Map(Object.entries(stored));
  const server = createServer(async (request, response) => {
    const input = (await json(request)) as Input;
    const name = input.Name ?? input.SecretId ?? '';
    const call = String(request.headers['x-amz-target']).split('.').at(-1);
    const isThere = secrets.has(name);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (call === 'CreateSecret' ? isThere : !isThere) {
      const type = isThere ? 'ResourceExistsException' : 'ResourceNotFoundException';
      response.writeHead(400).end(JSON.stringify({ __type: type, message: name }));
      return;
    }
    if (input.SecretString !== undefined) secrets.set(name, input.SecretString);
    response.end(JSON.stringify({ Name: name, ARN: name }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { secrets, endpoint: `http://127.0.0.1:${port}` };
}
