import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { SettingsError } from '../../lib/settings/settings.ts';
import { startWeChatSimulator, type Template, type WeChatSimulator } from '../wechat-simulator/index.ts';
import { stackSettingProblems } from './check-settings.ts';
import { type Closing, createClosing } from './closing.ts';
import { keepInFolder } from './data-folder.ts';
import { type LocalDynamoDb, startDynamoDb } from './dynamodb.ts';
import { stackEnvironment } from './environment.ts';
import { type LocalEventBus, type PublishedEvent, startEventBus } from './event-bus.ts';
import { loadHandlers } from './load-handlers.ts';
import type { Observe } from './observation.ts';
import { asPortInUse } from './port-in-use.ts';
import { repeat } from './repeat.ts';
import { resourceVariables } from './resources.ts';
import { startRunner } from './runner.ts';
import { type LocalScheduler, startScheduler } from './scheduler/scheduler.ts';
import { readServiceDefinition, type ServiceDefinition } from './service-definition.ts';
import { startSqs } from './sqs.ts';
import { openTable } from './table.ts';
import { createSweeper } from './ttl-sweeper.ts';

const SWEEP_EVERY_SECONDS = 5;
/** How long closing waits for functions that are running. */
const PATIENCE_MS = 500;

/** How to start a local stack; everything has a default. */
export interface StackOptions {
  readonly appId?: string;
  readonly appSecret?: string;
  /** Templates of the simulated WeChat. */
  readonly templates?: readonly Template[];
  /** Uses the WeChat at this address and starts no simulator. */
  readonly wechatBaseUrl?: string;
  /** Uses the engine at this address and starts none. */
  readonly dynamodbEndpoint?: string;
  /** Of the HTTP API; 0, the default, takes a free one. */
  readonly port?: number;
  /** Of the simulated WeChat; 0, the default, takes a free one. */
  readonly wechatPort?: number;
  /** An owner's own table, which stays; by default each stack has one that goes with it. */
  readonly tableName?: string;
  /** Further environment variables of the functions, or other values for those that the stack sets. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** The simulated WeChat pushes its events to the service, so long after what happened; by default it pushes none. */
  readonly pushEvents?: { readonly delayMs: number };
  /** Keeps tables and queues in this directory; without it nothing outlives the stack. */
  readonly dataDir?: string;
  /** How many batches of a queue run at once; by default what serverless.yml says; 0 leaves the queues to other processes. */
  readonly pollers?: number;
  /** Replaces the interval of every schedule; with 0 only `dispatchNow` fires. */
  readonly dispatchEverySeconds?: number;
  /** How often expired items are looked for, each time among the next 1,000; 5 by default, 0 for never. */
  readonly sweepEverySeconds?: number;
  readonly logger?: Logger;
  readonly observe?: Observe;
  /** Whether the table's changes are counted and published; some tests would rather be left alone. */
  readonly followChanges?: boolean;
  /** Is told of each event on the bus. */
  readonly onEvent?: (event: PublishedEvent) => void;
}

/** The whole service, running in this process. */
export interface Stack {
  readonly apiUrl: string;
  readonly wechatUrl?: string;
  /** The simulated WeChat, if the stack started one. */
  readonly wechat?: WeChatSimulator;
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Of every queue, by the name that serverless.yml gives it. */
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly tableName: string;
  /** The stand-in for EventBridge Scheduler, which ticks by itself unless `dispatchEverySeconds` is 0. */
  readonly scheduler: Pick<LocalScheduler, 'endpoint' | 'tick' | 'fire'>;
  /** The stand-in for the owner's EventBridge bus. */
  readonly bus: Pick<LocalEventBus, 'published' | 'failNext' | 'refuseFromNext'>;
  /** Hands every change of the table over once more, in batches of another size, as Lambda may. */
  replayChanges(batchSize: number): Promise<void>;
  /** What the functions were started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Fires the schedules that run each hour or more often, now. */
  dispatchNow(): Promise<void>;
  /** Fires the schedule of one function, as `sync-templates`. */
  fire(functionName: string): Promise<void>;
  /** Resolves when no function runs and no event or note on a queue is under way, visible or due within `dueWithinMs` (0). */
  idle(options?: { dueWithinMs?: number }): Promise<void>;
  /** Ends everything that the stack started, within a second. */
  close(): Promise<void>;
}

