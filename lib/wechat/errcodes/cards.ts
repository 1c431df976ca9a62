import type { BilingualText } from '../../bilingual-text.ts';

const WAIT: BilingualText = {
  en: 'WeChat is busy, or another update holds this card. Try again in a few seconds, and wait longer each time.',
  zh: '微信系统繁忙，或这张卡片正在被另一次更新占用。请过几秒再试，并逐次延长间隔。',
};
const SPENT: BilingualText = {
  en: 'This notify_code cannot be used any more. Do not repeat the call; get a new code from the user or the order.',
  zh: '这个 notify_code 已不能使用。请不要重试，应从用户操作或订单重新获取。',
};
const PARAMETER: BilingualText = {
  en: 'WeChat refused a parameter of the card: notify_type, check_json, content_json or ext_json. Correct the request.',
  zh: '微信不接受卡片的某个参数：notify_type、check_json、content_json 或 ext_json。请改正请求。',
};
const CONTENT: BilingualText = {
  en: 'WeChat refused the content of the card: its state, a field, its format, its encoding or its wording. Let a person check it.',
  zh: '卡片内容未被接受：可能是状态、字段、格式、编码或审核问题。请人工检查。',
};
const NOT_ADMITTED: BilingualText = {
  en: 'This kind of card or this mini program is not admitted. Check in the console whether the account may use it.',
  zh: '该类卡片或小程序没有准入资格。请在公众平台确认账号能否使用。',
};

/** Refusals of the calls about service cards (WeChat contract §8.2, §9.4). */
export const CARD_REMEDIES: ReadonlyMap<number, BilingualText> = new Map([
  ...list(WAIT, [85431, 85449]),
  ...list(SPENT, [85436, 85438, 85448]),
  ...list(PARAMETER, [85433, 85434, 85435, 85470]),
  ...list(CONTENT, [85439, 85440, 85441, 85442, 85443, 85444, 85445, 85446, 85447, 85471]),
  ...list(NOT_ADMITTED, [85461, 85462]),
  [
    85437,
    {
      en: 'WeChat does not know this notify_code. For a pay order try again in a minute; otherwise check the code.',
      zh: '微信查不到这个 notify_code。如果是支付订单，请一分钟后再试；否则请检查它是否正确。',
    },
  ],
]);

function list(remedy: BilingualText, errcodes: readonly number[]): [number, BilingualText][] {
  return errcodes.map((errcode) => [errcode, remedy]);
}
