import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAwsClient } from '../../../lib/aws/aws-client.ts';
import { AwsError, isRefusal } from '../../../lib/aws/aws-error.ts';
import { answers, CREDENTIALS, cutsTheLine, type Deed, refuses, useAws } from './faulty-aws.ts';

const GET = { TableName: 'table', Key: { pk: { S: '键' } } };
const FOUND = { Item: { pk: { S: '键' }, count: { N: '1' } } };
const fine = answers(200, FOUND);

/** What a call fails with. */
const failureOf = (call: Promise<unknown>): Promise<AwsError> =>
  call.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error) => error,
  );

describe('a call', () => {
  test('goes out as JSON under its name, and its answer comes back', async () => {
    const { client, arrived } = await useAws([fine]);
    expect(await client.send('GetItem', GET)).toEqual(FOUND);
    const [{ headers, body } = { headers: {}, body: '' }] = arrived;
    expect(JSON.parse(body)).toEqual(GET);
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'x-amz-security-token': CREDENTIALS.sessionToken,
      'user-agent': 'qingniao',
    });
  });

  test('may be answered with nothing, and with more than a page of WeChat', async () => {
    const Items = [{ text: { S: '长'.repeat(2_000_000) } }];
    const { client } = await useAws([answers(200, ''), answers(200, { Items })]);
    expect(await client.send('PutItem', { TableName: 'table', Item: {} })).toEqual({});
    expect((await client.send('Query', { TableName: 'table' })).Items).toEqual(Items);
  });

  test.each([
    ['sqs', 'SendMessage', 'AmazonSQS.SendMessage', '1.0'],
    ['events', 'PutEvents', 'AWSEvents.PutEvents', '1.1'],
    ['ssm', 'GetParameters', 'AmazonSSM.GetParameters', '1.1'],
  ] as const)('of %s has its own form', async (service, operation, target, version) => {
    const { client, arrived } = await useAws([answers(200, {})], { service });
    await client.send(operation as never, {} as never);
    expect(arrived[0]?.headers).toMatchObject({
      'x-amz-target': target,
      'content-type': `application/x-amz-json-${version}`,
    });
  });
});

describe('a call that may succeed in a moment', () => {
  test.each<[string, Deed]>([
    ['is throttled', refuses('ThrottlingException')],
    ['exceeds what is provisioned', refuses('ProvisionedThroughputExceededException')],
    ['exceeds a limit of requests', refuses('RequestLimitExceeded')],
    ['meets a transaction of its own under way', refuses('TransactionInProgressException')],
    ['is one too many', answers(429, '')],
    ['fails inside AWS', refuses('InternalServerError', 'try again', 500)],
    ['is answered by something in between', answers(503, '<html>')],
    ['gets no answer', cutsTheLine],
    [
      'gets half an answer',
      (response) =>
        void response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()),
    ],
  ])('because it %s is made again', async (_name, deed) => {
    const { client, arrived } = await useAws([deed, fine]);
    expect(await client.send('GetItem', GET)).toEqual(FOUND);
    expect(arrived.map(({ body }) => JSON.parse(body))).toEqual([GET, GET]);
  });

  test('is made three times at the most', async () => {
    const { client, arrived } = await useAws([refuses('ThrottlingException', 'slow down')]);
    const error = await failureOf(client.send('GetItem', GET));
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ type: 'ThrottlingException', status: 400 });
    expect(error.message).toBe('dynamodb.GetItem: ThrottlingException: slow down');
    expect(arrived).toHaveLength(3);
  });

  test('waits longer each time, by chance up to 50 and 100 ms', async () => {
    const { client, pauses } = await useAws([cutsTheLine], { random: () => 0.99 });
    await failureOf(client.send('GetItem', GET));
    expect(pauses).toEqual([49.5, 99]);
  });

  test('is signed anew, with the credentials of that moment', async () => {
    let asked = 0;
    const credentials = async () => ({ ...CREDENTIALS, sessionToken: `token-${++asked}` });
    const { client, arrived } = await useAws([cutsTheLine, fine], { credentials });
    await client.send('GetItem', GET);
    expect(arrived.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['token-1', 'token-2']);
    const signatures = arrived.map(({ headers }) => headers.authorization);
    expect(new Set(signatures).size).toBe(2);
  });

  test('fails as one without an answer where nobody listens', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const client = createAwsClient({
      service: 'dynamodb',
      region: 'local',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: CREDENTIALS,
      sleep: async () => undefined,
    });
    onTestFinished(() => client.close());
    const error = await failureOf(client.send('GetItem', GET));
    expect(error).toMatchObject({ type: 'NoAnswer', status: undefined });
    expect(error.message).toBe('dynamodb.GetItem: NoAnswer: ECONNREFUSED');
  });
});

