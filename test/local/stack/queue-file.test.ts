import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { restoreQueues, saveQueues } from '../../../local/stack/queue-file.ts';
import { startSqs } from '../../../local/stack/sqs.ts';

async function useSqs() {
  const sqs = await startSqs({ Jobs: {} });
  onTestFinished(() => sqs.close());
  return sqs;
}

async function useFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const OF_2 = { appid: { DataType: 'String', StringValue: 'wx2' } };

test('messages come back with their attributes, those that were delayed at their time', async () => {
  const [before, folder] = [await useSqs(), await useFolder()];
  const send = (MessageBody: string, more = {}) =>
    before.client.send(
      new SendMessageCommand({ QueueUrl: before.queues['Jobs']!.url, MessageBody, ...more }),
    );
  await send('plain');
  await send('of wx2', { MessageAttributes: OF_2 });
  await send('later', { MessageAttributes: OF_2, DelaySeconds: 600 });
  await saveQueues(before, folder);
  const after = await useSqs();
  await restoreQueues(after, folder);
  const { visible, delayed } = await after.contents('Jobs');
  expect(visible).toMatchObject([
    { body: 'plain', messageAttributes: {} },
    { body: 'of wx2', messageAttributes: OF_2 },
  ]);
  expect(delayed).toMatchObject([{ body: 'later', messageAttributes: OF_2 }]);
  expect(delayed[0]!.dueAtMs).toBeGreaterThan(Date.now() + 500_000);
});

test('a file from before there were attributes is read', async () => {
  const [sqs, folder] = [await useSqs(), await useFolder()];
  await writeFile(join(folder, 'queues.json'), '{"Jobs":[{"body":"old","dueAtMs":0}],"Gone":[]}');
  await restoreQueues(sqs, folder);
  expect((await sqs.contents('Jobs')).visible).toMatchObject([{ body: 'old', messageAttributes: {} }]);
});
