import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { asRecord, readJson } from './calls.ts';
import { ControlError } from './control-error.ts';
import type { ServerControls } from './control-route.ts';
import { CONTROL_ROUTES } from './control-routes.ts';
import { write } from './wechat-exchange.ts';

const PREFIX = '/_control';
const WHICH_APP = 'Each route takes appid, in the query or the body; without it, it is about the first app.';
/** A web page in a browser reaches a loopback port under its own host name, and is refused. */
const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Whether `path` belongs to the control API. */
export function isControlPath(path: string): boolean {
  return path === PREFIX || path.startsWith(`${PREFIX}/`);
}

/** Answers one request of the control API: 400 names each bad field. */
export async function answerControl(
  server: ServerControls,
  request: IncomingMessage,
  url: URL,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const answer = LOCAL_HOST.test(request.headers.host ?? '')
    ? await run(server, request.method ?? 'GET', url, body)
    : { status: 403, body: { error: 'Call the control API by 127.0.0.1 or localhost.' } };
  write(response, answer.status, 'application/json; charset=utf-8', `${JSON.stringify(answer.body)}\n`);
}

async function run(server: ServerControls, method: string, url: URL, body: string): Promise<ControlAnswer> {
  if (method === 'GET' && url.pathname === PREFIX)
    return { status: 200, body: { note: WHICH_APP, routes: listing() } };
  const found = CONTROL_ROUTES.find((route) => route.method === method && route.path === url.pathname);
  if (!found) return { status: 404, body: { error: 'No such control route: GET /_control lists them.' } };
  const json = readJson(body);
  if (method === 'POST' && json.type === 'unreadable')
    return refusal([{ path: '', message: 'Send a JSON body.' }]);
  const posted = json.type === 'value' ? json.value : {};
  try {
    const queried = Object.fromEntries(url.searchParams);
    const input = method === 'POST' ? withApp(posted, queried['appid']) : queried;
    return { status: 200, body: await found.run(server, input) };
  } catch (error) {
    return refusal(faultsOf(error));
  }
}

/** The query may name the app of a POST too. */
function withApp(posted: unknown, appid: string | undefined): unknown {
  const fields = asRecord(posted);
  return fields && appid !== undefined ? { appid, ...fields } : posted;
}

function listing(): readonly unknown[] {
  return CONTROL_ROUTES.map(({ method, path, does }) => ({ method, path, does }));
}

function refusal(errors: readonly { path: string; message: string }[]): ControlAnswer {
  return { status: 400, body: { error: 'invalid-input', errors } };
}

function faultsOf(error: unknown): readonly { path: string; message: string }[] {
  if (error instanceof ControlError) return [{ path: error.path, message: error.message }];
  if (v.isValiError(error)) {
    return error.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message }));
  }
  throw error;
}
