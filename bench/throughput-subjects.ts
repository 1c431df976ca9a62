import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { startDynamoDb } from '../local/stack/dynamodb.ts';
import { stackEnvironment } from '../local/stack/environment.ts';
import { localTable, openTable } from '../local/stack/table.ts';
import { type Child, startChild } from './child.ts';
import { openPeers } from './open-peers.ts';
import type { MeasureOptions } from './options.ts';
import { newOpenid, seedMessages } from './seed.ts';
import { laneReport } from './senders/lanes.ts';
import { makeCertificate } from './tls.ts';
import { unpackService } from './unpack.ts';

/** How long the simulated WeChat takes for an answer. */
export const LATENCY_MS = 50;
/** So many are measured in flight. */
export const IN_FLIGHT = [10, 50, 100, 200] as const;
const APP_ID = 'wx0123456789abcdef';
/** Notes that the queue brings at a time, as serverless.yml has it: so many of the sends in flight are one invocation's. */
const BATCH = 10;

export const PIPELINE = 'pipeline';
export const FLOOR = 'request alone (undici)';
export const CO_WECHAT = 'co-wechat-api';
export const BLOG = 'blog (a token per message, in turn)';

const ready = v.object({ url: v.string() });
const served = v.object({ sends: v.number(), tokens: v.number() });

/** What is measured: a sender in a process of its own. */
export interface Runner {
  readonly name: string;
  readonly child: Child;
  /** Notes in one invocation, where it is a handler; without it all that are in flight. */
  readonly batch: number | undefined;
  readonly logFile: string;
  readonly inFlight: readonly number[];
  readonly jobs: (count: number) => Promise<readonly string[]>;
}

/** What one measurement of one of them gave. */
export interface Round {
  readonly perSecond: number;
  readonly cpuPerThousandMs: number;
  readonly peakBytes: number;
  readonly tokens: number;
}

/** Starts all that is measured and what it needs; `closing` gets what ends it. */
export async function openRunners(
  { print, profileInto, only, beside }: MeasureOptions,
  closing: (() => Promise<unknown>)[],
) {
  const peers = await openPeers(print);
  const certificate = await makeCertificate();
  closing.push(certificate.close);
  const server = await startChild(new URL('wechat-server.ts', import.meta.url), {
    args: [JSON.stringify({ ...certificate, latencyMs: String(LATENCY_MS) })],
  });
  closing.push(server.child.close);
  const { url } = v.parse(ready, server.ready);
  const engine = await startDynamoDb();
  closing.push(engine.close);
  const standIn = await startChild(new URL('table-server.ts', import.meta.url), {
    args: [JSON.stringify({ engine: engine.endpoint })],
  });
  closing.push(standIn.child.close);
  const dynamodbEndpoint = v.parse(ready, standIn.ready).url;
  const opened = await openTable({
    endpoint: dynamodbEndpoint,
    name: 'bench',
    dropOnClose: false,
    hasStream: false,
  });
  closing.push(opened.close);
  const table = localTable(dynamodbEndpoint, opened.name, APP_ID);
  closing.push(() => table.client.close());
  print('Packaging the service ...');
  const uploads = await unpackService();
  closing.push(uploads.close);
  const bundle = join(uploads.folderOf('send-messages'), 'handlers/send-messages.mjs');
  const env = {
    ...certificate.trust,
    ...stackEnvironment({
      appId: APP_ID,
      appSecret: 'bench-secret-0123456789abcdef0123',
      wechatBaseUrl: url,
      resources: { TABLE_NAME: table.name, SEND_QUEUE_URL: 'http://127.0.0.1:9/queue' },
      dynamodbEndpoint,
      sqsEndpoint: 'http://127.0.0.1:9',
      settings: {},
    }),
  };
  const nodeOptions = profileInto === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileInto}`];
  const messages = (count: number) => seedMessages(table, count);
  const openids = async (count: number) => Array.from({ length: count }, newOpenid);
  const senders = [
    { name: PIPELINE, script: 'pipeline', args: [bundle], jobs: messages, batch: BATCH },
    {
      name: `${PIPELINE} in one batch`,
      script: 'pipeline',
      args: [bundle],
      jobs: messages,
      batch: undefined,
    },
    ...(beside === undefined
      ? []
      : [{ name: 'pipeline (the other)', script: 'pipeline', args: [beside], jobs: messages, batch: BATCH }]),
    { name: FLOOR, script: 'undici', args: [], jobs: openids, batch: 1 },
    { name: CO_WECHAT, script: 'co-wechat-api', args: [peers.requireFrom], jobs: openids, batch: 1 },
    {
      name: 'node-easywechat',
      script: 'node-easywechat',
      args: [peers.requireFrom],
      jobs: openids,
      batch: 1,
    },
    { name: BLOG, script: 'blog', args: [], jobs: openids, batch: 1 },
  ].filter(({ name }) => only.split(',').some((beginning) => name.startsWith(beginning)));
  const logOf = (name: string) => join(certificate.folder, `${name.replaceAll(/\W+/g, '-')}.log`);
  const runners: Runner[] = [];
  for (const { name, script, args, jobs, batch } of senders) {
    const { child } = await startChild(new URL(`senders/${script}.ts`, import.meta.url), {
      env,
      args,
      nodeOptions,
      logFile: logOf(name),
    });
    closing.push(child.close);
    runners.push({
      name,
      child,
      jobs,
      batch,
      logFile: logOf(name),
      inFlight: name === BLOG ? [10] : IN_FLIGHT,
    });
  }
  return { runners, wechat: server.child };
}

/** Sends `count` messages. Throws unless WeChat got each of them. */
export async function runOnce(
  { child, jobs, name, batch, logFile }: Runner,
  inFlight: number,
  count: number,
  wechat: Child,
): Promise<Round> {
  const wanted = await jobs(count);
  await wechat.ask(served, 'reset');
  const lanes = { jobs: wanted, inFlight: name === BLOG ? 1 : inFlight, batch: batch ?? inFlight };
  const report = await child.ask(laneReport, lanes);
  const { sends, tokens } = await wechat.ask(served, 'reset');
  if (sends !== count || report.failed > 0) {
    const lines = (await readFile(logFile, 'utf8')).split('\n');
    const complaints = lines.filter((line) => !line.includes('"message sent"')).slice(-10);
    throw new Error(
      `${name}: WeChat got ${sends} of ${count} messages, ${report.failed} failed.\n${complaints.join('\n')}`,
    );
  }
  return {
    perSecond: count / (report.tookMs / 1000),
    cpuPerThousandMs: (report.cpuMs / count) * 1000,
    peakBytes: report.peakBytes,
    tokens,
  };
}
