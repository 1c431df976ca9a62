import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { BATCH_SIZE } from '../lib/campaigns/runs/batch.ts';
import { IN_FLIGHT as PAGE_IN_FLIGHT } from '../lib/campaigns/runs/send-to-recipients.ts';
import { startDynamoDb } from '../local/stack/dynamodb.ts';
import { stackEnvironment } from '../local/stack/environment.ts';
import { localTable, openTable } from '../local/stack/table.ts';
import { type Child, startChild } from './child.ts';
import { openPeers } from './open-peers.ts';
import type { MeasureOptions } from './options.ts';
import { newOpenid, seedMessages } from './seed.ts';
import { seedRun, seedTemplate } from './seed-run.ts';
import { laneReport } from './senders/lanes.ts';
import { makeCertificate } from './tls.ts';
import { unpackService } from './unpack.ts';

/** How long the simulated WeChat takes for an answer. */
export const LATENCY_MS = 50;
/** So many are measured in flight. */
export const IN_FLIGHT = [10, 50, 100, 200] as const;
const APP_ID = 'wx0123456789abcdef';
/** What the queues bring at a time, as serverless.yml has it. */
const NOTES_PER_BATCH = 10;
const PAGES_PER_BATCH = 2;
/** Of which a job is one message. */
const ONE_MESSAGE = { sends: 1, inFlight: 1 } as const;
/** Of which a job is a page of recipients. */
const ONE_PAGE = { sends: BATCH_SIZE, inFlight: PAGE_IN_FLIGHT } as const;

/** Where nobody answers. */
const NO_QUEUE = 'http://127.0.0.1:9/queue';

export const PIPELINE = 'pipeline';
export const CAMPAIGNS = 'pipeline of campaigns';
export const FLOOR = 'request alone (undici)';
export const CO_WECHAT = 'co-wechat-api';
export const BLOG = 'blog (a token per message, in turn)';

const ready = v.object({ url: v.string() });
const served = v.object({ sends: v.number(), tokens: v.number() });

/** What is measured: a sender in a process of its own. */
export interface Runner {
  readonly name: string;
  readonly child: Child;
  /** Jobs in one invocation, where it is a handler; without it all that are in flight. */
  readonly batch: number | undefined;
  /** How much a job is: its sends, and how many of them are under way at once. */
  readonly job: { readonly sends: number; readonly inFlight: number };
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
  closing.push(async () => table.client.destroy());
  print('Packaging the service ...');
  const uploads = await unpackService();
  closing.push(uploads.close);
  const bundleOf = (name: string) => join(uploads.folderOf(name), `handlers/${name}.mjs`);
  const bundle = bundleOf('send-messages');
  const env = {
    ...certificate.trust,
    ...stackEnvironment({
      appId: APP_ID,
      appSecret: 'bench-secret-0123456789abcdef0123',
      wechatBaseUrl: url,
      resources: { TABLE_NAME: table.name, SEND_QUEUE_URL: NO_QUEUE, CAMPAIGN_QUEUE_URL: NO_QUEUE },
      dynamodbEndpoint,
      sqsEndpoint: 'http://127.0.0.1:9',
      settings: {},
    }),
  };
  const nodeOptions = profileInto === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileInto}`];
  await seedTemplate(table);
  const messages = async (count: number) => {
    const sinceMs = Date.now();
    return (await seedMessages(table, count)).map((messageId) => JSON.stringify({ messageId, sinceMs }));
  };
  const pages = async (count: number) => (await seedRun(table, count)).map((job) => JSON.stringify(job));
  const openids = async (count: number) => Array.from({ length: count }, newOpenid);
  const senders = [
    { name: PIPELINE, script: 'pipeline', args: [bundle], jobs: messages, batch: NOTES_PER_BATCH },
    {
      name: `${PIPELINE} in one batch`,
      script: 'pipeline',
      args: [bundle],
      jobs: messages,
      batch: undefined,
    },
    {
      name: CAMPAIGNS,
      script: 'pipeline',
      args: [bundleOf('send-campaign')],
      jobs: pages,
      batch: PAGES_PER_BATCH,
      job: ONE_PAGE,
    },
    ...(beside === undefined
      ? []
      : [
          {
            name: 'pipeline (the other)',
            script: 'pipeline',
            args: [beside],
            jobs: messages,
            batch: NOTES_PER_BATCH,
          },
        ]),
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
  for (const { name, script, args, jobs, batch, job = ONE_MESSAGE } of senders) {
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
      job,
      logFile: logOf(name),
      inFlight: name === BLOG ? [10] : IN_FLIGHT.filter((n) => n >= job.inFlight),
    });
  }
  return { runners, wechat: server.child };
}

/** Measures sending `count` messages after `warmUp` others. Throws unless WeChat got each of them. */
export async function runOnce(
  { child, jobs, name, batch, job, logFile }: Runner,
  { inFlight, warmUp, count }: { inFlight: number; warmUp: number; count: number },
  wechat: Child,
): Promise<Round> {
  const wanted = await jobs(warmUp + count);
  await wechat.ask(served, 'reset');
  const lanes = {
    jobs: wanted,
    warmUp: warmUp / job.sends,
    inFlight: name === BLOG ? 1 : inFlight / job.inFlight,
    batch: batch ?? inFlight / job.inFlight,
  };
  const report = await child.ask(laneReport, lanes);
  const { sends, tokens } = await wechat.ask(served, 'reset');
  if (sends !== warmUp + count || report.failed > 0) {
    const lines = (await readFile(logFile, 'utf8')).split('\n');
    const complaints = lines.filter((line) => !line.includes('"message sent"')).slice(-10);
    throw new Error(
      `${name}: WeChat got ${sends} of ${warmUp + count} messages, ${report.failed} failed.\n${complaints.join('\n')}`,
    );
  }
  return {
    perSecond: (report.done * job.sends) / (report.tookMs / 1000),
    cpuPerThousandMs: (report.cpuMs / (report.done * job.sends)) * 1000,
    peakBytes: report.peakBytes,
    tokens,
  };
}
