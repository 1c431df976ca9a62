import * as v from 'valibot';
import type { Logger } from '../../logger.ts';
import { APP_ID_FORM } from '../../settings/setting-values.ts';
import { jsonMessage } from '../../wechat/push/read-fields.ts';
import type { PushQuery, PushReceiver, PushRefusal } from '../../wechat/push/receive-push.ts';
import type { EnqueueEvent } from '../../wechat-events/event-job.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, type RouteRequest, route } from '../route.ts';

export interface WeChatEventRouteServices {
  /** Absent while message push is not set up. */
  readonly receiver?: PushReceiver;
  readonly enqueue: EnqueueEvent;
  /** Whether messages that are not about subscribe messages are kept for the owner. */
  readonly forwardMessages: boolean;
  readonly logger: Logger;
}

/** WeChat's messages are a few KB; what is larger is not from there. */
const MAX_BODY_BYTES = 64 * 1024;

/** What is missing is an empty text: it is refused like a wrong one. */
const parameter = (what: string) => v.optional(v.pipe(v.string(), v.description(what)), '');

const signed = {
  signature: parameter('Hex SHA-1 of Token, timestamp and nonce, sorted and joined.'),
  timestamp: parameter('Unix seconds, at most five minutes from now.'),
  nonce: parameter('A random text.'),
};

const verification = {
  description: 'For WeChat only, when the URL is saved in its console.',
  access: { anyone: true },
  query: v.object({ ...signed, echostr: parameter('What to answer.') }),
  answers: {
    200: { description: 'The echostr, as it came', schema: v.string(), mediaType: 'text/plain' },
  },
  problems: ['invalid-signature', 'not-found'],
} as const;

const push = {
  whileStopped: true,
  description:
    'For WeChat only: plaintext (if WECHAT_PUSH_PLAINTEXT allows it), compatible and safe mode, XML and JSON. Stored before it is answered, taken in after. The same event counts once, however often it comes.',
  access: { anyone: true },
  query: v.object({
    ...signed,
    msg_signature: parameter('The same with the Encrypt text of the body: compatible and safe mode.'),
  }),
  text: {
    description:
      'A message as WeChat writes it, in JSON or XML: its fields (MsgType, Event, FromUserName, …), or ToUserName and Encrypt where it is sealed. Any content-type is taken.',
    mediaTypes: { 'application/json': jsonMessage, 'text/xml': v.string() },
  },
  maxBodyBytes: MAX_BODY_BYTES,
  answers: {
    200: { description: 'Taken', schema: v.literal('success'), mediaType: 'text/plain' },
  },
  problems: ['invalid-signature', 'not-found', 'invalid-body'],
} as const;

/** WeChat adds no header of ours, so that its URL names the mini program. */
const params = v.strictObject({ appid: v.pipe(v.string(), v.regex(APP_ID_FORM)) });

const OF_APP_PROBLEMS = ['unknown-app', 'app-not-ready'] as const;

/** The routes of `/v1/wechat/events` as data. */
export const wechatEventSpecs = describeRoutes({
  verifyCallback: {
    route: 'GET /v1/wechat/events',
    ...verification,
    summary: "WeChat's check of the callback URL, of the stage's first mini program",
  },
  receiveEvent: {
    route: 'POST /v1/wechat/events',
    ...push,
    summary: "WeChat's messages and events, of the stage's first mini program",
  },
  verifyCallbackOfApp: {
    route: 'GET /v1/wechat/events/{appid}',
    ...verification,
    params,
    problems: [...verification.problems, ...OF_APP_PROBLEMS],
    summary: "WeChat's check of the callback URL",
  },
  receiveEventOfApp: {
    route: 'POST /v1/wechat/events/{appid}',
    ...push,
    params,
    problems: [...push.problems, ...OF_APP_PROBLEMS],
    summary: "WeChat's messages and events",
  },
});

