import { expect, onTestFinished, test } from 'vitest';
import { AwsAccessError, openAwsClient } from '../../../lib/aws/open-client.ts';
import { answers, useAws } from './faulty-aws.ts';

const LAMBDA = {
  AWS_REGION: 'ap-southeast-1',
  AWS_ACCESS_KEY_ID: 'ASIAOFLAMBDA',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};
const NO_KEYS = { ...LAMBDA, AWS_ACCESS_KEY_ID: undefined };

/** What arrived of a call of a client that is opened with this environment, in which the endpoint is named so. */
async function callWith(
  endpointName: string,
  env: Record<string, string | undefined>,
  access?: Parameters<typeof openAwsClient>[2],
) {
  const { endpoint, arrived } = await useAws([answers(200, {})]);
  const client = openAwsClient({ ...env, [endpointName]: endpoint }, 'dynamodb', access);
  onTestFinished(() => client.close());
  await client.send('GetItem', { TableName: 'table', Key: {} });
  return arrived[0]?.headers;
}

test.each(['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL'])(
  'region, credentials and %s are taken from the environment',
  async (name) => {
    const headers = await callWith(name, LAMBDA);
    expect(headers?.authorization).toMatch(/Credential=ASIAOFLAMBDA\/\d{8}\/ap-southeast-1\/dynamodb\//);
    expect(headers?.['x-amz-security-token']).toBe('token');
  },
);

test("a service's own endpoint goes before that of all", async () => {
  const headers = await callWith('AWS_ENDPOINT_URL_DYNAMODB', {
    ...LAMBDA,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  });
  expect(headers).toBeDefined();
});

test('region and credentials may come from elsewhere', async () => {
  const credentials = async () => ({ accessKeyId: 'AKIADEVELOPER', secretAccessKey: 'secret' });
  const headers = await callWith('AWS_ENDPOINT_URL', {}, { region: 'eu-west-1', credentials });
  expect(headers?.authorization).toMatch(/Credential=AKIADEVELOPER\/\d{8}\/eu-west-1\//);
  expect(headers).not.toHaveProperty('x-amz-security-token');
});

test.each([
  ['no region', { ...LAMBDA, AWS_REGION: undefined }, /AWS_REGION/],
  ['no key', NO_KEYS, /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/],
])('with %s one is told what to set', (_name, env, says) => {
  expect(() => openAwsClient(env, 'sqs')).toThrow(AwsAccessError);
  expect(() => openAwsClient(env, 'sqs')).toThrow(says);
});
