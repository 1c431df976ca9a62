import * as v from 'valibot';
import { type WeChatAnswer, weChatAnswer } from '../wechat-answer.ts';

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

/** WeChat contract §1.1 for the login codes; §2.2 and §9.2 for what is wrong with the app's own credentials. */
const REFUSALS: ReadonlyMap<number, Exclude<LoginRefusal['type'], 'wechat-unreachable'>> = new Map([
  [-1, 'wechat-busy'],
  [40029, 'code-invalid'],
  [40163, 'code-invalid'],
  [41008, 'code-invalid'],
  [40226, 'user-blocked'],
  [45011, 'rate-limited'],
  [40001, 'wechat-credentials'],
  [40013, 'wechat-credentials'],
  [40125, 'wechat-credentials'],
  [40164, 'wechat-credentials'],
  [40243, 'wechat-credentials'],
  [41002, 'wechat-credentials'],
  [41004, 'wechat-credentials'],
  [50004, 'wechat-credentials'],
  [50007, 'wechat-credentials'],
  [89501, 'wechat-credentials'],
  [89503, 'wechat-credentials'],
  [89506, 'wechat-credentials'],
  [89507, 'wechat-credentials'],
]);

/** The failures of a call to WeChat, by their literal code; known by shape, so that any client can be handed in. */
const failed = v.object({
  code: v.picklist(['wechat-refused', 'wechat-not-reached', 'wechat-no-answer', 'wechat-unreadable']),
});

/** Reads a failed login; undefined for an error that is not WeChat's or the network's. */
export function loginRefusal(error: unknown): LoginRefusal | undefined {
  const failure = v.safeParse(failed, error);
  if (!failure.success) return undefined;
  const { code } = failure.output;
  if (code !== 'wechat-refused') {
    return { type: 'wechat-unreachable', codeSpent: code !== 'wechat-not-reached' };
  }
  const answer = v.safeParse(weChatAnswer, error);
  if (!answer.success) return undefined;
  return { type: REFUSALS.get(answer.output.errcode) ?? 'wechat-refused', wechat: answer.output };
}
