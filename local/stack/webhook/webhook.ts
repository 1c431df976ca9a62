import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Clock } from '../../../lib/clock.ts';
import type { PublishedEvent } from '../event-bus.ts';
import type { LocalSqs } from '../sqs.ts';
import { LOCAL_AWS } from '../table.ts';
import { type BusEnvelope, readWebhookTarget, type WebhookTarget } from './webhook-target.ts';

/** Where events go. */
export interface WebhookAddress {
  readonly url: string;
  /** What the header of the secret holds; none is sent without it. */
  readonly secret?: string;
}

/** One try to deliver an event. */
export interface WebhookAttempt {
  readonly detailType: string;
  readonly eventId: string;
  /** The answer's status, or why there is none. */
  readonly result: number | string;
  readonly ms: number;
  /** Until the next try; absent where it was taken or given up. */
  readonly againInMs?: number;
  readonly isTaken: boolean;
}

/** How a webhook is delivered to. */
export interface WebhookOptions {
  readonly address: WebhookAddress;
  readonly sqs: Pick<LocalSqs, 'client' | 'queues'>;
  readonly clock: Clock;
  /** Between the tries. EventBridge goes on for a day, which nobody waits for at a terminal. */
  readonly retryAfterMs?: readonly number[] | undefined;
  readonly onAttempt?: ((attempt: WebhookAttempt) => void) | undefined;
}

/** A stand-in for EventBridge's API destination. */
export interface LocalWebhook {
  /** Delivers an event, in the background. */
  deliver(event: PublishedEvent): void;
  /** How many are under way or wait for another try. */
  underWay(): number;
  close(): Promise<void>;
}

const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/** An API destination waits no longer for an answer: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html */
const TIMEOUT_MS = 5_000;
/** What API destinations send besides the secret; the same page. */
const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
  range: 'bytes=0-1048575',
};
const DEAD_LETTERS = 'WebhookDeadLetterQueue';

/** Starts delivering as an API destination does: the same requests, the same answers that are tried again, a dead-letter queue. */
export async function startWebhook(options: WebhookOptions): Promise<LocalWebhook> {
  const target = await readWebhookTarget();
  const ending = new AbortController();
  const working = new Set<Promise<void>>();
  return {
    deliver(event) {
      if (!target.takes(event.source)) return;
      const work = deliver(options, target, envelopeOf(event, options.clock), ending.signal)
        // The stack is closing, or its queue is gone.
        .catch(() => undefined)
        .finally(() => working.delete(work));
      working.add(work);
    },
    underWay: () => working.size,
    async close() {
      ending.abort();
      await Promise.all(working);
    },
  };
}

async function deliver(
  options: WebhookOptions,
  target: WebhookTarget,
  event: BusEnvelope,
  signal: AbortSignal,
): Promise<void> {
  const { retryAfterMs = RETRY_AFTER_MS, onAttempt } = options;
  for (let retries = 0; ; retries += 1) {
    const startedAt = performance.now();
    const { result, retryAfterSeconds = 0 } = await request(options.address, target, event, signal);
    const isTaken = typeof result === 'number' && result >= 200 && result < 300;
    const planned = isTaken || !isTriedAgain(result) ? undefined : retryAfterMs[retries];
    const againInMs = planned && Math.max(planned, retryAfterSeconds * 1_000);
    onAttempt?.({
      detailType: event['detail-type'],
      eventId: String(event.detail['eventId']),
      result,
      ms: performance.now() - startedAt,
      ...(againInMs !== undefined && { againInMs }),
      isTaken,
    });
    if (isTaken) return;
    if (againInMs === undefined) return giveUp(options.sqs, event, { result, retries });
    await sleep(againInMs, undefined, { signal });
  }
}

async function request(
  { url, secret }: WebhookAddress,
  { header, bodyOf }: WebhookTarget,
  event: BusEnvelope,
  signal: AbortSignal,
): Promise<{ result: number | string; retryAfterSeconds?: number }> {
  const headers = { ...HEADERS, ...(secret !== undefined && { [header]: secret }) };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: bodyOf(event),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    const [seconds = '0'] = /^\d{1,6}$/.exec(response.headers.get('retry-after') ?? '') ?? [];
    return { result: response.status, retryAfterSeconds: Number(seconds) };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { result: (reason instanceof Error && reason.message) || 'no answer' };
  }
}

/** Of the answers those that API destinations try again; no answer at all is tried again too. */
function isTriedAgain(result: number | string): boolean {
  return typeof result === 'string' || [401, 407, 409, 429].includes(result) || result >= 500;
}

/** As EventBridge does it: the event as it was published, and beside it why. */
async function giveUp(
  { client, queues }: WebhookOptions['sqs'],
  event: BusEnvelope,
  { result, retries }: { result: number | string; retries: number },
): Promise<void> {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  await client.send(
    new SendMessageCommand({
      QueueUrl: queues[DEAD_LETTERS]?.url,
      MessageBody: JSON.stringify(event),
      MessageAttributes: {
        ERROR_CODE: text(typeof result === 'number' ? `HTTP_${result}` : 'CONNECTION_FAILURE'),
        ERROR_MESSAGE: text(`${result}`),
        RETRY_ATTEMPTS: text(`${retries}`),
      },
    }),
  );
}

function envelopeOf({ source, detailType, detail, time }: PublishedEvent, clock: Clock): BusEnvelope {
  const at = new Date(time === undefined ? clock() : time * 1_000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source,
    account: '000000000000',
    time: at.toISOString().replace(/\.\d+/, ''),
    region: LOCAL_AWS.region,
    resources: [],
    detail,
  };
}
