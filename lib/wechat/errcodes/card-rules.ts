import type { CardReceipt, ReceiptRules } from '../../cards/card-receipt.ts';
import type { CardRule } from '../../cards/judge-card-answer.ts';
import { SEND_RULES, UNLISTED } from './send-rules.ts';

const rows = (rule: CardRule, ...errcodes: readonly number[]): readonly (readonly [number, CardRule])[] =>
  errcodes.map((errcode) => [errcode, rule] as const);

/** Answers of `set_user_notify` and `set_user_notifyext` (WeChat contract §8.2, §9.4). */
const CARD_RULES: ReadonlyMap<number, CardRule> = new Map([
  ...rows({ reason: 'accepted' }, 0),
  ...rows({ reason: 'transient', retry: 'soon' }, 85431, 85449),
  ...rows({ reason: 'ambiguous', retry: 'soon', ends: 'unknown' }, -1),
  ...rows({ reason: 'code-unknown', retry: 'order' }, 85437),
  ...rows({ reason: 'code-expired', ends: 'expired' }, 85438),
  ...rows({ reason: 'code-spent' }, 85436, 85448),
  ...rows({ reason: 'state-order' }, 85439),
  ...rows({ reason: 'payload' }, 85433, 85434, 85435, 85470, 85440, 85441, 85442, 85443, 85471),
  ...rows({ reason: 'payload' }, 85444, 85445, 85446, 85447),
  ...rows({ reason: 'permission' }, 85461, 85462),
  ...rows({ reason: 'rate', retry: 'rate' }, 45011),
  ...rows({ reason: 'quota', retry: 'quota' }, 45009),
]);

/** What an errcode means for a card. What is wrong with the account or a token is so for every call. */
export function cardRule(errcode: number): CardRule {
  return CARD_RULES.get(errcode) ?? { reason: (SEND_RULES.get(errcode) ?? UNLISTED).class };
}

/** Whether an errcode is documented for cards. */
export function isCardErrcode(errcode: number): boolean {
  return CARD_RULES.has(errcode) || SEND_RULES.has(errcode);
}

type ReceiptRule = ReturnType<ReceiptRules['receiptOf']>;

const RECEIPTS: ReadonlyMap<CardReceipt['failRet'], ReceiptRule> = new Map([
  [
    -10001,
    failed(
      'transient',
      'WeChat had a fault of its own and did not notify the user. The card itself has the content; the next change notifies again.',
      '微信系统错误，没有通知用户。卡片内容已经更新，下一次更新会再次通知。',
    ),
  ],
  [
    -10002,
    failed(
      'payload',
      'WeChat’s content check refused the notification. Change the wording with PATCH.',
      '内容安全校验不通过，通知没有下发。请修改文案后用 PATCH 重新提交。',
    ),
  ],
  [
    -1003,
    failed(
      'configuration',
      'The account has not added the template of this card. Add it by its tid (docs/zh/cards.md) or under 订阅消息 → 公共模板库 in the console.',
      '账号尚未添加此卡片的模板。请按 tid 添加（见 docs/zh/cards.md），或在公众平台“订阅消息 → 公共模板库”中选用。',
    ),
  ],
  [
    -1004,
    {
      state: 'refused',
      reason: 'user-refused',
      remedy: {
        en: 'The user refuses this card. Do not send similar messages in its place; only the user can turn it on again.',
        zh: '用户拒收此卡片。请不要改发类似的消息，只有用户自己能重新开启。',
      },
    },
  ],
  [
    -1005,
    failed(
      'rate',
      'WeChat held this notification back because there were too many. The card itself has the content; change it less often.',
      '通知过于频繁，被微信拦截。卡片内容已经更新，请降低更新频率。',
    ),
  ],
]);

function failed(reason: string, en: string, zh: string): ReceiptRule {
  return { state: 'failed', reason, remedy: { en, zh } };
}

/** What a notification that failed means for its card (WeChat contract §8.2). */
export function cardReceiptRule(failRet: number): ReceiptRule {
  const unlisted = failed(
    'unlisted',
    `WeChat did not notify the user and says ${failRet}, which is not documented. The card itself may have the content.`,
    `微信没有通知用户，返回了文档中没有的错误码 ${failRet}。卡片内容可能已经更新。`,
  );
  return RECEIPTS.get(failRet) ?? unlisted;
}
