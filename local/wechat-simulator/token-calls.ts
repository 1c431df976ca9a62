import { type Answer, bareSuccess } from './answers.ts';
import { asRecord, given, textOf, type WeChatRequest } from './calls.ts';
import type { IssuedToken } from './token-store.ts';
import type { World } from './world.ts';

interface Credentials {
  readonly appid: string | undefined;
  readonly secret: string | undefined;
  readonly grantType: string | undefined;
}

/** `GET /cgi-bin/token` (WeChat contract §2.1). */
export function plainToken(world: World, request: WeChatRequest): Answer {
  if (request.method !== 'GET') return world.refuse(43001);
  const { query } = request;
  const refusal = refuseCredentials(world, request, {
    appid: query.get('appid') ?? undefined,
    secret: query.get('secret') ?? undefined,
    grantType: query.get('grant_type') ?? undefined,
  });
  if (refusal) return refusal;
  const limited = world.quotas.take('plain-token', world.switches);
  if (limited) return world.refuse(limited);
  return tokenAnswer(world, world.tokens.fetchPlain(world.switches.tokenLifetimeSeconds * 1000));
}

/** `POST /cgi-bin/stable_token` (WeChat contract §2.1). */
export function stableToken(world: World, request: WeChatRequest): Answer {
  if (request.method !== 'POST') return world.refuse(43002);
  if (request.json.type === 'empty') return world.refuse(44002);
  const body = request.json.type === 'value' ? asRecord(request.json.value) : undefined;
  if (!body) return world.refuse(47001);
  const refusal = refuseCredentials(world, request, {
    appid: textOf(body, 'appid'),
    secret: textOf(body, 'secret'),
    grantType: textOf(body, 'grant_type'),
  });
  if (refusal) return refusal;
  const force = given(body, 'force_refresh') ?? false;
  if (typeof force !== 'boolean') return world.refuse(47001);
  const limited = world.quotas.take('stable-token', world.switches);
  if (limited) return world.refuse(limited);
  return tokenAnswer(world, world.tokens.fetchStable(world.switches.tokenLifetimeSeconds * 1000, force));
}

/** The appid is looked at before the grant_type (WeChat contract §2.2). */
function refuseCredentials(world: World, request: WeChatRequest, given: Credentials): Answer | undefined {
  if (!given.appid) return world.refuse(41002);
  if (given.appid !== world.appId) return world.refuse(40013);
  if (!given.secret) return world.refuse(41004);
  if (given.grantType !== 'client_credential') return world.refuse(40002);
  if (given.secret !== world.appSecret) return world.refuse(40125);
  return refuseAddress(world, request.callerIp);
}

function refuseAddress(world: World, ip: string): Answer | undefined {
  const allowed = world.switches.ipWhitelist;
  if (allowed === null || allowed.includes(ip)) return undefined;
  return world.refuse(40164, `invalid ip ${ip} ipv6 ::ffff:${ip}, not in whitelist`);
}

function tokenAnswer(world: World, issued: IssuedToken): Answer {
  const answer = bareSuccess({
    access_token: issued.token,
    expires_in: world.tokens.secondsLeft(issued),
  });
  return { ...answer, issued: issued.label };
}
