import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock, Random, Sleep } from '../clock.ts';
import { createHttpClient, type HttpClient } from '../http/http-client.ts';
import { AwsError, type AwsFailure, readFailure } from './aws-error.ts';
import type { AwsService, InputOf, OperationOf, OutputOf } from './operations.ts';
import { type CredentialsSource, type SignRequest, signerFor } from './signer.ts';

/** Calls of one AWS service in one region. */
export interface AwsClient<Service extends AwsService> {
  /**
   * Makes a call and answers what AWS answered. A call that got no answer, was throttled or failed inside AWS is made again, at most twice: one that writes
   * may have been done the first time.
   *
   * @throws AwsError when AWS refuses it, or when it failed three times
   */
  send<Operation extends OperationOf<Service>>(
    operation: Operation,
    input: InputOf<Service, Operation>,
  ): Promise<OutputOf<Service, Operation>>;
  close(): Promise<void>;
}

/** How to reach a service. */
export interface AwsClientOptions<Service extends AwsService> {
  readonly service: Service;
  readonly region: string;
  /** By default the service's own in the region. */
  readonly endpoint?: string;
  readonly credentials: CredentialsSource;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly sleep?: Sleep;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 50;
/** AWS answers within a fraction of it. */
const TIMEOUT_MS = 5_000;
/** What DynamoDB answers at the most. */
const MAX_ANSWER_BYTES = 17 * 2 ** 20;
/** A function may be called again much later than undici keeps a connection by itself. AWS closes it when it likes; then the call is repeated. */
const IDLE_MS = 30_000;

/** Opens a pool of kept-alive connections to a service. */
export function createAwsClient<Service extends AwsService>(
  options: AwsClientOptions<Service>,
): AwsClient<Service> {
  return new SigningClient(options);
}

/** What {@link createAwsClient} makes; exported for those who measure all clients of a process. */
export class SigningClient<Service extends AwsService> implements AwsClient<Service> {
  readonly service: Service;
  readonly #http: HttpClient;
  readonly #sign: SignRequest;
  readonly #random: Random;
  readonly #sleep: Sleep;

  constructor(options: AwsClientOptions<Service>) {
    const { service, region, credentials, clock = Date.now, random = Math.random } = options;
    const baseUrl = options.endpoint ?? endpointOf(service, region);
    this.service = service;
    this.#http = createHttpClient({
      baseUrl,
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      idleMs: IDLE_MS,
    });
    this.#sign = signerFor({ baseUrl, service, region, credentials, clock });
    this.#random = random;
    this.#sleep = options.sleep ?? ((ms) => sleepFor(ms));
  }

  async send<Operation extends OperationOf<Service>>(
    operation: Operation,
    input: InputOf<Service, Operation>,
  ): Promise<OutputOf<Service, Operation>> {
    const body = bodyOf(operation, input);
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(operation, body);
      if ('text' in answer) {
        const output: OutputOf<Service, Operation> = JSON.parse(answer.text || '{}');
        return output;
      }
      if (!answer.mayPass || attempt === ATTEMPTS) throw new AwsError(`${this.service}.${operation}`, answer);
      await this.#sleep(this.#random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  /** Signed anew each time: a signature tells when it was made, and credentials may have been renewed. */
  async #attempt(operation: string, body: string): Promise<{ readonly text: string } | AwsFailure> {
    const answer = await this.#http.request({
      method: 'POST',
      path: '/',
      headers: await this.#sign(operation, body),
      body,
    });
    if (answer.type !== 'answered') {
      return { type: 'NoAnswer', status: undefined, says: answer.reason, mayPass: true };
    }
    return answer.status === 200 ? { text: answer.text } : readFailure(answer.status, answer.text);
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}

/** By its token DynamoDB knows a repeat of a transaction that it has done, for ten minutes. */
function bodyOf(operation: string, input: unknown): string {
  if (operation !== 'TransactWriteItems') return JSON.stringify(input);
  return JSON.stringify({ ClientRequestToken: randomUUID(), ...Object(input) });
}

/** Where a service is asked in a region. China's have a domain of their own. */
export function endpointOf(service: AwsService, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
