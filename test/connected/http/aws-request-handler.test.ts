import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDynamoDb, openScheduler } from '../../../lib/runtime/aws.ts';

const GET = new GetItemCommand({ TableName: 'table', Key: { pk: { S: '键' } } });
const FOUND = { Item: { pk: { S: '键' }, count: { N: '1' } } };

/** Answers one request, or does something worse. */
type Deed = (response: ServerResponse, request: IncomingMessage) => void;

const answers =
  (status: number, body: unknown): Deed =>
  (response) =>
    response.writeHead(status).end(JSON.stringify(body));

const refuses = (type: string, status = 400) =>
  answers(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'because' });

/** The request has been read, and no answer comes. */
const cutsTheLine: Deed = (_response, request) => request.socket.destroy();

const halfAnAnswer: Deed = (response) =>
  void response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy());

const fine = answers(200, FOUND);

/** An AWS on a free port that does these deeds in turn, and the last of them from then on; and clients of it. */
async function useAws(...deeds: [Deed, ...Deed[]]) {
  const arrived: { headers: IncomingHttpHeaders; body: string; path: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const deed = deeds[Math.min(arrived.length, deeds.length - 1)]!;
    arrived.push({ headers: request.headers, body, path: request.url });
    deed(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEKEY',
    AWS_SECRET_ACCESS_KEY: 'the-secret-access-key',
    AWS_SESSION_TOKEN: 'the/session+token==',
  };
  const client = openDynamoDb(env);
  const scheduler = openScheduler(env);
  onTestFinished(() => {
    client.destroy();
    scheduler.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, scheduler, arrived };
}

describe('a client of the AWS SDK over our own connections', () => {
  test('sends what it signed and reads the answer', async () => {
    const { client, arrived } = await useAws(fine);
    expect((await client.send(GET)).Item).toEqual(FOUND.Item);
    const [{ headers, body } = { headers: {}, body: '' }] = arrived;
    expect(JSON.parse(body)).toEqual(GET.input);
    expect(headers).toMatchObject({
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'x-amz-security-token': 'the/session+token==',
    });
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEKEY\/.*ap-southeast-1\/dynamodb/,
    );
  });

  test('sends a query, as EventBridge Scheduler wants it', async () => {
    const { scheduler, arrived } = await useAws(answers(200, { Schedules: [] }));
    await scheduler.send(new ListSchedulesCommand({ GroupName: 'a b' }));
    expect(arrived[0]?.path).toBe('/schedules?ScheduleGroup=a%20b');
  });

  test('reads an answer of several megabytes', async () => {
    const Item = { text: { S: '长'.repeat(2_000_000) } };
    const { client } = await useAws(answers(200, { Item }));
    expect((await client.send(GET)).Item).toEqual(Item);
  });

  test.each<[string, Deed]>([
    ['throttled', refuses('ThrottlingException')],
    ['over what is provisioned', refuses('ProvisionedThroughputExceededException')],
    ['met by a transaction of its own under way', refuses('TransactionInProgressException')],
    ['failed inside AWS', refuses('InternalServerError', 500)],
    ['left without an answer', cutsTheLine],
    ['left with half an answer', halfAnAnswer],
  ])('repeats a call that was %s', async (_name, deed) => {
    const { client, arrived } = await useAws(deed, fine);
    expect((await client.send(GET)).Item).toEqual(FOUND.Item);
    expect(arrived).toHaveLength(2);
  });

  test('gives up after six attempts, and says what was wrong', async () => {
    const { client, arrived } = await useAws(cutsTheLine);
    await expect(client.send(GET)).rejects.toThrow('AWS gave no answer: UND_ERR_SOCKET');
    expect(arrived).toHaveLength(6);
  });

  test('does not repeat what AWS refuses', async () => {
    const { client, arrived } = await useAws(refuses('ConditionalCheckFailedException'));
    await expect(client.send(GET)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(arrived).toHaveLength(1);
  });

  test('keeps one token over all attempts of a transaction, by which DynamoDB knows a repeat', async () => {
    const { client, arrived } = await useAws(cutsTheLine, answers(200, {}));
    await client.send(new TransactWriteItemsCommand({ TransactItems: [] }));
    await client.send(new TransactWriteItemsCommand({ TransactItems: [] }));
    const [first, repeat, other] = arrived.map(({ body }): unknown => JSON.parse(body).ClientRequestToken);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(repeat).toBe(first);
    expect(other).not.toBe(first);
  });
});
