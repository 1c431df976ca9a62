import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { createAwsClient } from '../../../lib/aws/aws-client.ts';
import type { AwsService } from '../../../lib/aws/operations.ts';
import type { AwsCredentials, CredentialsSource } from '../../../lib/aws/signer.ts';

/** What came, in order. */
export interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

/** Answers one request, or does something worse. */
export type Deed = (response: ServerResponse, request: IncomingMessage) => void;

export const answers =
  (status: number, body: unknown): Deed =>
  (response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

export const refuses = (type: string, message = 'because', status = 400): Deed =>
  answers(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message });

/** The request has been read, and no answer comes. */
export const cutsTheLine: Deed = (_response, request) => request.socket.destroy();

export const CREDENTIALS: AwsCredentials = {
  accessKeyId: 'ASIAEXAMPLEKEY',
  secretAccessKey: 'the-secret-access-key',
  sessionToken: 'the/session+token==',
};

/** An AWS on a free port that does these deeds in turn, and the last of them from then on; with a client of it that waits for nothing. */
export async function useAws<Service extends AwsService = 'dynamodb'>(
  deeds: readonly [Deed, ...Deed[]],
  more: {
    service?: Service;
    credentials?: CredentialsSource;
    random?: () => number;
    region?: string;
    path?: string;
  } = {},
) {
  const arrived: Arrived[] = [];
  const pauses: number[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const deed = deeds[Math.min(arrived.length, deeds.length - 1)]!;
    arrived.push({ headers: request.headers, body, path: request.url ?? '' });
    deed(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}${more.path ?? ''}`;
  const client = createAwsClient({
    service: (more.service ?? 'dynamodb') as Service,
    region: more.region ?? 'ap-southeast-1',
    endpoint,
    credentials: more.credentials ?? CREDENTIALS,
    random: more.random ?? (() => 0.5),
    sleep: async (ms) => void pauses.push(ms),
  });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, endpoint, arrived, pauses };
}