describe('a call that AWS refuses', () => {
  test.each(['ValidationException', 'ConditionalCheckFailedException', 'AccessDeniedException'])(
    'with %s is not made again',
    async (type) => {
      const { client, arrived, pauses } = await useAws([refuses(type)]);
      const error = await failureOf(client.send('GetItem', GET));
      expect(isRefusal(error, 'Other', type)).toBe(true);
      expect(isRefusal(error, 'Other')).toBe(false);
      expect([arrived.length, pauses.length]).toEqual([1, 0]);
    },
  );

  test('brings the item in place and the reasons of a transaction along', async () => {
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }];
    const refusal = { Item: FOUND.Item, CancellationReasons };
    const { client } = await useAws([answers(400, { __type: 'x#TransactionCanceledException', ...refusal })]);
    const error = await failureOf(client.send('TransactWriteItems', { TransactItems: [] }));
    expect(error).toMatchObject({ type: 'TransactionCanceledException', refusal });
  });

  test.each([
    ['no JSON', '<html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{"message":7}'],
  ])('with %s is told by its status', async (_name, body) => {
    const { client } = await useAws([answers(413, body)]);
    expect((await failureOf(client.send('GetItem', GET))).message).toBe('dynamodb.GetItem: HTTP 413');
  });
});

describe('a transaction', () => {
  const tokenIn = ({ body }: { body: string }): unknown => JSON.parse(body).ClientRequestToken;

  test('has one token for all attempts, and another one the next time', async () => {
    const { client, arrived } = await useAws([cutsTheLine, refuses('ThrottlingException'), answers(200, {})]);
    await client.send('TransactWriteItems', { TransactItems: [] });
    await client.send('TransactWriteItems', { TransactItems: [] });
    const tokens = arrived.map(tokenIn);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens.slice(0, 3)).toEqual(Array(3).fill(tokens[0]));
    expect(tokens[3]).not.toBe(tokens[0]);
  });

  test('is the only call with one', async () => {
    const { client, arrived } = await useAws([fine]);
    await client.send('GetItem', GET);
    expect(arrived.map(tokenIn)).toEqual([undefined]);
  });
});

test('no message tells the secret, the session token or the signature, even when AWS repeats them', async () => {
  const repeats: Deed = (response, { headers }) => {
    const sent = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
    const message = `The request signature we calculated does not match.\n\nThe Canonical String should have been\n'${sent.join('\n')}'`;
    refuses('InvalidSignatureException', message)(response, undefined as never);
  };
  const inOneLine: Deed = (response, { headers }) =>
    refuses(
      'IncompleteSignatureException',
      `Not a valid key=value pair in Authorization header: '${headers.authorization}' token ${headers['x-amz-security-token']}`,
    )(response, undefined as never);
  for (const deed of [repeats, inOneLine]) {
    const { client } = await useAws([deed]);
    const error = await failureOf(client.send('GetItem', GET));
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
    expect(told).toContain('SignatureException');
    for (const secret of [
      CREDENTIALS.secretAccessKey,
      CREDENTIALS.sessionToken!,
      'Signature=',
      'Credential=',
    ]) {
      expect(told).not.toContain(secret);
    }
  }
});
