import type { AnswerRule } from '../../sends/judge-answer.ts';
import { ACCOUNT_SEND_RULES, rule, type SendRule } from './account-rules.ts';

const TOKEN: AnswerRule = { class: 'token', retry: 'token', grant: 'refund' };
const OUR_BUG: AnswerRule = { class: 'our-bug', retry: 'none', grant: 'refund' };

/** Answers of subscribeMessage.send: policy of WeChat contract §9.1, meanings of §3.3. */
export const SEND_RULES: ReadonlyMap<number, SendRule> = new Map([
  rule(0, { class: 'accepted', retry: 'none', grant: 'spend' }, 'Nothing to do.', '无需处理。'),
  rule(
    40001,
    TOKEN,
    'WeChat refused the access token twice. Something else fetches tokens for this appid: let only this service do it, or use stable_token everywhere.',
    '微信连续拒绝了 access_token。多半有其他程序也在为同一个 AppID 获取 token：请只由本服务获取，或全部改用 stable_token。',
  ),
  rule(
    42001,
    TOKEN,
    'The access token had expired and its replacement was refused too. Check the clock of the machine and the AppSecret.',
    'access_token 已过期，换新后仍被拒绝。请检查服务器时间和 AppSecret。',
  ),
  rule(
    40014,
    TOKEN,
    'The access token is malformed or of another account. Check that WECHAT_APP_ID and the AppSecret belong together.',
    'access_token 不合法或属于别的账号。请确认 WECHAT_APP_ID 与 AppSecret 属于同一个小程序。',
  ),
  rule(
    41001,
    OUR_BUG,
    'The request carried no access token, which is a fault of this service. Please report it with the rid.',
    '请求没有带 access_token，这是本服务的错误，请附上 rid 反馈给我们。',
  ),
  rule(
    40003,
    { class: 'recipient', retry: 'none', grant: 'refund' },
    'This openid does not belong to this mini program. Take it from POST /v1/sessions of the same appid.',
    '这个 openid 不属于当前小程序。请使用同一 AppID 登录（POST /v1/sessions）得到的 openid。',
  ),
  rule(
    40037,
    { class: 'configuration', retry: 'none', grant: 'refund', stops: 'template' },
    "WeChat does not know the template id: it was deleted or is another account's. Look it up among the account's subscribe-message templates in WeChat's console.",
    '模板 ID 不存在、已删除或属于别的账号。请到公众平台的订阅消息页核对。',
  ),
  rule(
    41030,
    { class: 'configuration', retry: 'none', grant: 'refund' },
    'The page is not in the released version of the mini program. Correct "page" or release the version that has it.',
    'page 指向的页面不在已发布的版本中。请改正 page，或先发布包含该页面的版本。',
  ),
  rule(
    43101,
    { class: 'user-state', retry: 'none', grant: 'zero' },
    'The user has no usable subscription left: used up, refused, or turned off. Ask again with wx.requestSubscribeMessage after a tap; do not send again before that.',
    '用户已没有可用的订阅：次数用完、拒绝，或在设置里关闭了通知。请在用户点击后再次调用 wx.requestSubscribeMessage 获取授权，在此之前不要重发。',
  ),
  rule(
    9800006,
    { class: 'recipient', retry: 'none', grant: 'refund' },
    'The user is not subscribed to this device: serial number and model id must be those of their subscription. Ask again with wx.requestSubscribeDeviceMessage, and report and send the very same sn and modelId.',
    '用户没有订阅这台设备：发送时的 sn 和 modelId 必须与订阅时一致。请再次调用 wx.requestSubscribeDeviceMessage，并用完全相同的 sn 和 modelId 上报和发送。',
  ),
  rule(
    43108,
    { class: 'transient', retry: 'concurrent', grant: 'keep', exhausted: 'failed' },
    'Something else kept sending to this user at the same time. Let only this service send subscribe messages.',
    '一直有其他程序在同时给这个用户发消息。请只由本服务发送订阅消息。',
  ),
  rule(
    45168,
    { class: 'payload', retry: 'none', grant: 'refund' },
    'The content met the sensitive-word filter. Change the wording; do not try variants automatically.',
    '内容命中敏感词过滤。请修改文案，不要自动换词重试。',
  ),
  rule(
    45002,
    { class: 'payload', retry: 'none', grant: 'refund' },
    'The content is longer than WeChat takes. Shorten the values of the message.',
    '消息内容超过微信的长度限制。请缩短各字段的值。',
  ),
  rule(
    47003,
    { class: 'payload', retry: 'none', grant: 'refund' },
    "A value breaks the rule of its field. Compare the data with the template's fields.",
    '有字段的值不符合规则。请对照模板的字段逐一检查 data。',
  ),
  rule(
    45009,
    { class: 'quota', retry: 'quota', grant: 'keep', exhausted: 'failed' },
    "The day's quota was used up several days running. Look at the API quota in the console and send less, or ask WeChat for more.",
    '连续几天都用完了当日调用额度。请在公众平台查看接口配额，减少发送量或申请提额。',
  ),
  rule(
    45011,
    { class: 'rate', retry: 'rate', grant: 'keep', exhausted: 'failed' },
    "The minute's quota stayed used up. Spread the sends over more time.",
    '每分钟的调用额度一直用满。请把发送分散到更长的时间。',
  ),
  ...[47001, 44002, 43002, 40097, 40032].map((errcode) =>
    rule(
      errcode,
      OUR_BUG,
      'WeChat could not read the request, which is a fault of this service. Please report it with the rid.',
      '微信无法解析请求，这是本服务的错误，请附上 rid 反馈给我们。',
    ),
  ),
  ...ACCOUNT_SEND_RULES,
  rule(
    -1,
    { class: 'ambiguous', retry: 'busy', grant: 'keep', exhausted: 'unknown' },
    'WeChat was busy to the last try, and the user may still have the card: do not send it again blindly.',
    '微信系统一直繁忙，用户仍有可能收到消息，请不要直接重发。',
  ),
]);

/**
 * An errcode that the table does not list: WeChat said no, so nothing was sent (WeChat contract §9.1).
 * Nobody knows whom it is about, but what several users meet in a row is not about one of them.
 */
export const UNLISTED: AnswerRule = {
  class: 'unlisted',
  retry: 'none',
  grant: 'refund',
  stops: 'template-unless-one-user',
};
