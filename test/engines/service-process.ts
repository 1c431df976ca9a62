/**
 * A process of the service that can be killed: `node service-process.ts sender` takes the queues' batches to send-messages,
 * send-campaign and process-events as Lambda's event source mappings do, `… api` serves the HTTP routes. Both wire the real handlers from the
 * environment, and use the table and the queue of a stack that runs elsewhere.
 *
 * `CLOCK_AHEAD_MS` is how far the test's time is ahead of the machine's; a number on its standard input changes it.
 * The process says `{"apiUrl"}` once it is ready, ends its batches and itself on SIGTERM, and ends with its parent.
 */
import { createInterface } from 'node:readline';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createConsoleLogger } from '../../lib/runtime/console-logger.ts';
import { loadHandlers } from '../../local/stack/load-handlers.ts';
import { startRunner } from '../../local/stack/runner.ts';
import { type FunctionDefinition, readServiceDefinition } from '../../local/stack/service-definition.ts';
import { LOCAL_AWS } from '../../local/stack/table.ts';

/** Short, because the local queue goes on serving a receiver that died: see `World.leap`. */
const LONG_POLL_SECONDS = 1;

let aheadMs = Number(process.env['CLOCK_AHEAD_MS']);
const trigger = process.argv[2] === 'sender' ? 'sqs' : 'httpApi';
/** Where the stack told its functions that its queues are. */
const QUEUES = {
  SendQueue: 'SEND_QUEUE_URL',
  CampaignQueue: 'CAMPAIGN_QUEUE_URL',
  EventQueue: 'EVENT_QUEUE_URL',
} as const;
const clock = () => Date.now() + aheadMs;
const writeError = (line: string) => process.stderr.write(line);
const quiet = () => undefined;

const definition = await readServiceDefinition();
const functions = Object.fromEntries(
  Object.entries(definition.functions()).filter(([, one]) => hasTrigger(one, trigger)),
);
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const logger = { ...createConsoleLogger({ write: writeError }), info: quiet, warn: quiet };
const { handlers } = await loadHandlers(functions, environment, { clock, logger });
const runner = await startRunner({
  functions,
  handlers,
  sqs: sqsOfStack(),
  port: 0,
  longPollSeconds: LONG_POLL_SECONDS,
  observe: reportFault,
});

process.on('SIGTERM', () => void runner.close().then(() => process.exit(0)));
createInterface(process.stdin).on('line', (line) => {
  aheadMs = Number(line);
});
process.stdin.on('end', () => process.exit(1));
process.stdout.write(`${JSON.stringify({ apiUrl: runner.apiUrl })}\n`);

function hasTrigger({ events }: FunctionDefinition, name: 'sqs' | 'httpApi'): boolean {
  return events.some((event) => name in event);
}

function reportFault(observation: { type: string; error?: Error }): void {
  if (observation.type === 'fault') writeError(`${observation.error?.stack}\n`);
}

/** The queues of the stack, by the names that serverless.yml gives them. */
function sqsOfStack(): Parameters<typeof startRunner>[0]['sqs'] {
  const endpoint = environment['AWS_ENDPOINT_URL_SQS'] ?? '';
  const queues = Object.entries(QUEUES).map(([name, variable]) => {
    const queue = definition.queues()[name];
    if (!queue) throw new Error(`serverless.yml defines no ${name}.`);
    const arn = `arn:aws:sqs:${LOCAL_AWS.region}:000000000000:${name}`;
    return [name, { url: environment[variable] ?? '', arn, definition: queue }] as const;
  });
  return {
    endpoint,
    client: new SQSClient({ ...LOCAL_AWS, endpoint }),
    queues: Object.fromEntries(queues),
    contents: () => Promise.reject(new Error('Only the stack looks into its queues.')),
    close: async () => undefined,
  };
}
