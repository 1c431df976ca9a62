import type { Clock } from '../clock.ts';
import type { WeChatSender } from '../delivery/deliver-message.ts';
import type { AnswerRules, SendAnswer } from '../delivery/judge-answer.ts';
import { createHttpClient, type HttpClient } from '../http/http-client.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { REQUEST_LIMIT_MS } from '../sends/perform-send.ts';
import type { OutgoingMessage } from '../sends/send-port.ts';
import type { Settings } from '../settings.ts';
import type { Table } from '../table/client.ts';
import { createAccessTokenStore } from '../table/dynamodb-access-token-store.ts';
import { type AccessTokens, createAccessTokens } from '../token/access-tokens.ts';
import { TokenUnavailableError } from '../token/token-unavailable-error.ts';
import { withAccessToken } from '../token/with-access-token.ts';
import { remedyFor, sendRule } from '../wechat/errcodes.ts';
import { WeChatError } from '../wechat/errors.ts';
import { fetchAccessToken } from '../wechat/fetch-access-token.ts';
import { getTemplates, type WeChatTemplate } from '../wechat/get-templates.ts';
import { sendSubscribeMessage } from '../wechat/send-subscribe-message.ts';
import type { WeChatAnswer } from '../wechat-answer.ts';
import type { Foundation } from './foundation.ts';

/** WeChat's refusals of an access token (WeChat contract §2.3). */
const TOKEN_REFUSALS: ReadonlySet<number> = new Set([40001, 42001, 40014]);
/** The longest that WeChat's answer to one call may take, and that getting a token takes: a wait for others, and a fetch. */
const LONGEST_MS = { call: 10_000, token: 15_000 };

/** More than the messages that one container has in hand, so that none that is claimed waits for another's answer. */
const CONNECTIONS = 256;

/** The way to WeChat for calls that carry an access token. */
export interface WeChatLine {
  readonly http: HttpClient;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** Opens the connections. Calls that carry the AppSecret may go through a proxy of their own, for WeChat's IP allow-list. */
export function openWeChat(
  { app, wechat }: Pick<Settings, 'app' | 'wechat'>,
  table: Table,
  { clock, sleep, random, newUuid }: Foundation,
): WeChatLine {
  const http = createHttpClient({ baseUrl: wechat.apiBaseUrl, connections: CONNECTIONS });
  const credentialHttp = openCredentialHttp({ wechat }) ?? http;
  const credentials = { appId: app.appId, appSecret: wechat.appSecret };
  const tokens = createAccessTokens({
    store: createAccessTokenStore(table, newUuid),
    fetchToken: ({ forceRefresh }) =>
      fetchAccessToken(credentialHttp, credentials, { mode: wechat.tokenMode, forceRefresh }),
    canForceRefresh: wechat.tokenMode === 'stable',
    clock,
    sleep,
    random,
  });
  return {
    http,
    tokens,
    clock,
    close: async () => void (await Promise.all([http.close(), credentialHttp.close()])),
  };
}

/** The proxied connection for calls that carry the AppSecret, where the settings ask for one. */
function openCredentialHttp({ wechat }: Pick<Settings, 'wechat'>): HttpClient | undefined {
  if (wechat.proxyUrl === undefined) return undefined;
  return createHttpClient({ baseUrl: wechat.apiBaseUrl, proxyUrl: wechat.proxyUrl });
}

/** A sender for whatever has what WeChat is told. */
interface LineSender extends WeChatSender {
  send(message: OutgoingMessage): Promise<SendAnswer>;
}

/** Sends through the line, as delivery and campaigns ask for it. */
export function weChatSender(
  { http, tokens, clock }: WeChatLine,
  logger: Logger,
  measure: Measure,
): LineSender {
  const count = (name: 'WeChatErrors' | 'TokenUnavailable', errcode: number | undefined) =>
    measure({ name, values: [1], dimensions: { Errcode: String(errcode ?? 'none') } });
  const noteRefusal = ({ errcode, errmsg, rid }: Extract<SendAnswer, { type: 'answered' }>) => {
    count('WeChatErrors', errcode);
    if (sendRule(errcode).class !== 'unlisted') return;
    logger.warn('WeChat refused a send with an errcode that is not documented for it. Look its rid up.', {
      errcode,
      errmsg,
      rid,
    });
  };
  return {
    async ready() {
      try {
        await tokens.get();
        return true;
      } catch (error) {
        if (!(error instanceof TokenUnavailableError)) throw error;
        logger.error(error.message, { wechat: error.wechat });
        count('TokenUnavailable', error.wechat?.errcode);
        return false;
      }
    },

    async send(message) {
      const untilMs = clock() + REQUEST_LIMIT_MS;
      try {
        return await withAccessToken(tokens, {
          async call(token) {
            const answer = await sendSubscribeMessage(http, token, message);
            if (answer.type === 'answered' && answer.errcode !== 0) noteRefusal(answer);
            return answer;
          },
          refusalOf: (answer) => (answer.type === 'answered' ? tokenRefusal(answer) : undefined),
          // A token is worth getting only for a call that can still be made.
          hasTimeFor: (step) =>
            clock() + LONGEST_MS.call + (step === 'token' ? LONGEST_MS.token : 0) <= untilMs,
        });
      } catch (error) {
        // Thrown only where nothing was accepted for sending: the token could not be had, or was refused.
        if (!(error instanceof TokenUnavailableError)) throw error;
        count('TokenUnavailable', error.wechat?.errcode);
        return { type: 'no-token', reason: error.message };
      }
    },
  };
}

function tokenRefusal({ errcode, errmsg = '', rid }: Partial<WeChatAnswer>): WeChatAnswer | undefined {
  if (errcode === undefined || !TOKEN_REFUSALS.has(errcode)) return undefined;
  return { errcode, errmsg, ...(rid !== undefined && { rid }) };
}

/** The account's templates, read with an access token. @throws WeChatError, TokenUnavailableError */
export async function fetchTemplates({ http, tokens }: WeChatLine): Promise<readonly WeChatTemplate[]> {
  const result = await withAccessToken(tokens, {
    call: (token) => getTemplates(http, token).catch(refusalOrThrow),
    refusalOf: (answer) => (answer instanceof WeChatError ? tokenRefusal(answer) : undefined),
  });
  if (result instanceof WeChatError) throw result;
  return result;
}

function refusalOrThrow(error: unknown): WeChatError {
  if (error instanceof WeChatError && error.code === 'wechat-refused') return error;
  throw error;
}

/** WeChat's outcome table, as delivery asks for it. */
export const answerRules: AnswerRules = {
  ruleOf: sendRule,
  remedyOf: (errcode, errmsg) => remedyFor(errcode, errmsg, 'send'),
};
