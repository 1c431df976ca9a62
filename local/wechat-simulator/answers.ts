import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';

/** What one call is answered with: the errcode that counts, and the exact body. */
export interface Answer {
  readonly errcode: number;
  readonly text: string;
  /** Facts for the list of received requests, never sent to the caller. */
  readonly msgid?: string;
  readonly issued?: string;
}

/** The texts that come with each errcode. Where WeChat's own is not known the wording is the simulator's (README). */
const TEXTS: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  20002: 'invalid args',
  40001:
    'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40032: 'invalid openid list size',
  40037: 'invalid template_id',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist',
  40226: 'code blocked',
  40234: 'invalid signature',
  40243: 'appsecret is frozen',
  40400: 'malformed http request',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  41030: 'invalid page',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43101: 'user refuse to accept the msg',
  43107: 'subscribe message sending is banned',
  43108: 'Cannot make concurrent calls to the same OpenID, please try again',
  44002: 'empty post data',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45168: 'content hits the sensitive word filter',
  47001: 'data format error',
  47003: 'argument invalid! data.thing1.value invalid',
  48001: 'api unauthorized',
  48006: 'forbid to clear quota because of reaching the limit',
  50004: 'forbidden to use token interface',
  50007: 'account is frozen',
  76021: 'cgi_path not found, please check',
  85433: 'invalid check_json',
  85434: 'invalid notify_type',
  85435: 'invalid content_json',
  85436: 'notify_code abnormal',
  85437: 'invalid notify_code',
  85438: 'notify_code expired',
  85439: 'invalid cur_status',
  85440: 'content_json misses a field',
  85442: 'content_json failed the content check',
  85449: 'notify_code is locked',
  85470: 'invalid ext_json',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
  89501: 'this ip is waiting for an approval',
  89503: 'this ip needs an approval',
  89506: 'this ip was refused, retry after 24 hours',
  89507: 'this ip was refused, retry after 1 hour',
  200011: 'this account is banned from adding templates',
  200012: 'too many private templates',
  200014: 'invalid tid',
  200016: 'invalid start',
  200017: 'invalid limit',
  200018: 'missing ids',
  200019: 'invalid ids',
  200020: 'invalid kidList',
  200021: 'invalid sceneDesc',
  200022: 'template has added already',
  9800001: 'sn长度不能超过128字节',
  9800002: 'sn包含非法字符，请参考文档',
  9800003: 'model_id检查不通过',
  9800006: '订阅model_id和sn关系检查失败，请确认发送消息时传入的model_id和sn与订阅时传入的是否一致',
};

/** Refusals that carry a comma before the rid, as `/sns` answers mostly do (WeChat contract §0.2, §1.1). */
const COMMA_IN_SNS: ReadonlySet<number> = new Set([40002, 40029, 40163, 40226, 41002, 41004, 41008]);

/** Builds refusals whose rid begins with the clock in hex (WeChat contract §0.2). */
export interface Refusals {
  refuse(errcode: number, text?: string, fields?: Readonly<Record<string, unknown>>): Answer;
  /** The spelling of `/sns/jscode2session`. */
  refuseLogin(errcode: number, text?: string): Answer;
}

/** Refusals stamped by `clock`. */
export function createRefusals(clock: Clock): Refusals {
  const answer = (errcode: number, text: string | undefined, comma: string, fields = {}): Answer => {
    const errmsg = `${text ?? TEXTS[errcode] ?? 'error'}${comma} rid: ${createRid(clock)}`;
    return { errcode, text: JSON.stringify({ errcode, errmsg, ...fields }) };
  };
  return {
    refuse: (errcode, text, fields) => answer(errcode, text, '', fields),
    refuseLogin: (errcode, text) => answer(errcode, text, COMMA_IN_SNS.has(errcode) ? ',' : ''),
  };
}

function createRid(clock: Clock): string {
  const seconds = Math.floor(clock() / 1000);
  const random = randomBytes(8).toString('hex');
  return `${hex8(seconds)}-${random.slice(0, 8)}-${random.slice(8)}`;
}

function hex8(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}

/** A success without errcode, as the token and login calls answer (WeChat contract §0.1). */
export function bareSuccess(fields: Readonly<Record<string, unknown>>): Answer {
  return { errcode: 0, text: JSON.stringify(fields) };
}

/** A success with errcode 0 and errmsg "ok". */
export function success(fields: Readonly<Record<string, unknown>> = {}): Answer {
  return { errcode: 0, text: JSON.stringify({ errcode: 0, errmsg: 'ok', ...fields }) };
}
