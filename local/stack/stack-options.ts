import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { SimulatedApp, Template, WeChatSimulator } from '../wechat-simulator/index.ts';
import type { LocalEventBus, PublishedEvent } from './event-bus.ts';
import type { ExtraPage } from './http-server.ts';
import type { StackApp } from './more-apps.ts';
import type { Observe } from './observation.ts';
import type { LocalScheduler } from './scheduler/scheduler.ts';
import type { WebhookAddress, WebhookOptions } from './webhook/webhook.ts';

/** How to start a local stack; everything has a default. */
export interface StackOptions {
  readonly appId?: string;
  readonly appSecret?: string;
  /** Templates of the simulated WeChat. */
  readonly templates?: readonly Template[];
  /** Mini programs beside the first, at the simulated WeChat; an empty list leaves room for `addApp`. By default the stack knows one only. */
  readonly moreApps?: readonly StackApp[];
  /** Uses the WeChat at this address and starts no simulator. */
  readonly wechatBaseUrl?: string;
  /** Uses the engine at this address and starts none. */
  readonly dynamodbEndpoint?: string;
  /** Of the HTTP API; 0, the default, takes a free one. */
  readonly port?: number;
  /** What the HTTP API answers beside its routes. */
  readonly page?: ExtraPage;
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
  /** Whether changes wait for as long as the batch windows of serverless.yml say, or until `idle()`; by default they come at once. */
  readonly gatherChanges?: boolean;
  /** Is told of each event on the bus. */
  readonly onEvent?: (event: PublishedEvent) => void;
  /** Gets each event on the bus as an HTTP request, as an API destination makes it. */
  readonly webhook?: WebhookAddress & Pick<WebhookOptions, 'onAttempt' | 'retryAfterMs'>;
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
  readonly bus: Pick<LocalEventBus, 'endpoint' | 'published' | 'failNext' | 'refuseFromNext'>;
  /** The parameter store of the mini programs beside the first: what is changed here, the functions find within five minutes. */
  readonly parameters?: Map<string, string>;
  /** Adds a mini program while the stack runs. @throws Error without `moreApps` */
  addApp(app?: StackApp): SimulatedApp;
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
