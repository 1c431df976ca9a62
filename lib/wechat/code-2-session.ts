import * as v from 'valibot';
import type { HttpClient } from '../http/http-client.ts';
import type { AppCredentials } from './fetch-access-token.ts';
import { expectResult } from './read-answer.ts';

/** Without the session_key: nothing here needs it, so it goes no further than this file. */
const session = v.pipe(
  v.object({ openid: v.pipe(v.string(), v.minLength(1)), unionid: v.exactOptional(v.string()) }),
  v.transform(({ openid, unionid }) => ({
    openid,
    ...(unionid !== undefined && unionid !== '' && { unionid }),
  })),
);

/** Trades the code of `wx.login` for the user it belongs to (WeChat contract §1.1). @throws WeChatError */
export async function code2Session(
  http: HttpClient,
  { appId, appSecret }: AppCredentials,
  code: string,
): Promise<{ openid: string; unionid?: string }> {
  const answer = await http.request({
    method: 'GET',
    path: '/sns/jscode2session',
    query: { appid: appId, secret: appSecret, js_code: code, grant_type: 'authorization_code' },
  });
  return expectResult('jscode2session', session, answer);
}
