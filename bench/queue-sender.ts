/**
 * One container of a function that a queue calls (`{functionName, queueName, queueUrl, pollers}` as the first argument), over a stack that runs
 * elsewhere. Says on request what it has used.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { loadHandlers } from '../local/stack/load-handlers.ts';
import { startRunner } from '../local/stack/runner.ts';
import { readServiceDefinition } from '../local/stack/service-definition.ts';
import { LOCAL_AWS } from '../local/stack/table.ts';
import { createCapacityMeter } from './capacity-meter.ts';
import { serveParent } from './child-side.ts';

const options = v.object({
  functionName: v.string(),
  queueName: v.string(),
  queueUrl: v.string(),
  pollers: v.number(),
  aheadMs: v.optional(v.number(), 0),
});
const { functionName, queueName, queueUrl, pollers, aheadMs } = v.parse(
  options,
  JSON.parse(process.argv[2] ?? '{}'),
);
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const definition = await readServiceDefinition();
const [called, queue] = [definition.functions()[functionName], definition.queues()[queueName]];
if (!called || !queue) throw new Error(`serverless.yml defines no ${functionName} or no ${queueName}.`);

const meter = createCapacityMeter();
const { handlers } = await loadHandlers({ [functionName]: called }, env, {
  clock: () => Date.now() + aheadMs,
});
const endpoint = env['AWS_ENDPOINT_URL_SQS'] ?? '';
await startRunner({
  functions: { [functionName]: called },
  handlers,
  sqs: {
    endpoint,
    client: new SQSClient({ ...LOCAL_AWS, endpoint }),
    queues: {
      [queueName]: { url: queueUrl, arn: `arn:aws:sqs:local:000000000000:${queueName}`, definition: queue },
    },
    contents: () => Promise.reject(new Error('Only the stack looks into its queue.')),
    close: async () => undefined,
  },
  port: 0,
  pollers,
  longPollSeconds: 1,
});

serveParent('ready', async () => {
  const { user, system } = process.cpuUsage();
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { ...meter.total(), cpuMs: (user + system) / 1000, peakBytes };
});
