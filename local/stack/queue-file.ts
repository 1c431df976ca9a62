import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { type LocalSqs, messageAttributes } from './sqs.ts';

const fileSchema = v.record(
  v.string(),
  v.array(
    v.object({
      body: v.string(),
      dueAtMs: v.number(),
      messageAttributes: v.optional(messageAttributes, {}),
    }),
  ),
);

const fileIn = (dataDir: string) => join(dataDir, 'queues.json');

/**
 * Writes what the queues hold to `dataDir`, with attributes, delayed messages with their time. A message that is in flight is written
 * too, so that it may come twice, as on SQS, and is not lost. How often it was received is forgotten.
 */
export async function saveQueues(sqs: LocalSqs, dataDir: string): Promise<void> {
  const saved: v.InferOutput<typeof fileSchema> = {};
  for (const name of Object.keys(sqs.queues)) {
    const { visible, inFlight, delayed } = await sqs.contents(name);
    saved[name] = [...[...visible, ...inFlight].map((message) => ({ ...message, dueAtMs: 0 })), ...delayed];
  }
  const draft = `${fileIn(dataDir)}.new`;
  await writeFile(draft, JSON.stringify(saved));
  await rename(draft, fileIn(dataDir));
}

/** Puts back onto the queues what an earlier run left in `dataDir`. */
export async function restoreQueues(sqs: LocalSqs, dataDir: string): Promise<void> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => '{}');
  for (const [name, messages] of Object.entries(v.parse(fileSchema, JSON.parse(text)))) {
    const queue = sqs.queues[name];
    if (queue === undefined) continue;
    for (const { body, dueAtMs, messageAttributes: MessageAttributes } of messages) {
      const DelaySeconds = Math.max(0, Math.ceil((dueAtMs - Date.now()) / 1000));
      await sqs.client.send(
        new SendMessageCommand({
          QueueUrl: queue.url,
          MessageBody: body,
          DelaySeconds,
          ...(Object.keys(MessageAttributes).length > 0 && { MessageAttributes }),
        }),
      );
    }
  }
}
