import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import colors from 'picocolors';
import {
  createQingniao,
  type Qingniao,
  QingniaoProblem,
  type Schemas,
} from '../../clients/typescript/src/index.ts';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import { inLanguage } from '../../operate/language.ts';
import { DEV_API_KEY } from '../stack/environment.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import type { SimulatedApp, WeChatSimulator } from '../wechat-simulator/index.ts';

type Message = Schemas['Message'];

/** A user of the demo: a phone that is logged in. */
export interface Person {
  readonly name: string;
  readonly openid: string;
  readonly phone: Qingniao;
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
  /** The service as the owner's backend calls it. */
  readonly client: Qingniao;
  /** The second mini program of the same service, called with a key that is for it alone. */
  readonly shop: { readonly wechat: SimulatedApp; readonly client: Qingniao };
  readonly tracked: Tracked[];
  readonly broken: string[];
  chapter(told: BilingualText): void;
  say(told: BilingualText): void;
  /** States a promise and whether it was kept; one that was not makes the demo fail. */
  promise(kept: boolean, told: BilingualText): void;
  /** `client` is that of the message's mini program; by default of the first. */
  track(message: Message, to: Person, about: BilingualText, client?: Qingniao): Message;
  /** Waits until the message has ended, or fails after 15 seconds. */
  ended(message: Message, client?: Qingniao): Promise<Message>;
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

/** Starts the service and the simulated WeChat on free ports. `print` takes the lines of the story. */
export async function openStage(print: (line: string) => void): Promise<Stage> {
  const engine = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const stack = await startStack({
    logger: { info() {}, warn() {}, error() {} },
    settings: { API_KEYS: JSON.stringify(SHOP_KEYS) },
    moreApps: [{ appId: SHOP_APP_ID, name: '商城' }],
    ...(engine && { dynamodbEndpoint: engine }),
  });
  const { wechat } = stack;
  if (!wechat) throw new Error('The demo needs its simulated WeChat.');
  const client = clientOf(stack, DEV_API_KEY);
  const stage: Stage = {
    stack,
    wechat,
    client,
    shop: { wechat: wechat.app(SHOP_APP_ID), client: clientOf(stack, SHOP_KEY, SHOP_APP_ID) },
    tracked: [],
    broken: [],
    chapter: (told) => print(`\n${colors.bold(colors.cyan(inLanguage(told)))}`),
    say: (told) => print(`  ${inLanguage(told)}`),
    promise(kept, told) {
      print(kept ? `  ${colors.green('✔')} ${inLanguage(told)}` : `  ${colors.red(`✘ ${inLanguage(told)}`)}`);
      if (!kept) stage.broken.push(inLanguage(told));
    },
    track(message, to, about, by = client) {
      stage.tracked.push({ to: to.name, about: inLanguage(about), outcome: () => outcomeOf(by, message.id) });
      return message;
    },
    async ended(message, by = client) {
      const deadlineMs = Date.now() + ENDS_WITHIN_MS;
      for (;;) {
        const read = await readMessage(by, message.id);
        if (!UNDER_WAY.has(read.status)) return read;
        if (Date.now() > deadlineMs)
          throw new Error(`Message ${message.id} did not end within ${ENDS_WITHIN_MS} ms.`);
        await sleep(POLL_MS);
      }
    },
    close: () => stack.close(),
  };
  return stage;
}

/** The service, called by the holder of a key or of a session. */
export function clientOf({ apiUrl }: Stack, apiKey?: string, appId?: string): Qingniao {
  return createQingniao({ baseUrl: apiUrl, apiKey, appId });
}

/** A message as it stands now. */
export async function readMessage(client: Qingniao, id: string): Promise<Message> {
  return (await client.GET('/v1/messages/{id}', { params: { path: { id } } })).data;
}

async function outcomeOf(client: Qingniao, id: string): Promise<Outcome> {
  const { status, attempts, outcome } = await readMessage(client, id);
  return { status, attempts, errcode: outcome?.errcode, reason: outcome?.reason ?? '' };
}

/** What the service refuses a call with. */
export async function refusal(call: Promise<unknown>): Promise<QingniaoProblem> {
  try {
    await call;
  } catch (error) {
    if (error instanceof QingniaoProblem) return error;
    throw error;
  }
  throw new Error('The service did what it should have refused.');
}
