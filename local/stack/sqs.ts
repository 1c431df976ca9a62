import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import * as v from 'valibot';
import { withoutLog } from '../../lib/runtime/aws.ts';
import type { QueueDefinition } from './service-definition.ts';
import { LOCAL_AWS } from './table.ts';

/** A message's own attributes, which travel beside its body; ours are all texts. */
export const messageAttributes = v.record(
  v.string(),
  v.object({ DataType: v.string(), StringValue: v.string() }),
);

const messageSchema = v.object({
  body: v.string(),
  messageAttributes: v.optional(messageAttributes, {}),
  delayUntil: v.optional(v.number()),
});
const queueSchema = v.object({
  messages: v.object({
    ready: v.array(messageSchema),
    delayed: v.array(messageSchema),
    inflight: v.array(v.object({ message: messageSchema })),
  }),
});

/** A message on a queue. */
interface QueuedMessage {
  readonly body: string;
  readonly messageAttributes: v.InferOutput<typeof messageAttributes>;
}

/** Everything in a queue at one moment. `dueAtMs` is when a delayed message becomes visible. */
interface QueueContents {
  readonly visible: readonly QueuedMessage[];
  readonly inFlight: readonly QueuedMessage[];
  readonly delayed: readonly (QueuedMessage & { readonly dueAtMs: number })[];
}

/** One local queue. */
export interface LocalQueue {
  readonly url: string;
  readonly arn: string;
  readonly definition: QueueDefinition;
}

/** An SQS on this machine with its queues, by the names that serverless.yml gives them. */
export interface LocalSqs {
  readonly endpoint: string;
  readonly client: SQSClient;
  readonly queues: Readonly<Record<string, LocalQueue>>;
  /** What a queue holds, without receiving anything. */
  contents(name: string): Promise<QueueContents>;
  close(): Promise<void>;
}

/** Starts SQS on a free loopback port, with the queues that `definitions` names. */
export async function startSqs(definitions: Readonly<Record<string, QueueDefinition>>): Promise<LocalSqs> {
  const app = buildApp({ logger: false });
  app.addHook('onSend', async ({ headers, body }, _reply, payload) =>
    headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage' && !v.is(asksForAttributes, body)
      ? withoutAttributes(payload)
      : payload,
  );
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = withoutLog(new SQSClient({ ...LOCAL_AWS, endpoint }));
  const queues: Record<string, LocalQueue> = {};
  for (const [name, definition] of deadLetterQueuesFirst(definitions)) {
    queues[name] = await createQueue(client, endpoint, name, definition, queues);
  }
  return {
    endpoint,
    client,
    queues,
    async contents(name) {
      const { messages } = v.parse(queueSchema, (await app.inject(`/_fauxqs/queues/${name}`)).json());
      return {
        visible: messages.ready,
        inFlight: messages.inflight.map(({ message }) => message),
        delayed: messages.delayed.map(({ delayUntil, ...message }) => ({
          ...message,
          dueAtMs: delayUntil ?? 0,
        })),
      };
    },
    async close() {
      client.destroy();
      await app.close();
    },
  };
}

/** The engine gives a message's attributes to those too who have not asked for them, which SQS does not. */
const asksForAttributes = v.object({ MessageAttributeNames: v.pipe(v.array(v.string()), v.minLength(1)) });

function withoutAttributes(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  return JSON.stringify(JSON.parse(payload), (key, value) =>
    key === 'MessageAttributes' ? undefined : value,
  );
}

async function createQueue(
  client: SQSClient,
  endpoint: string,
  name: string,
  definition: QueueDefinition,
  others: Readonly<Record<string, LocalQueue>>,
): Promise<LocalQueue> {
  // The URL that the engine answers with has a host name that does not resolve; it looks queues up by the last part.
  const url = `${endpoint}/000000000000/${name}`;
  await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributesOf(definition, others) }),
  );
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes?.QueueArn ?? '', definition };
}

function attributesOf(
  { RedrivePolicy, ...numbers }: QueueDefinition,
  others: Readonly<Record<string, LocalQueue>>,
): Record<string, string> {
  const attributes = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, `${value}`]));
  if (RedrivePolicy === undefined) return attributes;
  const deadLetterTargetArn = others[RedrivePolicy.deadLetterTargetArn]?.arn;
  return { ...attributes, RedrivePolicy: JSON.stringify({ ...RedrivePolicy, deadLetterTargetArn }) };
}

/** A queue that redrives needs its dead-letter queue to be there. */
function deadLetterQueuesFirst(
  definitions: Readonly<Record<string, QueueDefinition>>,
): [string, QueueDefinition][] {
  const rank = ([, definition]: [string, QueueDefinition]) =>
    definition.RedrivePolicy === undefined ? 0 : 1;
  return Object.entries(definitions).sort((a, b) => rank(a) - rank(b));
}
