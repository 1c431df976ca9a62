/** What a call means, in one sentence, by its name without ids and query. */
type Meanings = Readonly<Record<string, string>>;

const zh: Meanings = {
  'wx.requestSubscribeMessage': '小程序请微信弹窗询问用户，微信告知每个模板的选择。',
  'wx.requestSubscribeDeviceMessage': '小程序凭设备票据请微信弹窗，询问用户是否接收这台设备的消息。',
  '<button open-type="liveActivity">': '用户点击按钮，微信给出服务卡片的 code，无需弹窗。',
  'POST /v1/sessions': '用 wx.login 的 code 登录；之后的令牌只代表这一个用户。',
  'POST /v1/grants': '上报用户的选择：每次同意记一次授权，同一个 requestId 只记一次。',
  'GET /v1/health': '任意一个请求：它的回调延续点击态，可以接着弹窗。',
  'GET /v1/grants': '查询还剩多少次授权。',
  'POST /v1/messages': '提交一条消息：通过校验后预留一次授权，到点发送。',
  'GET /v1/templates/{id}': '查询模板的字段和类型。',
  'PUT /v1/templates/{id}/kind': '微信不区分设备模板与长期模板，所以由商家声明一次。',
  'POST /v1/cards': '用 code 激活服务卡片，并给出第一个状态。',
  'PATCH /v1/cards/{id}': '更新服务卡片：同一时间只有一个更新在途，等待中的只发送最新的。',
  'POST /wxa/getsnticket': '商家后端在用户点击前取得设备票据，五分钟内有效。',
  'POST /cgi-bin/stable_token': '取得 access_token，所有函数共用，到期前续期。',
  'GET /cgi-bin/token': '取得 access_token，所有函数共用，到期前续期。',
  'POST /cgi-bin/message/subscribe/send': '把消息发给微信，只发一次；errcode 0 表示微信已接受。',
  'POST /cgi-bin/message/device/subscribe/send': '把设备消息发给微信，只发一次；errcode 0 表示微信已接受。',
  'POST /wxa/set_user_notify': '激活或更新服务卡片；errcode 0 表示微信已接受。',
  'POST /wxa/set_user_notifyext': '补充服务卡片的其他信息。',
  'POST /wxa/get_user_notify': '应答丢失时，向微信查询卡片的现状，而不是重发。',
  subscribe_msg_popup_event: '微信推送用户在弹窗中的选择；与小程序的上报只记一次。',
  subscribe_msg_sent_event: '微信推送消息的最终结果：已送达，或失败的原因。',
  subscribe_msg_change_event: '微信推送用户关闭了模板：之前的授权全部失效。',
  notify_service_msg_send_result: '微信推送卡片的通知未能下发，例如用户拒收。',
};

const en: Meanings = {
  'wx.requestSubscribeMessage':
    'The mini program has WeChat ask the user, and learns the choice for each template.',
  'wx.requestSubscribeDeviceMessage':
    'With a ticket of the device, the mini program has WeChat ask whether it may notify the user.',
  '<button open-type="liveActivity">':
    'The tap makes WeChat give a code for a service card, without a popup.',
  'POST /v1/sessions': 'Logs in with the code of wx.login; the token then speaks for this one user.',
  'POST /v1/grants':
    'Reports what the user chose: each accept is one grant, and the same requestId counts once.',
  'GET /v1/health': 'Any request: its callbacks pass the tap on, so that the popup may come there.',
  'GET /v1/grants': 'Asks how many grants are left.',
  'POST /v1/messages': 'Hands in a message: it is checked, holds one grant, and leaves at its time.',
  'GET /v1/templates/{id}': 'Asks for the fields and the kind of a template.',
  'PUT /v1/templates/{id}/kind':
    'WeChat lists device templates as long-term, so the owner says once that this is one.',
  'POST /v1/cards': 'Activates a service card by its code, in its first state.',
  'PATCH /v1/cards/{id}':
    'Moves a service card on: one change is under way at a time, and of those that wait the latest is sent.',
  'POST /wxa/getsnticket':
    "The owner's server gets a ticket of the device before the tap; it is good for five minutes.",
  'POST /cgi-bin/stable_token':
    'Gets the access token that all functions share, and renews it before its end.',
  'GET /cgi-bin/token': 'Gets the access token that all functions share, and renews it before its end.',
  'POST /cgi-bin/message/subscribe/send': 'Sends the message, once; errcode 0 says that WeChat took it.',
  'POST /cgi-bin/message/device/subscribe/send':
    "Sends the device's message, once; errcode 0 says that WeChat took it.",
  'POST /wxa/set_user_notify': 'Activates or changes a service card; errcode 0 says that WeChat took it.',
  'POST /wxa/set_user_notifyext': 'Adds further facts to a service card.',
  'POST /wxa/get_user_notify':
    'After a lost answer WeChat is asked what the card shows, and nothing is sent again.',
  subscribe_msg_popup_event:
    'WeChat tells what the user chose in the popup; together with the report it counts once.',
  subscribe_msg_sent_event: 'WeChat tells how the message ended: delivered, or why not.',
  subscribe_msg_change_event: 'WeChat tells that the user turned a template off: its grants are gone.',
  notify_service_msg_send_result:
    "WeChat tells that a card's notification failed, as when the user refuses it.",
};

/** What each call means, by language. */
export const MEANINGS = { zh, en };
