import type { Clock } from '../clock.ts';
import { createAccessTokenStore } from '../dynamodb/dynamodb-access-token-store.ts';
import type { Table } from '../dynamodb/table.ts';
import { createHttpClient, type HttpClient } from '../http/http-client.ts';
import type { AnswerRules } from '../sends/judge-answer.ts';
import type { TokenSenderServices } from '../sends/send-with-token.ts';
import type { Settings } from '../settings/settings.ts';
import { type AccessTokens, createAccessTokens } from '../token/access-tokens.ts';
import { TokenUnavailableError } from '../token/token-unavailable-error.ts';
import { tokenRefusal, withAccessToken } from '../token/with-access-token.ts';
import { remedyFor, sendRule } from '../wechat/errcodes.ts';
import { fetchAccessToken } from '../wechat/fetch-access-token.ts';
import { WeChatError } from '../wechat/read-answer.ts';
import { sendSubscribeMessage } from '../wechat/send-subscribe-message.ts';
import { getTemplates, type WeChatTemplate } from '../wechat/template-calls.ts';
import type { Runtime } from './runtime.ts';

/** More than the messages that a container has in hand: none that is claimed waits for another's answer. */
const CONNECTIONS = 256;

/** The way to WeChat for calls that carry an access token. */
export interface WeChatClient {
  readonly http: HttpClient;
  readonly tokens: AccessTokens;
  close(): Promise<void>;
}

/** Opens the connections. Calls that carry the AppSecret may take a proxy, for WeChat's IP allow-list. */
export function openWeChat(
  { app, wechat }: Pick<Settings, 'app' | 'wechat'>,
  table: Table,
  base: Runtime,
): WeChatClient {
  const http = createHttpClient({ baseUrl: wechat.apiBaseUrl, connections: CONNECTIONS });
  const { appId } = app;
  const { appSecret, tokenMode, apiBaseUrl: baseUrl, proxyUrl } = wechat;
  const credentialHttp = proxyUrl === undefined ? http : createHttpClient({ baseUrl, proxyUrl });
  const tokens =
    appSecret === undefined
      ? noAccessTokens(base.clock)
      : createAccessTokens({
          ...base,
          store: createAccessTokenStore(table, base.newUuid),
          fetchToken: ({ forceRefresh }) =>
            fetchAccessToken(credentialHttp, { appId, appSecret }, { mode: tokenMode, forceRefresh }),
          canForceRefresh: tokenMode === 'stable',
        });
  return {
    http,
    tokens,
    close: async () => void (await Promise.all([http.close(), credentialHttp.close()])),
  };
}

const SENDING_STOPPED = 'sending is stopped for this mini program (npm run setup -- --app takes it up again)';

/** For a mini program whose sending is stopped: a token that is still stored is used no more. */
function noAccessTokens(now: Clock): AccessTokens {
  const stopped = async (): Promise<never> => {
    throw new TokenUnavailableError({ reason: SENDING_STOPPED });
  };
  return { get: stopped, replace: stopped, force: stopped, giveUp: stopped, now };
}

/** The call that sends, through the line. */
export function sendCall({ http }: WeChatClient): Pick<TokenSenderServices, 'call' | 'isDocumented'> {
  return {
    call: (token, message) => sendSubscribeMessage(http, token, message),
    isDocumented: (errcode) => sendRule(errcode).class !== 'unlisted',
  };
}

/** The account's templates, read with an access token. @throws WeChatError, TokenUnavailableError */
export function fetchTemplates(wechat: WeChatClient): Promise<readonly WeChatTemplate[]> {
  return callWithToken(wechat, getTemplates);
}

/** A call made with an access token. @throws WeChatError, also for a refusal; TokenUnavailableError */
export async function callWithToken<T>(
  { http, tokens }: WeChatClient,
  call: (http: HttpClient, accessToken: string) => Promise<T>,
): Promise<T> {
  const result = await withAccessToken(tokens, {
    call: (token) => call(http, token).catch(refusalOrThrow),
    refusalOf: (answer) => (answer instanceof WeChatError ? tokenRefusal(answer) : undefined),
  });
  if (result instanceof WeChatError) throw result;
  return result;
}

/** WeChat's refusal of a call as a value. @throws whatever else went wrong */
function refusalOrThrow(error: unknown): WeChatError {
  if (error instanceof WeChatError && error.code === 'wechat-refused') return error;
  throw error;
}

/** WeChat's outcome table, as delivery asks for it. */
export const answerRules: AnswerRules = {
  ruleOf: sendRule,
  remedyOf: (errcode, errmsg) => remedyFor(errcode, errmsg, 'send'),
};
