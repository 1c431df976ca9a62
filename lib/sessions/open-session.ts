import * as v from 'valibot';
import type { Measure } from '../metrics.ts';
import { type WeChatAnswer, weChatAnswer } from '../wechat-answer.ts';
import type { IssuedSession } from './session-tokens.ts';

/** Asks WeChat whose login code this is (WeChat contract §1.1). */
export type CodeToSession = (code: string) => Promise<{ readonly openid: string; readonly unionid?: string }>;

export interface LoginServices {
  readonly codeToSession: CodeToSession;
  readonly issue: (openid: string) => Promise<IssuedSession>;
  readonly measure: Measure;
}

/** An open session, or why there is none. */
type LoginResult =
  | ({ readonly type: 'opened'; readonly openid: string; readonly unionid?: string } & IssuedSession)
  | LoginRefusal;

/** Trades a login code for a session. The code is never tried twice: WeChat takes each once. */
export async function openSession(services: LoginServices, code: string): Promise<LoginResult> {
  const user = await userOf(services.codeToSession, code);
  if ('type' in user) {
    if (user.type === 'wechat-credentials') {
      const dimensions = { Errcode: String(user.wechat.errcode) };
      services.measure({ name: 'LoginsRefused', values: [1], dimensions });
    }
    return user;
  }
  return { type: 'opened', ...user, ...(await services.issue(user.openid)) };
}

async function userOf(codeToSession: CodeToSession, code: string) {
  try {
    const { openid, unionid } = await codeToSession(code);
    return { openid, ...(unionid === undefined ? {} : { unionid }) };
  } catch (error) {
    const refusal = loginRefusal(error);
    if (refusal) return refusal;
    throw error;
  }
}

/** Why WeChat gave no user for a login code. */
export type LoginRefusal =
  | {
      readonly type:
        | 'code-invalid'
        | 'user-blocked'
        | 'rate-limited'
        | 'wechat-credentials'
        | 'wechat-busy'
        | 'wechat-refused';
      readonly wechat: WeChatAnswer;
    }
  /** `codeSpent`: the request may have arrived, so this code may be used up. */
  | { readonly type: 'wechat-unreachable'; readonly codeSpent: boolean };

/**
 * WeChat contract §1.1 for the login codes; §2.2 and §9.2 for what is wrong with the app's own credentials.
 */
const REFUSALS: readonly (readonly [RefusalType, readonly number[]])[] = [
  ['wechat-busy', [-1]],
  ['code-invalid', [40029, 40163, 41008]],
  ['user-blocked', [40226]],
  ['rate-limited', [45011]],
  [
    'wechat-credentials',
    [40001, 40013, 40125, 40164, 40243, 41002, 41004, 50004, 50007, 89501, 89503, 89506, 89507],
  ],
];

type RefusalType = Exclude<LoginRefusal['type'], 'wechat-unreachable'>;

/** Failures of a call to WeChat by their literal code; known by shape, so that any client will do. */
const failed = v.object({
  code: v.picklist(['wechat-refused', 'wechat-not-reached', 'wechat-no-answer', 'wechat-unreadable']),
});

/** The refusal behind a failed login; undefined for an error that is not WeChat's or the network's. */
function loginRefusal(error: unknown): LoginRefusal | undefined {
  const failure = v.safeParse(failed, error);
  if (!failure.success) return undefined;
  const { code } = failure.output;
  if (code !== 'wechat-refused') {
    return { type: 'wechat-unreachable', codeSpent: code !== 'wechat-not-reached' };
  }
  const answer = v.safeParse(weChatAnswer, error);
  if (!answer.success) return undefined;
  return { type: typeOf(answer.output.errcode), wechat: answer.output };
}

function typeOf(errcode: number): RefusalType {
  return REFUSALS.find(([, errcodes]) => errcodes.includes(errcode))?.[0] ?? 'wechat-refused';
}
