import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildServices, createHandler } from '../../handlers/start-campaign-run.ts';
import type { Campaign } from '../../lib/campaigns/campaign.ts';
import { pauseRun, resumeRun } from '../../lib/campaigns/runs/control-run.ts';
import { readRun } from '../../lib/campaigns/runs/read-run.ts';
import { type RunView, scheduledRunId } from '../../lib/campaigns/runs/run.ts';
import { createCampaignStore } from '../../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore } from '../../lib/dynamodb/dynamodb-run-store.ts';
import { openQueue } from '../../lib/runtime/aws.ts';
import { createRuntime } from '../../lib/runtime/runtime.ts';
import { createEnqueueJobs } from '../../lib/sqs/sqs-queues.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { localTable } from '../../local/stack/table.ts';
import type { WeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { seedGrantees } from '../seed-grantees.ts';
import { checkRun } from './check-run.ts';
import { type Sender, startSender } from './sender.ts';

/** How the measurement is made. */
export interface BenchOptions {
  readonly recipients: number;
  /** How often all senders are killed. */
  readonly kills: number;
  readonly senders: number;
  /** Of the simulated WeChat. */
  readonly latencyMs: number;
  readonly print: (line: string) => void;
}

const TEMPLATE = {
  templateId: 'new-arrivals_bench_template_0123456789abcdef',
  title: '新品上架通知',
  kind: 'one-time' as const,
  keywords: [{ key: 'thing1', label: '商品', example: '普洱茶饼' }],
};
const PAUSE_WITHIN_MS = 3_000;
/** Longer than what dead senders had in hand stays invisible. */
const STALLED_MS = 4 * 60_000;
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Runs the campaign and answers what was broken of the promises; nothing when all were kept. */
export async function runCampaignBench(options: BenchOptions): Promise<readonly string[]> {
  const { recipients, print } = options;
  const stack = await startStack({
    logger: QUIET,
    templates: [TEMPLATE],
    pollers: 0,
    dispatchEverySeconds: 0,
    sweepEverySeconds: 0,
  });
  const { wechat } = stack;
  if (!wechat) throw new Error('The stack started no simulated WeChat.');
  const world = openWorld(stack, wechat);
  try {
    wechat.setLatency({ ms: options.latencyMs });
    print(`Making ${recipients} grantees ...`);
    const madeFromMs = Date.now();
    // Twice as many grants as needed, so that WeChat itself would not refuse a second send.
    await seedGrantees(world.table, wechat, {
      count: recipients,
      templateId: TEMPLATE.templateId,
      grants: 2,
      grantedAtMs: Date.now() - 60_000,
    });
    print(`${seconds(madeFromMs)}: made`);
    return await measure(options, stack, wechat, world);
  } finally {
    await world.close();
    await stack.close();
  }
}

function openWorld(stack: Stack, wechat: WeChatSimulator) {
  const base = createRuntime({ logger: QUIET });
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, wechat.appId);
  const sqs = openQueue(stack.env);
  return {
    ...base,
    table,
    campaigns: createCampaignStore(table, base),
    runs: createRunStore(table, base),
    enqueueJobs: createEnqueueJobs(sqs, stack.queueUrls['CampaignQueue'] ?? '', wechat.appId),
    async close(): Promise<void> {
      await table.client.destroy();
      await sqs.destroy();
    },
  };
}

