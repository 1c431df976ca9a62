import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { runCommand } from './run-command.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const XML = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';

/** A CloudFormation that knows the stack of one stage, and what it was asked. */
async function useCloudFormation(stack: Stack) {
  const asked: string[] = [];
  const outputs = {
    TableName: stack.tableName,
    SendQueueUrl: stack.queueUrl,
    SendDeadLetterQueueUrl: stack.deadLetterQueueUrl,
    EventQueueUrl: stack.queueUrls['EventQueue'],
    EventDeadLetterQueueUrl: stack.queueUrls['EventDeadLetterQueue'],
  };
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const found = `<DescribeStacksResponse ${XML}><DescribeStacksResult><Stacks><member>
    <StackName>qingniao-test</StackName><CreationTime>2026-12-01T00:00:00Z</CreationTime>
    <StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs>
    <Parameters><member><ParameterKey>WechatAppId</ParameterKey>
    <ParameterValue>${stack.env['WECHAT_APP_ID']}</ParameterValue></member></Parameters>
    </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  const missing = `<ErrorResponse ${XML}><Error><Type>Sender</Type><Code>ValidationError</Code>
    <Message>Stack does not exist</Message></Error></ErrorResponse>`;
  const server = createServer(async (request, response) => {
    const name = new URLSearchParams(await text(request)).get('StackName') ?? '';
    asked.push(
      `${name} in ${/\/([a-z0-9-]+)\/cloudformation/.exec(`${request.headers.authorization}`)?.[1]}`,
    );
    const known = name === 'qingniao-test';
    response.writeHead(known ? 200 : 400, { 'content-type': 'text/xml' }).end(known ? found : missing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const env = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: stack.sqsEndpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  return { asked, env };
}

/** Puts an event of WeChat's where it ends after five failures. */
async function deadEvent({ sqsEndpoint, queueUrls }: Stack): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: sqsEndpoint, region: 'us-east-1', credentials });
  const event = {
    type: 'change',
    openid: 'oUser1',
    createdAtMs: 1,
    items: [{ templateId: 'T1', status: 'reject' }],
  };
  const MessageBody = JSON.stringify({ type: 'subscribe', event });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrls['EventDeadLetterQueue'], MessageBody }));
  sqs.destroy();
}

test('a deployed stage is found by its name, its queues and its table by what its stack says of them', async () => {
  const stack = await startStack({ logger: quiet, dispatchEverySeconds: 0 });
  onTestFinished(() => stack.close());
  const { asked, env } = await useCloudFormation(stack);

  const audited = await runCommand('audit', ['--stage', 'test', '--json'], env);
  expect(JSON.parse(audited.stdout)).toMatchObject({ table: stack.tableName, drift: 0 });

  const redriven = await runCommand('redrive', ['--stage', 'test', '--region', 'cn-north-1'], env);
  expect(redriven).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to move') });
  expect(asked).toEqual(['qingniao-test in ap-southeast-1', 'qingniao-test in cn-north-1']);

  await deadEvent(stack);
  const event = await runCommand('redrive', ['--stage', 'test', '--queue', 'event'], env);
  expect(event).toMatchObject({ code: 0, stdout: expect.stringContaining('WeChat: change, oUser1') });
  await stack.idle();
  const other = await runCommand('redrive', ['--stage', 'test', '--queue', 'sned'], env);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/no queue "sned"\. Did you mean send\?.*send, event/);

  const unknown = await runCommand('audit', ['--stage', 'nowhere'], env);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('The stack qingniao-nowhere cannot be read in ap-southeast-1');
  expect(unknown.stderr).not.toContain('    at ');
});
