import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalSqs, startSqs } from '../../local/stack/sqs.ts';
import { hold, move } from '../../operate/redrive/dead-letters.ts';
import { runCommand } from './run-command.ts';

const job = (n: number) =>
  JSON.stringify({ messageId: `msg_${String(n).padStart(32, '0')}_o-user-${n}`, sinceMs: 0 });

interface Queues {
  readonly sqs: LocalSqs;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly args: string[];
}

/** A send queue, and a dead-letter queue that holds these bodies. */
async function useQueues(bodies: readonly string[]): Promise<Queues> {
  const sqs = await startSqs({
    Send: { RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 5 } },
    Dead: {},
  });
  onTestFinished(() => sqs.close());
  const [queueUrl, deadLetterQueueUrl] = [sqs.queues['Send']!.url, sqs.queues['Dead']!.url];
  for (let n = 0; n < bodies.length; n += 10) {
    const Entries = bodies.slice(n, n + 10).map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries }));
  }
  const args = ['--queue-url', queueUrl, '--dead-letter-queue-url', deadLetterQueueUrl];
  return { sqs, queueUrl, deadLetterQueueUrl, args };
}

async function bodiesIn({ sqs }: Queues, name: 'Send' | 'Dead'): Promise<string[]> {
  const { visible, inFlight, delayed } = await sqs.contents(name);
  expect([...inFlight, ...delayed]).toEqual([]);
  return visible.map(({ body }) => body).sort();
}

const jobs = Array.from({ length: 23 }, (_, n) => job(n));

