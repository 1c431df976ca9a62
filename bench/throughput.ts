import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { startDynamoDb } from '../local/stack/dynamodb.ts';
import { stackEnvironment } from '../local/stack/environment.ts';
import { openTable } from '../local/stack/table.ts';
import { type Child, startChild } from './child.ts';
import { type Figure, median, middleOf } from './figures.ts';
import { openPeers } from './open-peers.ts';
import type { MeasureOptions } from './options.ts';
import { newOpenid, seedMessages } from './seed.ts';
import { laneReport } from './senders/lanes.ts';
import { makeCertificate } from './tls.ts';
import { unpackService } from './unpack.ts';

const PART = 'throughput';
const LATENCY_MS = 50;
const APP_ID = 'wx0123456789abcdef';
const IN_FLIGHT = [10, 50, 100, 200] as const;
/** A measurement is to take about so long at the limit; what is slower takes longer. */
const IDEAL_MS = 1_000;
const WARM_UP = 400;
/** Notes that the queue brings at a time, as serverless.yml has it: so many of the sends in flight are one invocation's. */
const BATCH = 10;
const MUST: Readonly<Record<number, number>> = { 100: 0.9, 200: 0.85 };

const ready = v.object({ url: v.string() });
const served = v.object({ sends: v.number(), tokens: v.number() });

interface Runner {
  readonly name: string;
  readonly child: Child;
  /** Notes in one invocation, where it is a handler. */
  readonly batch: number;
  readonly logFile: string;
  readonly inFlight: readonly number[];
  readonly jobs: (count: number) => Promise<readonly string[]>;
}

interface Round {
  readonly perSecond: number;
  readonly cpuPerThousandMs: number;
  readonly peakBytes: number;
  readonly tokens: number;
}

/** Measures the whole pipeline and, in the same rounds, the floor and the peers that only make the call. */
export async function measureThroughput(o: MeasureOptions): Promise<readonly Figure[]> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const { runners, wechat } = await openRunners(o, closing);
    const rounds = new Map<string, Round[]>();
    for (const runner of runners) await runOnce(runner, runner.inFlight[0] ?? 10, WARM_UP, wechat);
    for (let round = 1; round <= o.rounds; round++) {
      for (const inFlight of IN_FLIGHT) {
        for (const runner of runners.filter((one) => one.inFlight.includes(inFlight))) {
          const count = Math.max(200, (inFlight / LATENCY_MS) * IDEAL_MS);
          const result = await runOnce(runner, inFlight, runner.name === BLOG ? 40 : count, wechat);
          const key = `${runner.name}@${inFlight}`;
          rounds.set(key, [...(rounds.get(key) ?? []), result]);
          o.print(
            `  round ${round}: ${key}: ${result.perSecond.toFixed(0)}/s, ${result.cpuPerThousandMs.toFixed(0)} ms CPU per 1,000`,
          );
        }
      }
    }
    return figuresOf(runners, rounds);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const PIPELINE = 'pipeline';
const CO_WECHAT = 'co-wechat-api';
const BLOG = 'blog (a token per message, in turn)';

async function openRunners(
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
  const opened = await openTable({
    endpoint: engine.endpoint,
    name: 'bench',
    dropOnClose: false,
    hasStream: false,
  });
  closing.push(opened.close);
  const table = { client: opened.client, name: opened.name, appId: APP_ID };
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
      dynamodbEndpoint: engine.endpoint,
      sqsEndpoint: 'http://127.0.0.1:9',
      settings: {},
    }),
  };
  const nodeOptions = profileInto === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileInto}`];
  const messages = (count: number) => seedMessages(table, count);
  const openids = async (count: number) => Array.from({ length: count }, newOpenid);
  const senders = [
    { name: PIPELINE, script: 'pipeline', args: [bundle], jobs: messages, batch: BATCH },
    ...(beside === undefined
      ? []
      : [{ name: 'pipeline (the other)', script: 'pipeline', args: [beside], jobs: messages, batch: BATCH }]),
    { name: 'request alone (undici)', script: 'undici', args: [], jobs: openids },
    { name: CO_WECHAT, script: 'co-wechat-api', args: [peers.requireFrom], jobs: openids },
    { name: 'node-easywechat', script: 'node-easywechat', args: [peers.requireFrom], jobs: openids },
    { name: BLOG, script: 'blog', args: [], jobs: openids },
  ].filter(({ name }) => name.startsWith(only));
  const runners: Runner[] = [];
  for (const { name, script, args, jobs, batch = 1 } of senders) {
    const { child } = await startChild(new URL(`senders/${script}.ts`, import.meta.url), {
      env,
      args,
      nodeOptions,
      logFile: join(certificate.folder, `${script}.log`),
    });
    closing.push(child.close);
    runners.push({
      name,
      child,
      jobs,
      batch,
      logFile: join(certificate.folder, `${script}.log`),
      inFlight: name === BLOG ? [10] : IN_FLIGHT,
    });
  }
  return { runners, wechat: server.child };
}

async function runOnce(
  { child, jobs, name, batch, logFile }: Runner,
  inFlight: number,
  count: number,
  wechat: Child,
): Promise<Round> {
  const wanted = await jobs(count);
  await wechat.ask(served, 'reset');
  const report = await child.ask(laneReport, { jobs: wanted, inFlight: name === BLOG ? 1 : inFlight, batch });
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

function figuresOf(runners: readonly Runner[], rounds: ReadonlyMap<string, readonly Round[]>): Figure[] {
  const of = (name: string, inFlight: number) => rounds.get(`${name}@${inFlight}`) ?? [];
  const rates = runners.flatMap(({ name, inFlight }) =>
    inFlight.map((n): Figure => {
      const measured = middleOf(of(name, n).map(({ perSecond }) => perSecond));
      const limit = (name === BLOG ? 1 : n) / (LATENCY_MS / 1000);
      const must = name === PIPELINE ? MUST[n] : undefined;
      return {
        part: PART,
        name: `${name}, ${name === BLOG ? 1 : n} in flight`,
        ...measured,
        unit: 'sends/s',
        ratio: { of: `${limit}/s`, value: measured.value / limit },
        ...(must !== undefined && { must: { atLeast: must } }),
      };
    }),
  );
  const bare = median(of(CO_WECHAT, 100).map(({ cpuPerThousandMs }) => cpuPerThousandMs));
  const costs = runners.map(({ name, inFlight }): Figure => {
    const n = inFlight.includes(100) ? 100 : 10;
    const measured = middleOf(of(name, n).map(({ cpuPerThousandMs }) => cpuPerThousandMs));
    return {
      part: 'CPU',
      name: `${name}, 1,000 sends`,
      ...measured,
      unit: 'ms',
      ratio: { of: CO_WECHAT, value: measured.value / bare },
      ...(name === PIPELINE && { must: { atMost: 1.5 } }),
    };
  });
  const memory = runners.map(({ name, inFlight }): Figure => {
    const peaks = inFlight.flatMap((n) => of(name, n).map(({ peakBytes }) => peakBytes / 2 ** 20));
    return { part: 'memory', name: `${name}, peak`, value: Math.max(...peaks), unit: 'MB' };
  });
  return [...rates, ...costs, ...memory];
}
