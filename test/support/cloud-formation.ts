import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const XML = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';

/** CloudFormation on a free port for one test, with the stack of one stage where outputs are given, and no other. */
export async function useCloudFormation(
  stack?: { appId: string; outputs: Readonly<Record<string, string | undefined>> },
  stage = 'test',
): Promise<string> {
  const server = createServer(async (request, response) => {
    const name = new URLSearchParams(await text(request)).get('StackName');
    const isThere = stack !== undefined && name === `qingniao-${stage}`;
    response
      .writeHead(isThere ? 200 : 400, { 'content-type': 'text/xml' })
      .end(isThere ? found(stack) : MISSING);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const MISSING = `<ErrorResponse ${XML}><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>`;

function found({ appId, outputs }: { appId: string; outputs: Readonly<Record<string, string | undefined>> }) {
  const all = { TableName: 'table', SendQueueUrl: 'q', SendDeadLetterQueueUrl: 'd', ...outputs };
  const members = Object.entries(all).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse ${XML}><DescribeStacksResult><Stacks><member>
    <StackName>qingniao-test</StackName><CreationTime>2026-12-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs>${members.join('')}</Outputs><Parameters><member><ParameterKey>WechatAppId</ParameterKey>
    <ParameterValue>${appId}</ParameterValue></member></Parameters></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}
