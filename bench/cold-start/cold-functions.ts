import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { readServiceDefinition } from '../../local/stack/service-definition.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { openPeers } from '../open-peers.ts';
import { DATA, TEMPLATE } from '../senders/message.ts';
import { QUIET } from '../stack-client.ts';
import { type Certificate, makeCertificate, putTlsBefore } from '../tls.ts';
import { unpackService } from '../unpack.ts';
import { firstEvents, type MakeEvent } from './first-events.ts';
import { startParameterServer } from './parameter-server.ts';
import type { ColdFunction } from './runtime-api.ts';

/** A function that answers at once, which is what a cold start takes by itself. */
export const EMPTY = 'empty handler';
const TYPICAL = 'typical stack';
const SECRETS = [
  'WECHAT_APP_SECRET',
  'SESSION_SECRET',
  'API_KEYS',
  'WECHAT_PUSH_TOKEN',
  'WECHAT_PUSH_AES_KEY',
] as const;

/** A function to be started cold, and its first event. */
export interface ColdSubject {
  readonly name: string;
  readonly started: ColdFunction;
  readonly makeEvent: MakeEvent;
}

/** Every function of the service, an empty one and a typical one, over a stack with nothing running on it. */
export async function openColdFunctions(print: (line: string) => void): Promise<{
  readonly runtimeClient: string;
  readonly stack: Stack;
  readonly subjects: readonly ColdSubject[];
  close(): Promise<void>;
}> {
  const closing: (() => Promise<unknown>)[] = [];
  const closeLater = <T extends { close(): Promise<unknown> }>(opened: T): T => {
    closing.push(() => opened.close());
    return opened;
  };
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const { runtimeClient } = await openPeers(print);
    const certificate = closeLater(await makeCertificate());
    print('Packaging the service ...');
    const uploads = closeLater(await unpackService());
    const stack = closeLater(
      await startStack({ logger: QUIET, templates: [TEMPLATE], pollers: 0, dispatchEverySeconds: 0 }),
    );
    const env = await environmentOverTls(stack, certificate, closeLater);
    const subjects = [
      ...(await ownSubjects(stack, env, uploads.folderOf)),
      ...(await otherSubjects(stack, env, closing)),
    ];
    return { runtimeClient, stack, subjects, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the deployed functions have: secrets in SSM, and everything behind TLS. */
async function environmentOverTls(
  stack: Stack,
  certificate: Certificate,
  close: <T extends { close(): Promise<unknown> }>(opened: T) => T,
): Promise<Record<string, string>> {
  const parameters = Object.fromEntries(SECRETS.map((name) => [`/bench/${name}`, stack.env[name] ?? '']));
  const { url: ssm } = close(await startParameterServer(parameters));
  const behindTls = async (url: string) => close(await putTlsBefore(url, certificate)).url;
  const plain = Object.entries(stack.env).filter(([name]) => !SECRETS.some((secret) => secret === name));
  return {
    ...Object.fromEntries(plain),
    ...Object.fromEntries(SECRETS.map((name) => [`${name}_PARAM`, `/bench/${name}`])),
    ...certificate.trust,
    WECHAT_API_BASE_URL: await behindTls(stack.env['WECHAT_API_BASE_URL'] ?? ''),
    AWS_ENDPOINT_URL_DYNAMODB: await behindTls(stack.dynamodbEndpoint),
    AWS_ENDPOINT_URL_SQS: await behindTls(stack.sqsEndpoint),
    AWS_ENDPOINT_URL_SSM: await behindTls(ssm),
    AWS_ENDPOINT_URL_SCHEDULER: await behindTls(stack.env['AWS_ENDPOINT_URL_SCHEDULER'] ?? ''),
    AWS_ENDPOINT_URL_EVENTBRIDGE: await behindTls(stack.env['AWS_ENDPOINT_URL_EVENTBRIDGE'] ?? ''),
  };
}

async function ownSubjects(
  stack: Stack,
  env: Readonly<Record<string, string>>,
  folderOf: (functionName: string) => string,
): Promise<ColdSubject[]> {
  const events = firstEvents(stack);
  // Erasing a user waits for runs that are being planned, and those that are begun here never are.
  const functions = Object.entries((await readServiceDefinition()).functions()).filter(
    ([name]) => name !== 'users',
  );
  return functions.map(([name, definition]) => {
    const makeEvent = events[name];
    if (!makeEvent) throw new Error(`bench/cold-start/first-events.ts has no event for ${name}.`);
    // Each function gets the secrets that serverless.yml gives it, and no others.
    const mine = Object.fromEntries(
      Object.entries(env).filter(([key]) => !key.endsWith('_PARAM') || key in definition.environment),
    );
    const started = {
      folder: folderOf(name),
      handler: definition.handler,
      env: mine,
      memoryMb: definition.memorySize,
    };
    return { name, started, makeEvent };
  });
}

async function otherSubjects(
  stack: Stack,
  env: Readonly<Record<string, string>>,
  closing: (() => Promise<unknown>)[],
): Promise<ColdSubject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-bench-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await build({
    entryPoints: ['empty.mjs', '../peers/typical.mjs'].map((file) => join(import.meta.dirname, file)),
    entryNames: '[name]',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const secret = { WECHAT_APP_SECRET: stack.env['WECHAT_APP_SECRET'] ?? '' };
  const message = async () => {
    const openid = stack.wechat?.createUser() ?? '';
    stack.wechat?.subscribe({ openid, results: { [TEMPLATE.templateId]: 'accept' } });
    return { body: JSON.stringify({ to: openid, templateId: TEMPLATE.templateId, data: DATA }) };
  };
  return [
    {
      name: EMPTY,
      started: { folder, handler: 'empty.handler', env: {}, memoryMb: 512 },
      makeEvent: async () => ({}),
    },
    {
      name: TYPICAL,
      started: { folder, handler: 'typical.handler', env: { ...env, ...secret }, memoryMb: 512 },
      makeEvent: message,
    },
  ];
}
