import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** CloudWatch on a free port for one test: alarms by name with their state, and the last value of any metric. */
export async function useCloudWatch(o: {
  alarms: Readonly<Record<string, string>>;
  metric?: number;
}): Promise<string> {
  const MetricAlarms = Object.entries(o.alarms).map(([AlarmName, StateValue]) => ({
    AlarmName,
    StateValue,
    AlarmDescription: `What to do about ${AlarmName}.`,
  }));
  const Datapoints = o.metric === undefined ? [] : [{ Timestamp: 1_796_086_800, Maximum: o.metric }];
  const server = createServer((request, response) => {
    const isAlarms = `${request.headers['x-amz-target']}`.endsWith('.DescribeAlarms');
    request.resume();
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(isAlarms ? { MetricAlarms } : { Datapoints }));
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
