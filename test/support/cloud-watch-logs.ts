import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** CloudWatch Logs on a free port for one test: lines by log group, found by the quoted text that is asked for; or it refuses to be read. */
export async function useCloudWatchLogs(
  groups: Readonly<Record<string, readonly object[]>> | 'refused',
): Promise<string> {
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(await text(request));
    if (groups === 'refused') {
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: 'AccessDeniedException', message: 'is not authorized' }));
      return;
    }
    const isGroups = `${request.headers['x-amz-target']}`.endsWith('.DescribeLogGroups');
    const logGroups = Object.keys(groups)
      .filter((name) => name.startsWith(asked.logGroupNamePrefix))
      .map((logGroupName) => ({ logGroupName }));
    const events = (groups[asked.logGroupName] ?? [])
      .map((line) => ({ message: `${JSON.stringify(line)}\n` }))
      .filter(({ message }) => message.includes(JSON.parse(asked.filterPattern ?? '""')));
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(isGroups ? { logGroups } : { events }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}
