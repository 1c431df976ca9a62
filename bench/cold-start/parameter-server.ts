import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';

const asked = v.object({ Names: v.array(v.string()) });

/** SSM's GetParameters on this machine. */
export async function startParameterServer(
  parameters: Readonly<Record<string, string>>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { Names } = v.parse(asked, JSON.parse(await text(request)));
    const known = Names.filter((name) => name in parameters);
    const answer = {
      Parameters: known.map((Name) => ({ Name, Type: 'SecureString', Value: parameters[Name] })),
      InvalidParameters: Names.filter((name) => !known.includes(name)),
    };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