async function measure(
  options: BenchOptions,
  stack: Stack,
  wechat: WeChatSimulator,
  world: ReturnType<typeof openWorld>,
): Promise<readonly string[]> {
  const { recipients, kills, print } = options;
  const scheduledAtMs = Math.ceil(Date.now() / 60_000) * 60_000;
  const campaign = campaignOf(scheduledAtMs);
  await world.campaigns.create(campaign, []);
  const senders: Sender[] = [];
  const startSenders = async () =>
    void senders.push(
      ...(await Promise.all(Array.from({ length: options.senders }, () => startSender(stack.env)))),
    );
  await startSenders();

  const startedAtMs = Date.now();
  const trigger = { campaignId: campaign.id, scheduledTime: new Date(scheduledAtMs).toISOString() };
  const start = createHandler(await buildServices(stack.env, { logger: QUIET }));
  // EventBridge promises at least once, so it comes twice.
  await Promise.all([start(trigger), start(trigger)]);
  const runId = scheduledRunId(campaign.id, scheduledAtMs);
  const read = async (): Promise<RunView> => {
    const run = await readRun(world, campaign.id, runId);
    if (!run) throw new Error('There is no run.');
    return run;
  };
  const accepted = () => wechat.received({ limit: 1 }).stats.acceptedSends;
  const untilAccepted = async (share: number) => {
    for (let last = accepted(), atMs = Date.now(); last < recipients * share; await sleep(20)) {
      if (accepted() > last) atMs = Date.now();
      if (Date.now() - atMs > STALLED_MS)
        throw new Error(`Nothing was sent for long. ${complaintsOf(senders)}`);
      last = accepted();
    }
  };

  const broken: string[] = [];
  const stages = kills + 2;
  for (let kill = 1; kill <= kills; kill++) {
    await untilAccepted(kill / stages);
    await Promise.all(senders.slice(-options.senders).map((sender) => sender.kill()));
    print(`${seconds(startedAtMs)}: all senders killed after ${accepted()} sends`);
    await startSenders();
  }
  await untilAccepted((kills + 1) / stages);
  await pauseRun(world, campaign.id, runId);
  await sleep(PAUSE_WITHIN_MS);
  const atPause = accepted();
  await sleep(2_000);
  print(`${seconds(startedAtMs)}: paused after ${atPause} sends; ${accepted() - atPause} after 3 s more`);
  if (accepted() > atPause) broken.push('the run went on sending while it paused');
  await resumeRun(world, campaign.id, runId);

  let run = await read();
  let fastest = run.perSecond ?? 0;
  for (let printedAtMs = Date.now(); run.status !== 'finished'; run = await read()) {
    fastest = Math.max(fastest, run.perSecond ?? 0);
    if (Date.now() - printedAtMs > 10_000) {
      const { counts, perSecond, secondsLeft } = run;
      print(`${seconds(startedAtMs)}: ${JSON.stringify({ ...counts, perSecond, secondsLeft })}`);
      printedAtMs = Date.now();
    }
    await sleep(200);
  }
  const tookMs = Date.now() - startedAtMs;
  await Promise.all(senders.slice(-options.senders).map((sender) => sender.stop()));

  broken.push(...(await checkRun(wechat, world, run, { ...TEMPLATE, recipients })));
  const used = senders.map((sender) => sender.used());
  const sum = (pick: (one: (typeof used)[number]) => number) =>
    used.reduce((total, one) => total + pick(one), 0);
  print('');
  print(`recipients              ${recipients}, ${JSON.stringify(run.counts)}`);
  print(`time                    ${(tookMs / 1000).toFixed(1)} s, ${kills} kills and a pause included`);
  print(`write units / recipient ${(sum((one) => one.writeUnits) / recipients).toFixed(3)}`);
  print(`read units / recipient  ${(sum((one) => one.readUnits) / recipients).toFixed(3)}`);
  print(`calls of DynamoDB       ${sum((one) => one.calls)}`);
  print(`requests to WeChat      ${wechat.received({ limit: 1 }).stats.byCall['send']?.total ?? 0}`);
  print(`peak memory of a sender ${(Math.max(...used.map((one) => one.peakBytes)) / 2 ** 20).toFixed(0)} MB`);
  for (const rule of broken) print(`BROKEN: ${rule}`);
  const complaints = complaintsOf(senders);
  if (complaints !== '') print(`The senders complained:\n${complaints}`);
  return broken;
}

function complaintsOf(senders: readonly Sender[]): string {
  return senders
    .map((sender) => sender.complaints())
    .join('')
    .slice(0, 4_000);
}

function campaignOf(scheduledAtMs: number): Campaign {
  return {
    id: `cmp_${randomUUID().replaceAll('-', '')}`,
    name: '压测',
    templateId: TEMPLATE.templateId,
    data: { thing1: '新茶到店' },
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
    audience: { type: 'grantees' },
    schedule: { expression: `at(${new Date(scheduledAtMs).toISOString().slice(0, 19)})`, timezone: 'UTC' },
    status: 'active',
    createdAtMs: Date.now(),
    updatedAtMs: Date.now(),
  };
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`.padStart(8);
}
