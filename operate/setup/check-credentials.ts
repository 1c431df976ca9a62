import type { BilingualText } from '../../lib/bilingual-text.ts';
import { createHttpClient } from '../../lib/http/http-client.ts';
import { remedyFor } from '../../lib/wechat/errcodes.ts';
import { type AppCredentials, fetchAccessToken } from '../../lib/wechat/fetch-access-token.ts';
import { WeChatError } from '../../lib/wechat/read-answer.ts';

/** What WeChat says of an appid and its AppSecret. */
export type CredentialVerdict =
  | { readonly type: 'good' }
  /** WeChat refused the address before it looked at the rest: they may be right. */
  | { readonly type: 'address'; readonly errcode: number; readonly remedy: BilingualText }
  | { readonly type: 'wrong'; readonly errcode: number; readonly remedy: BilingualText }
  /** Nothing is known: WeChat was busy or not to be reached. */
  | { readonly type: 'unknown'; readonly reason: string; readonly remedy?: BilingualText };

/** Refusals that are about the appid, the AppSecret or the account (WeChat contract §2.2). */
const WRONG: ReadonlySet<number> = new Set([40001, 40002, 40013, 40125, 40243, 41002, 41004, 50004, 50007]);
/** Refusals of the address that asks (WeChat contract §2.2). */
const ADDRESS: ReadonlySet<number> = new Set([40164, 89501, 89503, 89506, 89507]);

/**
 * Asks WeChat for a token. It is the stable one, and without force, so that a service which runs with these credentials
 * keeps the token that it has, in either token mode (WeChat contract §2.1).
 */
export async function checkCredentials(
  credentials: AppCredentials,
  { apiBaseUrl, proxyUrl }: { readonly apiBaseUrl: string; readonly proxyUrl?: string },
): Promise<CredentialVerdict> {
  const http = createHttpClient({ baseUrl: apiBaseUrl, ...(proxyUrl !== undefined && { proxyUrl }) });
  try {
    await fetchAccessToken(http, credentials, { mode: 'stable', forceRefresh: false });
    return { type: 'good' };
  } catch (error) {
    if (!(error instanceof WeChatError)) throw error;
    return verdictOf(error);
  } finally {
    await http.close();
  }
}

function verdictOf({ message, errcode, errmsg = '' }: WeChatError): CredentialVerdict {
  if (errcode === undefined) return { type: 'unknown', reason: message };
  const remedy = remedyFor(errcode, errmsg, 'token');
  if (ADDRESS.has(errcode)) return { type: 'address', errcode, remedy };
  if (WRONG.has(errcode)) return { type: 'wrong', errcode, remedy };
  return { type: 'unknown', reason: message, remedy };
}
