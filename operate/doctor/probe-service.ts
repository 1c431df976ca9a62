import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { UnknownAppError } from '../command-line.ts';
import type { Finding, Probe } from './finding.ts';
import { type AppToProbe, appsToProbe, judgeApps, type StageApp, servedApps } from './judge-apps.ts';
import { judgeCallback } from './judge-callback.ts';
import { isStopped, judgeClock, judgeHealth, judgeTemplates, judgeToken } from './judge-service.ts';

/** The service to look at. Without a key or a token the checks that need them are left out. */
export interface ServiceToProbe {
  readonly url: string;
  readonly key: string | undefined;
  /** Of the first mini program, or of the one that is named. */
  readonly pushToken: string | undefined;
  /** The one mini program to look at; all of them without it. */
  readonly appId: string | undefined;
  /** The mini programs that the stage's parameters name, the first one first; undefined where they cannot be read. */
  readonly stageApps: readonly StageApp[] | undefined;
  readonly clock: Clock;
}

/** Longer than the slowest route may take. */
const TIMEOUT_MS = 35_000;

/** Calls the service as phones, its owner and WeChat do. The findings come one by one. */
export async function* probeService(service: ServiceToProbe): AsyncGenerator<Finding> {
  const { url, key, clock } = service;
  const health = await probe(clock, `${url}/v1/health`);
  yield judgeHealth(health);
  const apart = judgeClock(health);
  if (apart) yield apart;
  if (health.type === 'unreachable') return;
  const served = key === undefined ? undefined : await readServed(service, key);
  assertServed(served, service);
  if (key === undefined) yield NO_KEY;
  else yield* judgeApps(served, service);
  const apps = appsToProbe(served, service);
  for (const [index, app] of apps.entries()) {
    for await (const finding of probeApp(service, app)) yield labelled(finding, app, index, service, apps);
  }
}

/** Where there are several, a finding names its mini program. Those beside the first are no fault of a deployment. */
function labelled(
  finding: Finding,
  { appId }: AppToProbe,
  index: number,
  { appId: named }: ServiceToProbe,
  apps: readonly AppToProbe[],
): Finding {
  if (appId === undefined || (apps.length === 1 && named === undefined)) return finding;
  return { ...finding, appid: appId, ...(index > 0 && { isAside: true }) };
}

/** One that is neither served nor in the parameters is a wrong option. @throws UnknownAppError */
function assertServed(
  served: readonly string[] | undefined,
  { appId, stageApps = [] }: ServiceToProbe,
): void {
  if (served === undefined || appId === undefined || served.includes(appId)) return;
  if (!stageApps.some((app) => app.appId === appId)) throw new UnknownAppError(appId);
}

async function readServed({ url, clock }: ServiceToProbe, key: string) {
  const headers = { authorization: `Bearer ${key}` };
  return servedApps(await probe(clock, `${url}/v1/apps`, { headers }));
}

const NO_KEY: Finding = {
  check: 'access token',
  level: 'skip',
  says: { en: 'no API key', zh: '没有 API Key' },
  advice: {
    en: 'Set QINGNIAO_API_KEY to a key with the scopes read and manage to have token and templates checked.',
    zh: '请把带 read 和 manage 权限的 Key 设为环境变量 QINGNIAO_API_KEY，以检查凭证和模板。',
  },
};
const NO_TOKEN: Finding = {
  check: 'callback',
  level: 'skip',
  says: { en: 'no Token of message push', zh: '没有消息推送 Token' },
  advice: {
    en: 'Set WECHAT_PUSH_TOKEN, or name the stage, to have the callback address checked.',
    zh: '请设置 WECHAT_PUSH_TOKEN，或用 --stage 指定环境，以检查回调地址。',
  },
};

async function* probeApp(
  { url, key, clock }: ServiceToProbe,
  { appId, callback, pushToken }: AppToProbe,
): AsyncGenerator<Finding> {
  if (key !== undefined) {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(appId !== undefined && { 'x-wechat-appid': appId }),
    };
    const synced = await probe(clock, `${url}/v1/templates/sync`, { method: 'POST', headers });
    yield judgeToken(synced);
    if (isStopped(synced)) return;
    const found = judgeTemplates(await probe(clock, `${url}/v1/templates?limit=200`, { headers }), clock());
    if (found) yield found;
  }
  if (pushToken === undefined) yield NO_TOKEN;
  else yield await probeCallback(url + callback, pushToken, clock);
}

/** Asks as WeChat does when an address is entered (WeChat contract §6.1), then with a signature that is not WeChat's. */
async function probeCallback(address: string, token: string, clock: Clock): Promise<Finding> {
  const timestamp = String(Math.floor(clock() / 1000));
  const nonce = randomBytes(5).toString('hex');
  const echostr = randomBytes(8).toString('hex');
  const signature = createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
  const ask = (signedWith: string) =>
    probe(clock, `${address}?${new URLSearchParams({ signature: signedWith, timestamp, nonce, echostr })}`);
  const forged = createHash('sha1').update(signature).digest('hex');
  return judgeCallback(await ask(signature), await ask(forged), echostr);
}

async function probe(clock: Clock, url: string, init: RequestInit = {}): Promise<Probe> {
  const sentAtMs = clock();
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const receivedAtMs = clock();
    const date = response.headers.get('date') ?? undefined;
    const { status } = response;
    return { type: 'answered', status, text: await response.text(), date, sentAtMs, receivedAtMs };
  } catch (error) {
    return { type: 'unreachable', reason: `${new URL(url).origin}: ${reasonOf(error)}` };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
