import { createHmac } from 'node:crypto';
import { type Answer, bareSuccess, success } from './answers.ts';
import type { WeChatRequest } from './calls.ts';
import { countLogin } from './users.ts';
import type { World } from './world.ts';

/** `GET /sns/jscode2session` (WeChat contract §1.1). */
export function codeToSession(world: World, request: WeChatRequest): Answer {
  const { query } = request;
  if (request.method !== 'GET') return world.refuseLogin(43001);
  const appid = query.get('appid');
  const secret = query.get('secret');
  const code = query.get('js_code');
  if (!appid) return world.refuseLogin(41002);
  if (!secret) return world.refuseLogin(41004);
  if (!code) return world.refuseLogin(41008);
  if (appid !== world.appId) return world.refuseLogin(40013);
  if (secret !== world.appSecret) return world.refuseLogin(40125);
  if (query.get('grant_type') !== 'authorization_code') return world.refuseLogin(40002);
  return exchange(world, code);
}

function exchange(world: World, code: string): Answer {
  const owner = world.codes.look(code);
  if ('errcode' in owner) return world.refuseLogin(owner.errcode);
  const user = world.users.ensure(owner.openid);
  if (!countLogin(user, world.clock, world.switches.loginsPerUserPerMinute)) return world.refuseLogin(45011);
  world.codes.use(code);
  if (user.blocked) return world.refuseLogin(40226);
  return bareSuccess({
    session_key: user.sessionKey,
    openid: user.openid,
    ...(user.unionid && { unionid: user.unionid }),
  });
}

/** `GET /wxa/checksession` (WeChat contract §1.2). */
export function checkSession(world: World, request: WeChatRequest): Answer {
  const { query } = request;
  const refused = world.tokens.refusalOf(query.get('access_token'));
  if (refused) return world.refuse(refused);
  if (request.method !== 'GET') return world.refuse(43001);
  const user = world.users.get(query.get('openid') ?? '');
  if (!user) return world.refuse(40003);
  if (query.get('sig_method') !== 'hmac_sha256') return world.refuse(87008);
  const signature = createHmac('sha256', user.sessionKey).update('').digest('hex');
  return user.sessionKey !== '' && query.get('signature') === signature ? success() : world.refuse(87009);
}
