import { isDeepStrictEqual } from 'node:util';
import { createHandler } from '../../handlers/wechat-events.ts';
import { readEventJob } from '../../lib/sqs/sqs-queues.ts';
import { createPushReceiver } from '../../lib/wechat/push/receive-push.ts';
import type { EventJob } from '../../lib/wechat-events/event-job.ts';
import { oneApp } from '../support/api-credentials.ts';
import { call, type HttpRequestParts } from '../support/http-events.ts';
import { PUSH_AES_KEY, PUSH_APP_ID, PUSH_NOW_MS, PUSH_TOKEN } from '../support/pushes.ts';
import { type PushCase, pushCase } from './push-case.ts';

/** What a run found. */
export interface FuzzResult {
  /** One line for each case that broke a rule. */
  readonly findings: string[];
  /** How many requests ended with which status. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly queued: number;
  /** The longest that one request took. */
  readonly slowestMs: number;
}

/** The slowest request that is still fine: it holds 64 KB that WeChat signed. */
const SLOWEST_MS = 1000;

/**
 * Sends mutated pushes to the real handler, and holds each to this: no crash, no 5xx, nothing put on the queue without a
 * signature of WeChat's, and nothing put there that does not come off it again.
 */
export async function fuzzPushes(options: {
  seed: number;
  first: number;
  count: number;
  onProgress?: (done: number) => void;
}): Promise<FuzzResult> {
  const services = { open: service(true), strict: service(false) };
  const findings: string[] = [];
  const statuses = new Map<number, number>();
  let queued = 0;
  let slowestMs = 0;
  for (let number = options.first; number < options.first + options.count; number++) {
    const made = pushCase(options.seed, number);
    const send = made.allowPlaintext ? services.open : services.strict;
    const startedAt = performance.now();
    const { status, jobs, crash } = await send(made.request);
    const ms = performance.now() - startedAt;
    slowestMs = Math.max(slowestMs, ms);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    queued += jobs.length;
    const told = (problem: string) => findings.push(`seed ${options.seed}, case ${number}: ${problem}`);
    if (crash !== undefined) told(`crashed with ${crash}`);
    if (status >= 500) told(`answered ${status}`);
    if (ms > SLOWEST_MS) told(`took ${Math.round(ms)} ms`);
    if (jobs.length > 0 && !(await isAllowed(made, jobs, services.open)))
      told(`queued ${JSON.stringify(jobs)}`);
    if (jobs.some((job) => !survives(job))) told(`queued what cannot be read back: ${JSON.stringify(jobs)}`);
    if (Reflect.get({}, 'polluted') !== undefined) told('reached into a prototype');
    options.onProgress?.(number - options.first + 1);
  }
  return { findings, statuses, queued, slowestMs };
}

type Send = (request: HttpRequestParts) => Promise<{ status: number; jobs: EventJob[]; crash?: string }>;

function service(allowPlaintext: boolean): Send {
  let jobs: EventJob[] = [];
  const settings = { appId: PUSH_APP_ID, token: PUSH_TOKEN, aesKey: PUSH_AES_KEY, allowPlaintext };
  const logger = { info() {}, warn() {}, error() {} };
  const apps = oneApp({
    receiver: createPushReceiver(settings, () => PUSH_NOW_MS),
    enqueue: async (job: EventJob) => void jobs.push(job),
    forwardMessages: true,
    logger,
  });
  const handler = createHandler({ apps, logger });
  return async (request) => {
    jobs = [];
    try {
      return { status: (await call(handler, request)).status, jobs };
    } catch (error) {
      return { status: 0, jobs, crash: String(error) };
    }
  };
}

async function isAllowed({ mayQueue }: PushCase, jobs: readonly EventJob[], send: Send): Promise<boolean> {
  if (mayQueue === 'nothing') return false;
  if (mayQueue === 'anything') return true;
  const before = await send(mayQueue.asBefore);
  return isDeepStrictEqual(before.jobs, jobs);
}

function survives(job: EventJob): boolean {
  return isDeepStrictEqual(readEventJob(JSON.stringify(job)), JSON.parse(JSON.stringify(job)));
}
