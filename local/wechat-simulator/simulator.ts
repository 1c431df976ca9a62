import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Random } from '../../lib/clock.ts';
import { Apps } from './apps.ts';
import { asRecord, readForm, readJson, type WeChatRequest } from './calls.ts';
import { answerControl, isControlPath } from './control-exchange.ts';
import type { ServerControls } from './control-route.ts';
import { endpointAt, JSON_TYPE } from './endpoints.ts';
import { openCallbackClient } from './events/post-delivery.ts';
import { startLoopbackServer } from './loopback-server.ts';
import type { AppOptions, SimulatedApp } from './simulated-app.ts';
import { realWait, type Wait } from './wait.ts';
import { answerWeChatCall, write } from './wechat-exchange.ts';
import type { World } from './world.ts';

/** SDKs that post JSON often say this too, so that the body decides. */
const FORM = /^application\/x-www-form-urlencoded\b/i;

/** Paths that WeChat does not have are listed up to this length. */
const LISTED_PATH_LENGTH = 200;

/** How to start a simulated WeChat; everything has a default. The options of an app are those of its first. */
export interface SimulatorOptions extends AppOptions {
  /** 0, the default, finds a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Waits for latency, slow answers and the times of event delivery; real time by default. */
  readonly sleep?: Wait;
  /** Further mini programs beside the first; by default none. */
  readonly moreApps?: readonly AppOptions[];
  /** How many requests, and how many deliveries, stay listed of each app; older ones are only counted. Default 20,000. */
  readonly receivedCapacity?: number;
}

/** A running simulated WeChat. What it can do with an app, it does with the first; `app` gives another. */
export interface WeChatSimulator extends SimulatedApp, ServerControls {
  /** Base address for WeChat's calls and for `/_control`. */
  readonly url: string;
  /** Every app back to its beginning. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts a WeChat on 127.0.0.1 that follows the WeChat contract strictly and misbehaves on request. Rejects when the
 * port is taken.
 *
 * @throws ControlError where two apps have the same appid
 */
export async function startWeChatSimulator(options: SimulatorOptions = {}): Promise<WeChatSimulator> {
  const { port = 0, sleep = realWait, moreApps = [] } = options;
  const callbackClient = openCallbackClient();
  const apps = new Apps(options, moreApps, {
    clock: options.clock ?? Date.now,
    random: options.random ?? Math.random,
    wait: sleep,
    receivedCapacity: options.receivedCapacity ?? 20_000,
    callbackClient,
  });
  const server = await startLoopbackServer(port, (request, body, response) =>
    respond(apps, simulator, sleep, request, body, response),
  );
  const simulator: WeChatSimulator = {
    ...apps.get(),
    url: server.url,
    refuseConnections: server.refuseConnections,
    apps: () => apps.all(),
    app: (appId) => apps.get(appId),
    addApp: (added = {}) => apps.add(added),
    reset: () => {
      for (const app of apps.all()) app.reset();
    },
    close: async () => {
      apps.close();
      await Promise.all([server.close(), callbackClient.close()]);
    },
  };
  return simulator;
}

async function respond(
  apps: Apps,
  controls: ServerControls,
  sleep: Wait,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (isControlPath(url.pathname)) return answerControl(controls, request, url, body, response);
  const endpoint = endpointAt(url.pathname);
  const asked = asWeChatRequest(request, url, body);
  const world = apps.worldOf(asked);
  if (!endpoint) return answerUnknownPath(world, asked, response);
  return answerWeChatCall(world, endpoint, asked, response, sleep);
}

function answerUnknownPath(world: World, { method, path }: WeChatRequest, response: ServerResponse): void {
  const { errcode, text } = world.refuse(40066);
  world.received.begin(
    'unknown',
    method,
    path.slice(0, LISTED_PATH_LENGTH),
    {},
  )({ errcode, accepted: false });
  write(response, 200, JSON_TYPE, text);
}

function asWeChatRequest(request: IncomingMessage, url: URL, body: string): WeChatRequest {
  const json = readJson(body);
  const isForm = json.type === 'unreadable' && FORM.test(request.headers['content-type'] ?? '');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    json,
    fields: isForm ? readForm(body) : json.type === 'value' ? asRecord(json.value) : undefined,
    bodyLength: body.length,
    callerIp: request.socket.remoteAddress ?? '',
  };
}
