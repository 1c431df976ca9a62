import { createHash } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { openQueue } from '../../lib/runtime/aws.ts';
import { startService } from './running-service.ts';

const sha256 = createHash('sha256').update('key-of-a-reader').digest('hex');
const limited = createHash('sha256').update('key-for-one').digest('hex');
const keys = [
  { name: 'reader', sha256, scopes: ['read'] },
  { name: 'for-one', sha256: limited, scopes: ['read'], appids: ['wx5e1fa0c0ffee1234'] },
];
const { stack, call, operator } = await startService({ settings: { API_KEYS: JSON.stringify(keys) } });

test('GET /v1/apps tells what the key itself may do, so that a page can offer it', async () => {
  expect((await operator('GET', '/v1/apps')).body.key).toEqual({
    name: 'dev',
    scopes: ['read', 'send', 'manage'],
  });
  const { body } = await call('GET', '/v1/apps', { token: 'key-of-a-reader' });
  expect(body.key).toEqual({ name: 'reader', scopes: ['read'] });
  expect(JSON.stringify(body)).not.toMatch(/sha256|key-of/);
});

test('GET /v1/apps counts what lies in the dead-letter queues', async () => {
  const counted = async () => (await operator('GET', '/v1/apps')).body.deadLetters;
  expect(await counted()).toEqual({ sends: 0, campaigns: 0, events: 0, changes: 0 });
  const sqs = openQueue(stack.env);
  await sqs.send(new SendMessageCommand({ QueueUrl: stack.deadLetterQueueUrl, MessageBody: '{}' }));
  sqs.destroy();
  await expect.poll(counted).toEqual({ sends: 1, campaigns: 0, events: 0, changes: 0 });
});

test('GET /v1/apps tells a key for some mini programs nothing of the queues that all share', async () => {
  const { body } = await call('GET', '/v1/apps', { token: 'key-for-one' });
  expect(body.items).toHaveLength(1);
  expect(body).not.toHaveProperty('deadLetters');
});