/** The routes of `/v1/wechat/events`. */
export function wechatEventRoutes(services: WeChatEventRouteServices): readonly Route[] {
  const echo = async ({ query }: Pick<RouteRequest<typeof wechatEventSpecs.verifyCallback>, 'query'>) => {
    const refusal = receiverOf(services).refusalOf(pushQuery(query));
    if (refusal) throw refusalProblem(refusal);
    return { status: 200, body: query.echostr } as const;
  };
  const receive = async (request: Pick<RouteRequest<typeof wechatEventSpecs.receiveEvent>, PushPart>) => {
    await take(services, pushQuery(request.query), request.text, request.requestId);
    return { status: 200, body: 'success' } as const;
  };
  return [
    route(wechatEventSpecs.verifyCallback, echo),
    route(wechatEventSpecs.verifyCallbackOfApp, echo),
    route(wechatEventSpecs.receiveEvent, receive),
    route(wechatEventSpecs.receiveEventOfApp, receive),
  ];
}

type PushPart = 'query' | 'text' | 'requestId';

async function take(
  services: WeChatEventRouteServices,
  query: PushQuery,
  body: string,
  requestId: string,
): Promise<void> {
  const { enqueue, forwardMessages, logger } = services;
  const result = receiverOf(services).receive(query, body);
  switch (result.type) {
    case 'subscribe': {
      const { event, problems } = result;
      if (problems)
        logger.warn('A part of an event of WeChat’s is not as it documents it and is left out.', {
          requestId,
          event: event.type,
          problems,
        });
      return enqueue({ type: 'subscribe', event });
    }
    case 'card': {
      const { receipt, name, fields } = result;
      await enqueue({ type: 'card', receipt });
      // Cards may be another system's of the owner's, which had this event before.
      if (forwardMessages) await enqueue({ type: 'other', name, fields });
      return;
    }
    case 'other': {
      const { name, fields, problems } = result;
      if (problems)
        logger.warn('An event of WeChat’s is not as it documents it.', { requestId, name, problems });
      if (forwardMessages) await enqueue({ type: 'other', name, fields });
      return;
    }
    case 'refused':
      if (SIGNED_REFUSALS.has(result.reason))
        logger.warn('A push of WeChat’s was refused.', { requestId, reason: REFUSALS[result.reason] });
      throw refusalProblem(result.reason);
    case 'unreadable':
      logger.warn('A push of WeChat’s is neither XML nor JSON of a message.', { requestId });
      throw new ProblemError('invalid-body', 'Send a message of WeChat’s, as XML or JSON.');
  }
}

function receiverOf({ receiver }: WeChatEventRouteServices): PushReceiver {
  if (receiver) return receiver;
  throw new ProblemError(
    'not-found',
    'Message push is off. Set WECHAT_PUSH_TOKEN and WECHAT_PUSH_AES_KEY to what stands in WeChat’s console.',
  );
}

function pushQuery(query: {
  signature: string;
  timestamp: string;
  nonce: string;
  msg_signature?: string;
}): PushQuery {
  const { signature, timestamp, nonce, msg_signature = '' } = query;
  return { signature, timestamp, nonce, msgSignature: msg_signature };
}

/** The query was signed with our Token: a setting differs, rather than that someone knocks. */
const SIGNED_REFUSALS: ReadonlySet<PushRefusal> = new Set<PushRefusal>([
  'msg-signature',
  'plaintext',
  'no-key',
  'sealed',
  'appid',
]);

/** What to do about each refusal. */
const REFUSALS: Readonly<Record<PushRefusal, string>> = {
  signature: 'The signature is wrong: the Token in WeChat’s console and WECHAT_PUSH_TOKEN must be the same.',
  timestamp: 'The timestamp is more than five minutes from now.',
  'msg-signature':
    'The msg_signature does not fit the body: the Token in WeChat’s console and WECHAT_PUSH_TOKEN must be the same.',
  plaintext:
    'Plaintext mode is off, because no signature covers its body. Choose safe mode in WeChat’s console, or set WECHAT_PUSH_PLAINTEXT to true.',
  'no-key': 'The body is encrypted and there is no key: set WECHAT_PUSH_AES_KEY.',
  sealed:
    'The body does not open: the EncodingAESKey in WeChat’s console and WECHAT_PUSH_AES_KEY must be the same.',
  appid: 'The message is for another appid than WECHAT_APP_ID.',
};

function refusalProblem(reason: PushRefusal): ProblemError {
  return new ProblemError('invalid-signature', REFUSALS[reason]);
}
