import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Random } from '../../lib/clock.ts';
import { asRecord, readForm, readJson, type WeChatRequest } from './calls.ts';
import { answerControl, isControlPath } from './control-exchange.ts';
import type { ServerControls } from './control-route.ts';
import { type Controls, createControls } from './controls.ts';
import { endpointAt, JSON_TYPE } from './endpoints.ts';
import type { PushAccount } from './events/courier.ts';
import { type CallbackClient, openCallbackClient } from './events/post-delivery.ts';
import { startLoopbackServer } from './loopback-server.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from './samples.ts';
import { DEFAULT_SWITCHES, mergeSwitches, type SwitchChanges } from './switches.ts';
import type { Template } from './templates.ts';
import { realWait, type Wait } from './wait.ts';
import { answerWeChatCall, write } from './wechat-exchange.ts';
import { type Beginning, createWorld, type World } from './world.ts';

/** SDKs that post JSON often say this too, so that the body decides. */
const FORM = /^application\/x-www-form-urlencoded\b/i;

/** Paths that WeChat does not have are listed up to this length. */
const LISTED_PATH_LENGTH = 200;

/** How to start a simulated WeChat; everything has a default. */
export interface SimulatorOptions {
  /** 0, the default, finds a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Waits for latency, slow answers and the times of event delivery; real time by default. */
  readonly sleep?: Wait;
  readonly appId?: string;
  readonly appSecret?: string;
  /** Default: the samples. */
  readonly templates?: readonly Template[];
  /** Users that exist from the beginning. Default: the samples. */
  readonly openids?: readonly string[];
  readonly switches?: SwitchChanges;
  /** How many requests, and how many deliveries, stay listed; older ones are only counted. Default 20,000. */
  readonly receivedCapacity?: number;
}

/** A running simulated WeChat. */
export interface WeChatSimulator extends Controls, ServerControls {
  /** Base address for WeChat's calls and for `/_control`. */
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
  close(): Promise<void>;
}

/**
 * Starts a WeChat on 127.0.0.1 that follows the WeChat contract strictly and misbehaves on request. Rejects when the
 * port is taken.
 */
export async function startWeChatSimulator(options: SimulatorOptions = {}): Promise<WeChatSimulator> {
  const { port = 0, sleep = realWait } = options;
  const callbackClient = openCallbackClient();
  const beginning = beginningOf(options, callbackClient);
  let world = createWorld(beginning);
  const server = await startLoopbackServer(port, (request, body, response) =>
    respond(world, simulator, sleep, request, body, response),
  );
  const simulator: WeChatSimulator = {
    ...createControls(() => world, beginning.pushAccount),
    url: server.url,
    appId: world.appId,
    appSecret: world.appSecret,
    refuseConnections: server.refuseConnections,
    reset: () => {
      world.pusher.courier.close();
      world = createWorld(beginning);
    },
    close: async () => {
      world.pusher.courier.close();
      await Promise.all([server.close(), callbackClient.close()]);
    },
  };
  return simulator;
}

function beginningOf(options: SimulatorOptions, callbackClient: CallbackClient): Beginning {
  // What the admin has set stays when the world begins anew.
  const pushAccount: PushAccount = {};
  return {
    clock: options.clock ?? Date.now,
    random: options.random ?? Math.random,
    wait: options.sleep ?? realWait,
    appId: options.appId ?? 'wx5e1fa0c0ffee1234',
    appSecret: options.appSecret ?? '5ec2e7f00000000000000000000000aa',
    templates: options.templates ?? SAMPLE_TEMPLATES,
    openids: options.openids ?? SAMPLE_OPENIDS,
    switches: mergeSwitches(DEFAULT_SWITCHES, options.switches ?? {}),
    receivedCapacity: options.receivedCapacity ?? 20_000,
    pushAccount,
    callbackClient,
  };
}

async function respond(
  world: World,
  controls: Controls & ServerControls,
  sleep: Wait,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (isControlPath(url.pathname)) return answerControl(controls, request, url, body, response);
  const endpoint = endpointAt(url.pathname);
  const asked = asWeChatRequest(request, url, body);
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
