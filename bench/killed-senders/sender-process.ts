/**
 * A sender of campaigns that can be killed: takes the batches of the campaign queue to the real handler, as Lambda's event source
 * mapping does, over the table and the queue of a stack that runs elsewhere. Says on its standard output, several times a second,
 * what it has used of DynamoDB, how often it called it, and how much memory it takes. Ends with its parent.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { createConsoleLogger } from '../../lib/runtime/console-logger.ts';
import { loadHandlers } from '../../local/stack/load-handlers.ts';
import { startRunner } from '../../local/stack/runner.ts';
import { readServiceDefinition } from '../../local/stack/service-definition.ts';
import { LOCAL_AWS } from '../../local/stack/table.ts';
import { createCapacityMeter } from '../capacity-meter.ts';

const REPORT_EVERY_MS = 200;
/** Short, because the local queue goes on serving a receiver that died. */
const LONG_POLL_SECONDS = 1;
const FUNCTION = 'send-campaign';
const QUEUE = 'CampaignQueue';

const quiet = () => undefined;
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const definition = await readServiceDefinition();
const [called, queue] = [definition.functions()[FUNCTION], definition.queues()[QUEUE]];
if (!called || !queue) throw new Error(`serverless.yml defines no ${FUNCTION} or no ${QUEUE}.`);

const meter = createCapacityMeter();
const logger = {
  ...createConsoleLogger({ write: (line) => process.stderr.write(line) }),
  info: quiet,
  warn: quiet,
};
const { handlers } = await loadHandlers({ [FUNCTION]: called }, environment, { logger });
const endpoint = environment['AWS_ENDPOINT_URL_SQS'] ?? '';
const url = environment['CAMPAIGN_QUEUE_URL'] ?? '';
const arn = `arn:aws:sqs:${LOCAL_AWS.region}:000000000000:${QUEUE}`;
const client = new SQSClient({ ...LOCAL_AWS, endpoint });
const runner = await startRunner({
  functions: { [FUNCTION]: called },
  handlers,
  sqs: {
    endpoint,
    client,
    queues: { [QUEUE]: { url, arn, definition: queue } },
    contents: () => Promise.reject(new Error('Only the stack looks into its queue.')),
    close: async () => undefined,
  },
  port: 0,
  // As one container of the function: one batch at a time.
  pollers: 1,
  longPollSeconds: LONG_POLL_SECONDS,
});

const report = () =>
  process.stdout.write(`${JSON.stringify({ ...meter.total(), rssBytes: process.memoryUsage().rss })}\n`);
setInterval(report, REPORT_EVERY_MS);
report();

process.on('SIGTERM', () => {
  void runner.close().then(() => {
    report();
    process.exit(0);
  });
});
process.stdin.on('end', () => process.exit(1)).resume();
