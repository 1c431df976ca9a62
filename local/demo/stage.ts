import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import colors from 'picocolors';
import { DEV_API_KEY } from '../stack/environment.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import type { SimulatedApp, WeChatSimulator } from '../wechat-simulator/index.ts';
import { createServiceClient, type Message, type ServiceClient } from './service-client.ts';

/** A sentence in both languages; the demo tells its story in one of them. */
export interface Told {
  readonly en: string;
  readonly zh: string;
}

/** A user of the demo: a phone with a session. */
export interface Person {
  readonly name: string;
  readonly openid: string;
  readonly session: string;
}

/** What became of a message. */
export interface Outcome {
  readonly status: string;
  /** How many requests left for it. */
  readonly attempts: number;
  readonly errcode?: number | undefined;
  readonly reason: string;
}

/** A message that the story is about, sent by itself or by a campaign. */
export interface Tracked {
  readonly to: string;
  readonly about: string;
  /** What has become of it by now, as the service tells it. */
  readonly outcome: () => Promise<Outcome>;
}

/** Where the story plays: the running service, WeChat, and what has been promised and kept so far. */
export interface Stage {
  readonly stack: Stack;
  readonly wechat: WeChatSimulator;
  readonly client: ServiceClient;
  /** The operator's API key. */
  readonly key: string;
  /** The second mini program of the same service, with a key that is for it alone. */
  readonly shop: { readonly wechat: SimulatedApp; readonly client: ServiceClient; readonly key: string };
  readonly tracked: Tracked[];
  readonly broken: string[];
  text(told: Told): string;
  chapter(told: Told): void;
  say(told: Told): void;
  /** States a promise and whether it was kept; one that was not makes the demo fail. */
  promise(kept: boolean, told: Told): void;
  /** `client` is that of the message's mini program; by default of the first. */
  track(message: Message, to: Person, about: Told, client?: ServiceClient): Message;
  /** Waits until the message has ended, or fails after 15 seconds. */
  ended(message: Message, client?: ServiceClient): Promise<Message>;
  close(): Promise<void>;
}

const UNDER_WAY = new Set(['scheduled', 'queued', 'sending']);
const POLL_MS = 40;
const ENDS_WITHIN_MS = 15_000;

const SHOP_APP_ID = 'wx5e1fa0c0ffee5607';
const SHOP_KEY = 'shop-key';
const SHOP_KEYS = [
  {
    name: 'shop',
    sha256: createHash('sha256').update(SHOP_KEY).digest('hex'),
    scopes: ['read', 'send'],
    appids: [SHOP_APP_ID],
  },
];

/** Starts the service and the simulated WeChat on free ports. */
export async function openStage(language: 'en' | 'zh'): Promise<Stage> {
  const engine = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const stack = await startStack({
    logger: { info() {}, warn() {}, error() {} },
    settings: { API_KEYS: JSON.stringify(SHOP_KEYS) },
    moreApps: [{ appId: SHOP_APP_ID, name: '商城' }],
    ...(engine && { dynamodbEndpoint: engine }),
  });
  const { wechat } = stack;
  if (!wechat) throw new Error('The demo needs its simulated WeChat.');
  const client = createServiceClient(stack.apiUrl);
  const text = (told: Told) => told[language];
  const stage: Stage = {
    stack,
    wechat,
    client,
    key: DEV_API_KEY,
    shop: {
      wechat: wechat.app(SHOP_APP_ID),
      client: createServiceClient(stack.apiUrl, SHOP_APP_ID),
      key: SHOP_KEY,
    },
    tracked: [],
    broken: [],
    text,
    chapter: (told) => print(`\n${colors.bold(colors.cyan(text(told)))}`),
    say: (told) => print(`  ${text(told)}`),
    promise(kept, told) {
      print(kept ? `  ${colors.green('✔')} ${text(told)}` : `  ${colors.red(`✘ ${text(told)}`)}`);
      if (!kept) stage.broken.push(text(told));
    },
    track(message, to, about, by = client) {
      stage.tracked.push({ to: to.name, about: text(about), outcome: () => outcomeOf(by, message.id) });
      return message;
    },
    async ended(message, by = client) {
      const deadlineMs = Date.now() + ENDS_WITHIN_MS;
      for (;;) {
        const { value } = await by.message(DEV_API_KEY, message.id);
        if (value && !UNDER_WAY.has(value.status)) return value;
        if (Date.now() > deadlineMs)
          throw new Error(`Message ${message.id} did not end within ${ENDS_WITHIN_MS} ms.`);
        await sleep(POLL_MS);
      }
    },
    close: () => stack.close(),
  };
  return stage;
}

async function outcomeOf(client: ServiceClient, messageId: string): Promise<Outcome> {
  const { status, attempts, outcome } = expectValue(await client.message(DEV_API_KEY, messageId));
  return { status, attempts, errcode: outcome?.errcode, reason: outcome?.reason ?? '' };
}

/** Writes one line of the story. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The answer, or an end of the demo that says what the service answered instead. */
export function expectValue<T>(answer: {
  value?: T;
  status: number;
  problem?: { code: string; detail: string };
}): T {
  if (answer.value !== undefined) return answer.value;
  throw new Error(`The service answered ${answer.status} ${answer.problem?.code}: ${answer.problem?.detail}`);
}
