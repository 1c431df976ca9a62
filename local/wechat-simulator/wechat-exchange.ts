import type { ServerResponse } from 'node:http';
import type { Sleep } from '../../lib/clock.ts';
import type { Answer } from './answers.ts';
import type { WeChatRequest } from './calls.ts';
import { type Endpoint, factsOf, listedAnswer } from './endpoints.ts';
import type { Fault } from './faults.ts';
import type { RequestEnd } from './received-requests.ts';
import type { World } from './world.ts';

interface Exchange {
  readonly world: World;
  readonly endpoint: Endpoint;
  readonly response: ServerResponse;
  readonly end: (end: RequestEnd) => void;
}

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n';

/** One call from arrival to answer, with whatever fault is set for it. */
export async function answerWeChatCall(
  world: World,
  endpoint: Endpoint,
  request: WeChatRequest,
  response: ServerResponse,
  sleep: Sleep,
): Promise<void> {
  const facts = factsOf(world, endpoint.call, request);
  const end = world.received.begin(endpoint.call, request.method, request.path, facts);
  const exchange: Exchange = { world, endpoint, response, end };
  const early = world.faults.take('arrival', endpoint.call, facts);
  const pause = () => pauseFor(world, sleep, early?.kind === 'slow' ? early.ms : 0);
  if (early && early.kind !== 'slow') {
    await pause();
    return misbehave(exchange, early, undefined);
  }
  const answer = await endpoint.handle(world, request, pause);
  const late = answer.errcode === 0 ? world.faults.take('accepted', endpoint.call, facts) : undefined;
  if (late?.kind === 'slow') await sleep(late.ms);
  if (late && late.kind !== 'slow') return misbehave(exchange, late, answer);
  reply(exchange, answer, { ...ending(answer), ...((early ?? late) && { fault: 'slow' }) });
}

async function pauseFor({ switches, random }: World, sleep: Sleep, extraMs: number): Promise<void> {
  const ms = switches.latencyMs + switches.latencyJitterMs * random() + extraMs;
  if (ms > 0) await sleep(ms);
}

/** `done` is what WeChat did before the fault; undefined when it did nothing. */
function misbehave(
  exchange: Exchange,
  fault: Exclude<Fault, { kind: 'slow' }>,
  done: Answer | undefined,
): void {
  const { response, end } = exchange;
  const ended = { ...(done ? withoutErrcode(ending(done)) : { accepted: false }), fault: fault.kind };
  switch (fault.kind) {
    case 'errcode':
      reply(exchange, refusalOf(exchange, fault), { ...ended, errcode: fault.errcode });
      return;
    case 'hang':
      response.on('close', () => end(ended));
      return;
    case 'drop-answer':
      end(ended);
      response.socket?.destroy();
      return;
    case 'reset':
      end(ended);
      response.socket?.resetAndDestroy();
      return;
    case 'http-502':
      end(ended);
      write(response, 502, 'text/html', BAD_GATEWAY);
      return;
    case 'half-json':
      end(ended);
      write(response, 200, exchange.endpoint.contentType, halfOf(done));
      return;
    case 'cut-short':
      end(ended);
      response.writeHead(200, { 'content-type': exchange.endpoint.contentType, 'content-length': 1000 });
      response.write(halfOf(done), () => response.socket?.destroy());
      return;
  }
}

function refusalOf({ world, endpoint }: Exchange, fault: Extract<Fault, { kind: 'errcode' }>): Answer {
  const refuse = endpoint.call === 'login' ? world.refuseLogin : world.refuse;
  return refuse(fault.errcode, fault.errmsg);
}

function halfOf(done: Answer | undefined): string {
  const text = done?.text ?? '{"errcode":0,"errmsg":"ok"}';
  return text.slice(0, text.length / 2);
}

function ending({ errcode, msgid, issued }: Answer): RequestEnd {
  return {
    errcode,
    accepted: errcode === 0,
    ...(msgid !== undefined && { msgid }),
    ...(issued !== undefined && { issued }),
  };
}

function withoutErrcode({ errcode: _, ...rest }: RequestEnd): RequestEnd {
  return rest;
}

/** The end is noted before the answer leaves, so that a caller's next request cannot seem to overlap. */
function reply({ response, endpoint, end }: Exchange, answer: Answer, ended: RequestEnd): void {
  const listed = listedAnswer(endpoint.call, answer.text);
  end({ ...ended, ...(listed !== undefined && { answer: listed }) });
  write(response, 200, endpoint.contentType, answer.text);
}

/** A complete HTTP answer. */
export function write(response: ServerResponse, status: number, contentType: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': contentType, 'content-length': body.length });
  response.end(body);
}
