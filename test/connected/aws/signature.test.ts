import { createHash, createHmac } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointOf } from '../../../lib/aws/aws-client.ts';
import type { AwsService } from '../../../lib/aws/operations.ts';
import { signerFor } from '../../../lib/aws/signer.ts';
import { answers, CREDENTIALS, useAws } from './faulty-aws.ts';

type Headers = Readonly<Record<string, string>>;

/** Node's SHA-256 in the form that the SDK's signer takes. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

/** The `authorization` that the SDK's own signer gives the same headers. */
async function signedBySdk(o: {
  headers: Headers;
  body: string;
  path: string;
  service: string;
  region: string;
  credentials: typeof CREDENTIALS;
  atMs: number;
}): Promise<string | undefined> {
  const { service, region, credentials } = o;
  const signer = new SignatureV4({
    service,
    region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken !== undefined && { sessionToken: credentials.sessionToken }),
    },
  });
  const unsigned = Object.entries(o.headers).filter(([name]) => !/^(authorization|x-amz-date)$/i.test(name));
  const request = {
    method: 'POST',
    protocol: 'https:',
    hostname: o.headers['host'] ?? '',
    path: o.path,
    headers: Object.fromEntries(unsigned),
    body: o.body,
  };
  const { headers } = await signer.sign(request, { signingDate: new Date(o.atMs) });
  return headers['authorization'];
}

const service = fc.constantFrom<AwsService>('dynamodb', 'sqs', 'events', 'ssm');
const printable = fc.stringMatching(/^[!-~]{1,60}$/);

test('every call is signed as the SDK signs it', async () => {
  await fc.assert(
    fc.asyncProperty(
      service,
      fc.stringMatching(/^(cn|us|ap|eu)-[a-z]{4,9}-[1-9]$/),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => JSON.stringify({ text })),
      fc.record({
        accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,24}$/),
        secretAccessKey: printable,
        sessionToken: fc.option(printable, { nil: undefined }),
      }),
      fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2040-01-01') }),
      fc.constantFrom('', '/local', '/two/parts/'),
      async (to, region, body, credentials, atMs, base) => {
        const baseUrl = `${endpointOf(to, region)}${base}`;
        const sign = signerFor({ baseUrl, service: to, region, credentials, clock: () => atMs });
        const signed = await sign('AnyCall', body);
        const headers = Object.fromEntries(
          Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]),
        );
        const path = `${base.replace(/\/$/, '')}/`;
        expect(headers['authorization']).toBe(
          await signedBySdk({ headers, body, path, service: to, region, credentials, atMs }),
        );
      },
    ),
  );
});

test('what arrives is what was signed, the session token included', async () => {
  const { client, arrived } = await useAws([answers(200, {})], { path: '/base' });
  await client.send('GetItem', { TableName: '表', Key: { pk: { S: "it's \u{1F375} (100%)" } } });
  const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = arrived;
  const { connection: _connection, ...sent } = headers;
  expect(path).toBe('/base/');
  expect(sent.authorization).toContain('x-amz-security-token');
  const at = String(sent['x-amz-date']).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const bySdk = await signedBySdk({
    headers: sent as Headers,
    body,
    path,
    service: 'dynamodb',
    region: 'ap-southeast-1',
    credentials: CREDENTIALS,
    atMs: Date.parse(at),
  });
  expect(sent.authorization).toBe(bySdk);
});

test.each(['us-east-1', 'ap-southeast-1', 'cn-north-1', 'cn-northwest-1'])(
  'services are asked in %s where the SDK asks them',
  async (region) => {
    const clients = {
      dynamodb: new DynamoDBClient({ region }),
      sqs: new SQSClient({ region }),
      events: new EventBridgeClient({ region }),
      ssm: new SSMClient({ region }),
    };
    for (const [name, { config }] of Object.entries(clients)) {
      const { url } = config.endpointProvider({ Region: region }, {});
      expect(new URL(endpointOf(name as AwsService, region)).origin).toBe(url.origin);
    }
  },
);
