import aws4 from 'aws4';
import type { Clock } from '../clock.ts';
import { type AwsService, PROTOCOLS } from './operations.ts';

/** Who asks AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a role; temporary, as the other two are then. */
  readonly sessionToken?: string | undefined;
}

/** Credentials, or what is asked for them before each attempt and keeps them for as long as they are valid. */
export type CredentialsSource = AwsCredentials | (() => Promise<AwsCredentials>);

/** The headers of a call with its signature. */
export type SignRequest = (operation: string, body: string) => Promise<Readonly<Record<string, string>>>;

/** Signs calls to a service (Signature Version 4), which are all POSTs to one path. */
export function signerFor(o: {
  readonly baseUrl: string;
  readonly service: AwsService;
  readonly region: string;
  readonly credentials: CredentialsSource;
  readonly clock: Clock;
}): SignRequest {
  const { host, pathname } = new URL(o.baseUrl);
  const { service, region, credentials } = o;
  const { target, version } = PROTOCOLS[service];
  const path = `${pathname.replace(/\/$/, '')}/`;
  return async (operation, body) => {
    const { accessKeyId, secretAccessKey, sessionToken } =
      typeof credentials === 'function' ? await credentials() : credentials;
    const headers = {
      host,
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${target}.${operation}`,
      'x-amz-date': new Date(o.clock()).toISOString().replaceAll(/[-:]|\.\d{3}/g, ''),
      'user-agent': 'qingniao',
    };
    const signed = aws4.sign(
      { method: 'POST', host, path, service, region, headers, body },
      { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    );
    return Object.fromEntries(
      Object.entries(signed.headers ?? {}).map(([name, value]) => [name, `${value}`]),
    );
  };
}
