import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import { SettingsError } from '../../lib/settings/settings.ts';
import { startWeChatSimulator, type WeChatSimulator } from '../wechat-simulator/index.ts';
import { stackSettingProblems } from './check-settings.ts';
import { type Closing, createClosing } from './closing.ts';
import { keepInFolder } from './data-folder.ts';
import { type LocalDynamoDb, startDynamoDb } from './dynamodb.ts';
import { stackEnvironment } from './environment.ts';
import { startEventBus } from './event-bus.ts';
import { loadHandlers } from './load-handlers.ts';
import { openMoreApps } from './more-apps.ts';
import { asPortInUse } from './port-in-use.ts';
import { repeat } from './repeat.ts';
import { resourceVariables } from './resources.ts';
import { startRunner } from './runner.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { readServiceDefinition, type ServiceDefinition } from './service-definition.ts';
import { type LocalSqs, startSqs } from './sqs.ts';
import type { Stack, StackOptions } from './stack-options.ts';
import { openTable } from './table.ts';
import { createSweeper } from './ttl-sweeper.ts';
import { type LocalWebhook, startWebhook } from './webhook/webhook.ts';

export type { Stack, StackOptions } from './stack-options.ts';

const SWEEP_EVERY_SECONDS = 5;
/** How long closing waits for functions that are running. */
const PATIENCE_MS = 500;

/**
 * Starts the service of serverless.yml on this machine: its functions behind HTTP, queue and schedules, DynamoDB, SQS
 * and a simulated WeChat. Any number of stacks run side by side.
 *
 * @throws SettingsError before anything starts; PortInUseError, NoDynamoDbEngineError. Nothing stays running after a failed start
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  if (options.wechatBaseUrl !== undefined && options.moreApps !== undefined)
    throw new Error('Only the simulated WeChat has accounts for more apps: leave out wechatBaseUrl.');
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
  const moreApps = wechat && options.moreApps && closing.add(await openMoreApps(wechat, options.moreApps));
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
  const webhook = options.webhook && closing.add(await openWebhook(options.webhook, sqs, clock));
  const bus = closing.add(
    await startEventBus({
      onEvent(event) {
        options.onEvent?.(event);
        webhook?.deliver(event);
      },
    }),
  );

  const env = stackEnvironment({
    appId: options.appId ?? wechat?.appId ?? '',
    appSecret: options.appSecret ?? wechat?.appSecret ?? '',
    wechatBaseUrl: options.wechatBaseUrl ?? wechat?.url ?? '',
    resources: resourceVariables(definition, { tableName: table.name, queueUrls }),
    dynamodbEndpoint,
    sqsEndpoint: sqs.endpoint,
    schedulerEndpoint: scheduler.endpoint,
    eventBusEndpoint: bus.endpoint,
    settings: { ...moreApps?.variables, ...options.settings },
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
    ...(options.page && { page: options.page }),
    observe,
    ...(pollers === undefined ? {} : { pollers }),
    ...(dispatchEverySeconds === undefined ? {} : { scheduleEverySeconds: dispatchEverySeconds }),
    ...(options.followChanges && {
      followed: {
        ...engine,
        client: table.client,
        tableName: table.name,
        handedOver,
        gathers: options.gatherChanges === true,
      },
    }),
  });
  if (wechat && options.pushEvents) {
    wechat.setSwitches({ eventDelayMs: options.pushEvents.delayMs });
    pushTo(wechat, `${runner.apiUrl}/v1/wechat/events`, env);
    moreApps?.pushTo(runner.apiUrl);
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
    ...(moreApps && { parameters: moreApps.parameters }),
    addApp(app = {}) {
      if (moreApps) return moreApps.add(app);
      throw new Error(
        'This stack knows one mini program only: start it with `moreApps`, which may be empty.',
      );
    },
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

function openWebhook(
  { onAttempt, retryAfterMs, ...address }: NonNullable<StackOptions['webhook']>,
  sqs: LocalSqs,
  clock: Clock,
): Promise<LocalWebhook> {
  return startWebhook({ address, sqs, clock, onAttempt, retryAfterMs });
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
  const apps = wechat?.apps() ?? [];
  do {
    for (const app of apps) await app.pushed(until.dueWithinMs);
    await runner.idle(until);
  } while (apps.some((app) => app.isPushing(until.dueWithinMs)));
}

/** An engine that is not ours may serve several stacks: unless data is to be kept, each has a table of its own. */
function nameAndFate({ dataDir, dynamodbEndpoint, tableName }: StackOptions) {
  if (tableName !== undefined) return { name: tableName, dropOnClose: false };
  if (dataDir !== undefined) return { name: 'qingniao', dropOnClose: false };
  return { name: `qingniao-${randomUUID()}`, dropOnClose: dynamodbEndpoint !== undefined };
}
