import { clearQuota, getQuota, listTemplates } from './account-calls.ts';
import type { Answer } from './answers.ts';
import { asRecord, type CallName, textOf, type WeChatRequest } from './calls.ts';
import { getUserNotify, setUserNotify, setUserNotifyExt } from './card-calls.ts';
import { getSnTicket } from './device-calls.ts';
import { listCategories, listPublicKeywords, listPublicTitles } from './library-calls.ts';
import { checkSession, codeToSession } from './login-calls.ts';
import type { RequestFacts } from './received-requests.ts';
import { send, sendToDevice } from './send-call.ts';
import { addTemplate, deleteTemplate } from './template-calls.ts';
import { plainToken, stableToken } from './token-calls.ts';
import type { World } from './world.ts';

/** Waits for as long as WeChat takes. */
type Pause = () => Promise<void>;

/** One simulated call and where it lives. */
export interface Endpoint {
  readonly call: CallName;
  readonly contentType: string;
  /** Awaits `pause` once, before it decides. */
  handle(world: World, request: WeChatRequest, pause: Pause): Promise<Answer>;
}

/** The list of received requests holds nothing of larger bodies, so that its memory has a bound. */
const LISTED_BODY_LENGTH = 8192;
/** The answers of these calls hold a session_key, an access token or a ticket. */
const SECRET_ANSWERS: readonly CallName[] = ['login', 'plain-token', 'stable-token', 'sn-ticket'];
/** Login answers are labelled as text (WeChat contract §0.1). */
const TEXT = 'text/plain';
/** With "encoding", as WeChat writes it. */
export const JSON_TYPE = 'application/json; encoding=utf-8';

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['/sns/jscode2session', { call: 'login', contentType: TEXT, handle: afterPause(codeToSession) }],
  ['/wxa/checksession', endpoint('check-session', afterPause(checkSession))],
  ['/cgi-bin/token', endpoint('plain-token', afterPause(plainToken))],
  ['/cgi-bin/stable_token', endpoint('stable-token', afterPause(stableToken))],
  ['/cgi-bin/message/subscribe/send', endpoint('send', send)],
  ['/cgi-bin/message/device/subscribe/send', endpoint('device-send', sendToDevice)],
  ['/wxa/getsnticket', endpoint('sn-ticket', afterPause(getSnTicket))],
  ['/wxa/set_user_notify', endpoint('set-card', setUserNotify)],
  ['/wxa/set_user_notifyext', endpoint('set-card-ext', setUserNotifyExt)],
  ['/wxa/get_user_notify', endpoint('get-card', afterPause(getUserNotify))],
  ['/wxaapi/newtmpl/gettemplate', endpoint('templates', afterPause(listTemplates))],
  ['/wxaapi/newtmpl/getcategory', endpoint('categories', afterPause(listCategories))],
  ['/wxaapi/newtmpl/getpubtemplatetitles', endpoint('public-titles', afterPause(listPublicTitles))],
  ['/wxaapi/newtmpl/getpubtemplatekeywords', endpoint('public-keywords', afterPause(listPublicKeywords))],
  ['/wxaapi/newtmpl/addtemplate', endpoint('add-template', afterPause(addTemplate))],
  ['/wxaapi/newtmpl/deltemplate', endpoint('delete-template', afterPause(deleteTemplate))],
  ['/cgi-bin/openapi/quota/get', endpoint('quota', afterPause(getQuota))],
  ['/cgi-bin/clear_quota', endpoint('clear-quota', afterPause(clearQuota))],
]);

/** The endpoint at `path`, if WeChat has one there. */
export function endpointAt(path: string): Endpoint | undefined {
  return ENDPOINTS.get(path);
}

function endpoint(call: CallName, handle: Endpoint['handle']): Endpoint {
  return { call, contentType: JSON_TYPE, handle };
}

function afterPause(decide: (world: World, request: WeChatRequest) => Answer): Endpoint['handle'] {
  return async (world, request, pause) => {
    await pause();
    return decide(world, request);
  };
}

/** What may be listed about a request: no AppSecret, no login code, and tokens by their label only. */
export function factsOf(world: World, call: CallName, request: WeChatRequest): RequestFacts {
  const token = world.tokens.labelOf(request.query.get('access_token'));
  const isSmall = request.bodyLength <= LISTED_BODY_LENGTH;
  const body = request.json.type === 'value' && isSmall ? asRecord(request.json.value) : undefined;
  return { ...(token !== undefined && { token }), ...bodyFacts(call, body) };
}

/** What may be listed of an answer. */
export function listedAnswer(call: CallName, text: string): string | undefined {
  return SECRET_ANSWERS.includes(call) || text.length > LISTED_BODY_LENGTH ? undefined : text;
}

function bodyFacts(call: CallName, body: Readonly<Record<string, unknown>> | undefined): RequestFacts {
  if (!body) return {};
  if (call === 'stable-token') return { forceRefresh: body['force_refresh'] };
  if (call === 'set-card' || call === 'set-card-ext' || call === 'get-card') return cardFacts(body);
  if (call !== 'send' && call !== 'device-send') return {};
  const list = body['to_openid_list'];
  const openid =
    textOf(body, 'touser') ?? (Array.isArray(list) && typeof list[0] === 'string' ? list[0] : undefined);
  const templateId = textOf(body, 'template_id');
  return {
    ...(openid !== undefined && { openid }),
    ...(templateId !== undefined && { templateId }),
    data: body['data'],
    page: body['page'],
    miniprogramState: body['miniprogram_state'],
    lang: body['lang'],
    ...(call === 'device-send' && { device: { sn: body['sn'], modelId: body['modelId'] } }),
  };
}

function cardFacts(body: Readonly<Record<string, unknown>>): RequestFacts {
  const openid = textOf(body, 'openid');
  const { openid: _, ...data } = body;
  return { ...(openid !== undefined && { openid }), data };
}