/**
 * Starts the service of serverless.yml on this machine: its functions behind HTTP, queue and schedules, DynamoDB, SQS
 * and a simulated WeChat. Any number of stacks run side by side.
 *
 * @throws SettingsError before anything starts; PortInUseError, NoDynamoDbEngineError. Nothing stays running after a failed start
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const definition = await readServiceDefinition();
  const problems = stackSettingProblems(options, definition);
  if (problems.length > 0) throw new SettingsError(problems);
  const closing = createClosing();
  try {
    return await open(options, definition, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function open(options: StackOptions, definition: ServiceDefinition, closing: Closing): Promise<Stack> {
  const { dataDir, clock = Date.now, observe = () => undefined } = options;
  const wechat = options.wechatBaseUrl === undefined ? closing.add(await openWeChat(options)) : undefined;
  const hasStream = options.followChanges === true;
  const engine = await openEngine(options, closing);
  const dynamodbEndpoint = engine.endpoint;
  const table = closing.add(
    await openTable({ endpoint: dynamodbEndpoint, hasStream, ...nameAndFate(options) }),
  );
  const sqs = closing.add(await startSqs(definition.queues()));
  const handedOver =
    dataDir === undefined ? new Map<string, string>() : await keepInFolder(dataDir, sqs, closing);
  const { SendQueue, SendDeadLetterQueue } = sqs.queues;
  if (!SendQueue || !SendDeadLetterQueue)
    throw new Error('serverless.yml defines no SendQueue, SendDeadLetterQueue.');
  const queueUrls = Object.fromEntries(Object.entries(sqs.queues).map(([name, { url }]) => [name, url]));
  const functions = definition.functions();
  const scheduler = closing.add(await startScheduler(clock));
  const { onEvent } = options;
  const bus = closing.add(await startEventBus({ ...(onEvent && { onEvent }) }));

  const env = stackEnvironment({
    appId: options.appId ?? wechat?.appId ?? '',
    appSecret: options.appSecret ?? wechat?.appSecret ?? '',
    wechatBaseUrl: options.wechatBaseUrl ?? wechat?.url ?? '',
    resources: resourceVariables(definition, { tableName: table.name, queueUrls }),
    dynamodbEndpoint,
    sqsEndpoint: sqs.endpoint,
    schedulerEndpoint: scheduler.endpoint,
    eventBusEndpoint: bus.endpoint,
    settings: options.settings ?? {},
  });
  const { logger } = options;
  const loaded = closing.add(await loadHandlers(functions, env, { clock, ...(logger && { logger }) }));
  const sweep = createSweeper({ ...table, tableName: table.name, clock });
  const { sweepEverySeconds = SWEEP_EVERY_SECONDS } = options;
  if (sweepEverySeconds > 0) closing.add(repeat(sweep, sweepEverySeconds * 1000));
  const { pollers, dispatchEverySeconds } = options;
  const runner = await startRunner({
    functions,
    handlers: loaded.handlers,
    sqs,
    port: options.port ?? 0,
    observe,
    ...(pollers === undefined ? {} : { pollers }),
    ...(dispatchEverySeconds === undefined ? {} : { scheduleEverySeconds: dispatchEverySeconds }),
    ...(options.followChanges && {
      followed: { ...engine, client: table.client, tableName: table.name, handedOver },
    }),
  });
  if (wechat && options.pushEvents) {
    wechat.setSwitches({ eventDelayMs: options.pushEvents.delayMs });
    pushTo(wechat, `${runner.apiUrl}/v1/wechat/events`, env);
  }
  const callTarget = (arn: string, input: unknown) => runner.call(arn.split(':').at(-1) ?? '', input);
  scheduler.start(callTarget, { byItself: dispatchEverySeconds !== 0 });
  closing.add({ close: () => Promise.race([runner.close(), sleep(PATIENCE_MS, undefined, { ref: false })]) });
  return {
    apiUrl: runner.apiUrl,
    ...(wechat && { wechat, wechatUrl: wechat.url }),
    dynamodbEndpoint,
    sqsEndpoint: sqs.endpoint,
    queueUrl: SendQueue.url,
    deadLetterQueueUrl: SendDeadLetterQueue.url,
    queueUrls,
    tableName: table.name,
    env,
    scheduler,
    bus,
    replayChanges: runner.replayChanges,
    async dispatchNow() {
      await runner.fireSchedules();
      await scheduler.tick();
    },
    fire: runner.fire,
    idle: (until) => untilQuiet(runner, wechat, until),
    close: closing.close,
  };
}

/** The engine that the options name, or one of the stack's own. */
async function openEngine(
  { dynamodbEndpoint, dataDir, followChanges = false }: StackOptions,
  closing: Closing,
): Promise<Omit<LocalDynamoDb, 'close'>> {
  if (dynamodbEndpoint !== undefined) return { endpoint: dynamodbEndpoint };
  return closing.add(
    await startDynamoDb({ ...(dataDir !== undefined && { dataDir }), hasStream: followChanges }),
  );
}

async function openWeChat(options: StackOptions): Promise<WeChatSimulator> {
  const { wechatPort = 0, clock, appId, appSecret, templates } = options;
  return startWeChatSimulator({
    port: wechatPort,
    ...(clock && { clock }),
    ...(appId && { appId }),
    ...(appSecret && { appSecret }),
    ...(templates && { templates }),
  }).catch(asPortInUse(wechatPort));
}

/** As when an admin enters the service's URL, token and key in WeChat's console. */
function pushTo(wechat: WeChatSimulator, url: string, env: Readonly<Record<string, string>>): void {
  const { WECHAT_PUSH_TOKEN: token, WECHAT_PUSH_AES_KEY: aesKey } = env;
  if (token && aesKey) wechat.setCallback({ url, token, aesKey });
}

/** What WeChat pushes makes functions run, and functions make WeChat push. */
async function untilQuiet(
  runner: Pick<Stack, 'idle'>,
  wechat: WeChatSimulator | undefined,
  until: { dueWithinMs?: number } = {},
): Promise<void> {
  do {
    await wechat?.pushed(until.dueWithinMs);
    await runner.idle(until);
  } while (wechat?.isPushing(until.dueWithinMs));
}

/** An engine that is not ours may serve several stacks: unless data is to be kept, each has a table of its own. */
function nameAndFate({ dataDir, dynamodbEndpoint, tableName }: StackOptions) {
  if (tableName !== undefined) return { name: tableName, dropOnClose: false };
  if (dataDir !== undefined) return { name: 'qingniao', dropOnClose: false };
  return { name: `qingniao-${randomUUID()}`, dropOnClose: dynamodbEndpoint !== undefined };
}