describe('npm run redrive', () => {
  test('shows every dead letter and moves all of them back to the send queue', async () => {
    const queues = await useQueues(jobs);
    const { code, stdout } = await runCommand('redrive', queues.args);
    expect(code).toBe(0);
    expect(stdout).toContain('23 in the dead-letter queue');
    for (const body of jobs) expect(stdout).toContain(JSON.parse(body).messageId);
    expect(stdout).toContain('23 of 23 moved');
    expect(await bodiesIn(queues, 'Send')).toEqual(jobs.toSorted());
    expect(await bodiesIn(queues, 'Dead')).toEqual([]);
  });

  test('moves what a record says beside its body: which mini program it is of', async () => {
    const queues = await useQueues([job(1)]);
    const { sqs, deadLetterQueueUrl: QueueUrl } = queues;
    const MessageAttributes = { appid: { DataType: 'String', StringValue: 'wx2' } };
    await sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: job(2), MessageAttributes }));
    const { code, stdout } = await runCommand('redrive', queues.args);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${JSON.parse(job(2)).messageId}  wx2`)]);
    const { visible } = await sqs.contents('Send');
    const attributesOf = (body: string) =>
      visible.find((message) => message.body === body)?.messageAttributes;
    expect(attributesOf(job(1))).toEqual({});
    expect(attributesOf(job(2))).toEqual(MessageAttributes);
  });

  test('as a dry run shows them and leaves everything where it was', async () => {
    const queues = await useQueues(jobs);
    const { code, stdout } = await runCommand('redrive', [...queues.args, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain(JSON.parse(jobs[22]!).messageId);
    expect(await bodiesIn(queues, 'Send')).toEqual([]);
    expect(await bodiesIn(queues, 'Dead')).toEqual(jobs.toSorted());
  });

  test.each([
    ['leaves what is no job of ours and names it', [], ['{"order":7}', 'hello']],
    ['moves what is no job of ours when told to', ['--all'], []],
  ])('%s', async (_, flags, left) => {
    const strangers = ['hello', '{"order":7}'];
    const queues = await useQueues([job(1), ...strangers, job(2)]);
    const { code, stdout } = await runCommand('redrive', [...queues.args, ...flags]);
    expect(code).toBe(0);
    for (const body of strangers) expect(stdout).toContain(JSON.stringify(body));
    expect(await bodiesIn(queues, 'Dead')).toEqual(left.toSorted());
    expect(await bodiesIn(queues, 'Send')).toHaveLength(4 - left.length);
  });

  test('finds nothing to do in an empty queue', async () => {
    const { code, stdout } = await runCommand('redrive', (await useQueues([])).args);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing to move.');
  });

  test('lets SQS itself move them where it can', async () => {
    const queues = await useQueues([job(1), job(2)]);
    const { endpoint, calls } = await useFront(queues, { tasks: true });
    const { code, stdout } = await runCommand('redrive', queues.args, { AWS_ENDPOINT_URL_SQS: endpoint });
    expect(code).toBe(0);
    expect(stdout).toContain('2 of 2 moved');
    expect(calls).toContain('StartMessageMoveTask');
    expect(calls).not.toContain('DeleteMessageBatch');
    expect(await bodiesIn(queues, 'Send')).toEqual([job(1), job(2)].sort());
  });

  test('moves one by one past what is no job of ours, even where SQS could move all', async () => {
    const queues = await useQueues([job(1), 'hello']);
    const { endpoint, calls } = await useFront(queues, { tasks: true });
    await runCommand('redrive', queues.args, { AWS_ENDPOINT_URL_SQS: endpoint });
    expect(calls).not.toContain('StartMessageMoveTask');
    expect(await bodiesIn(queues, 'Send')).toEqual([job(1)]);
    expect(await bodiesIn(queues, 'Dead')).toEqual(['hello']);
  });

  test('leaves what the send queue does not take where it was, and says so', async () => {
    const queues = await useQueues([job(1), job(2), job(3)]);
    const { endpoint } = await useFront(queues, { tasks: false, refuses: job(2) });
    const { code, stdout } = await runCommand('redrive', queues.args, { AWS_ENDPOINT_URL_SQS: endpoint });
    expect(code).toBe(1);
    expect(stdout).toContain('2 of 3 moved');
    expect(await bodiesIn(queues, 'Send')).toEqual([job(1), job(3)].sort());
    expect(await bodiesIn(queues, 'Dead')).toEqual([job(2)]);
  });

  test.each([
    [['--queue-url', 'http://127.0.0.1:1/q'], 'Give --stage NAME'],
    [['--stage', 'x', '--queue-url', 'http://127.0.0.1:1/q'], 'Give --stage NAME'],
    [['--queue-url', 'q', '--dead-letter-queue-url', 'd'], '"d" is no address'],
    [['--frobnicate'], 'npm run redrive -- --help'],
  ])('says what is wrong with %j', async (args, text) => {
    const { code, stderr } = await runCommand('redrive', args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
    expect(stderr).not.toContain('    at ');
  });

  test('explains itself', async () => {
    const { code, stdout } = await runCommand('redrive', ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--dead-letter-queue-url');
  });
});

/**
 * Stands in front of the local SQS, with move tasks, which that has not, and with a body that the send queue refuses.
 */
async function useFront(
  { sqs, queueUrl, deadLetterQueueUrl }: Queues,
  { tasks, refuses }: { tasks: boolean; refuses?: string },
) {
  const calls: string[] = [];
  let moved: number | undefined;
  const server = createServer(async (request: IncomingMessage, response) => {
    const call = `${request.headers['x-amz-target']}`.replace('AmazonSQS.', '');
    calls.push(call);
    let body = await buffer(request);
    const json = (value: unknown) =>
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(value));
    if (tasks && call === 'ListMessageMoveTasks') {
      const done = { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: moved };
      return json({ Results: moved === undefined ? [] : [done] });
    }
    if (tasks && call === 'StartMessageMoveTask') {
      const held = await hold(sqs.client, deadLetterQueueUrl);
      moved = await move(sqs.client, { from: deadLetterQueueUrl, to: queueUrl }, held, () => undefined);
      return json({ TaskHandle: 'task' });
    }
    const refused: { Id: string }[] = [];
    if (call === 'SendMessageBatch') {
      const batch = JSON.parse(`${body}`) as { Entries: { Id: string; MessageBody: string }[] };
      refused.push(...batch.Entries.filter(({ MessageBody }) => MessageBody === refuses));
      const Entries = batch.Entries.filter(({ MessageBody }) => MessageBody !== refuses);
      body = Buffer.from(JSON.stringify({ ...batch, Entries }));
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(sqs.endpoint + request.url, {
      method: 'POST',
      headers: Object.entries(headers).map(([name, value]) => [name, `${value}`] as [string, string]),
      body: new Uint8Array(body),
    });
    response.statusCode = answer.status;
    const told = (await answer.json()) as Record<string, unknown>;
    if (refused.length === 0) return json(told);
    return json({
      ...told,
      Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}
