import { remedies } from './account-rules.ts';

/** Refusals of code2Session (WeChat contract §1.1, §9.2). What concerns the account has its own table. */
export const LOGIN_REMEDIES = remedies(
  [
    [40029, 40163, 41008],
    'The login code is wrong, older than five minutes, or has been used. Call wx.login again and send the new code once.',
    '登录 code 无效、已过 5 分钟，或已经用过。请重新调用 wx.login，并且每个 code 只提交一次。',
  ],
  [
    [87007, 87009],
    "The user's session_key is no longer valid. Call wx.login again and log in with the new code.",
    '用户的 session_key 已失效。请重新调用 wx.login，用新的 code 登录。',
  ],
  [
    [87008],
    'WeChat refused the signature method, which is a fault of this service. Please report it with the rid.',
    '微信不接受签名方法，这是本服务的错误，请附上 rid 反馈给我们。',
  ],
  [
    [40226],
    'WeChat holds this user for a risk and blocks the login. There is nothing to mend on our side.',
    '微信判定该用户存在风险并阻止登录，开发者无法处理。',
  ],
  [
    [45011],
    'This user logged in too often within a minute. Wait, and keep the session instead of logging in each time.',
    '该用户一分钟内登录过于频繁。请稍候，并保存会话，不要每次都重新登录。',
  ],
);

/** Refusals of the calls about templates (WeChat contract §5.3, §9.4). */
export const TEMPLATE_REMEDIES = remedies(
  [
    [1700, 20001, 200001],
    'WeChat is busy or had a fault of its own. Try again in a few seconds, and wait longer each time.',
    '微信系统繁忙或内部出错。请过几秒再试，并逐次延长间隔。',
  ],
  [
    [20002, 200002],
    'WeChat refused a parameter of the call. Compare the request with the documentation of the call and correct it.',
    '微信不接受请求中的某个参数。请对照接口文档检查并改正。',
  ],
  [
    [43106, 200011],
    "The account is barred from adding templates. Read the site mail in WeChat's console.",
    '账号被处罚，不能添加模板。请登录公众平台查看站内信。',
  ],
  [
    [200012],
    "The account has as many templates as it may have. Delete unused ones with DELETE /v1/templates, or in WeChat's console.",
    '账号的模板数量已达上限。请用 DELETE /v1/templates 或到公众平台删除不用的模板。',
  ],
  [
    [200013],
    'WeChat has banned this template. Choose another one from the library under 订阅消息 in the console.',
    '该模板已被微信封禁。请到公众平台“订阅消息”的模板库另选一个。',
  ],
  [
    [200014],
    'WeChat does not know this tid. Take it from GET /v1/template-library/titles, for a category of this account.',
    '模板库中没有这个 tid。请用 GET /v1/template-library/titles 查询本账号类目下的模板。',
  ],
  [[200016], 'Correct "start": it is a number from 0 on.', '请改正 start：它应是从 0 开始的数字。'],
  [[200017], 'Correct "limit": it is at most 30.', '请改正 limit：它最大为 30。'],
  [
    [200018],
    'Category ids are missing. Pass those of GET /v1/template-library/categories, with commas between.',
    '缺少类目 ID。请传入 GET /v1/template-library/categories 返回的 ID，用英文逗号分隔。',
  ],
  [
    [200019],
    "One of the category ids is not the account's. Take them from GET /v1/template-library/categories.",
    '有的类目 ID 不属于本账号。请使用 GET /v1/template-library/categories 返回的 ID。',
  ],
  [
    [200020],
    'Give 2 to 5 keyword ids of this tid, each once, as GET /v1/template-library lists them.',
    '请给出该 tid 的 2 到 5 个关键词 ID，不要重复，可用 GET /v1/template-library 查询。',
  ],
  [
    [200021],
    'Say in at most 15 characters what the template is for.',
    '请填写服务场景说明，不超过 15 个字。',
  ],
  [
    [200022],
    "The account has this template already, which counts as success. Use the priTmplId of the answer, or find it among the account's templates in WeChat's console.",
    '账号里已有这个模板，视为成功。请直接使用返回的 priTmplId，或到公众平台的订阅消息页查找。',
  ],
  [
    [200100],
    'This kind of account may not use the template. Choose another one, or check the categories of the account in the console.',
    '该类型的账号不能使用这个模板。请另选模板，或在公众平台核对服务类目。',
  ],
  [
    [404, 40400],
    'The HTTP request was malformed, which is a fault of this service. Please report it with the rid.',
    'HTTP 请求格式或方法不正确，这是本服务的错误，请附上 rid 反馈给我们。',
  ],
  [
    [45009],
    "The day's quota of this call is used up, and it is small. It comes back tomorrow; read the templates less often.",
    '该接口当日调用额度已用完，而且额度很小。明天自动恢复，请减少读取模板的次数。',
  ],
);

/** Refusals of the calls about service cards (WeChat contract §8.2, §9.4). */
export const CARD_REMEDIES = remedies(
  [
    [85431, 85449],
    'WeChat stayed busy, or another update held this card: let only this service change it. PATCH the card in a few minutes.',
    '微信系统一直繁忙，或这张卡片被另一次更新占用（请只由本服务更新它）。请过几分钟用 PATCH 重新提交。',
  ],
  [
    [85437],
    'WeChat does not know this code. For a pay order it was tried again for ten minutes: check that it is WeChat Pay’s number of an order of this mini program and this user. A code of a button is good for five minutes and its own user.',
    '微信查不到这个 code。支付订单已自动重试十分钟，请确认填的是本小程序、该用户的微信支付订单号；按钮得到的 code 须在五分钟内、由点击的用户使用。',
  ],
  [
    [85438],
    'The time of the code is over. WeChat says so too of an order whose payTime or payAmount is not the real one: POST the card again with the right "check".',
    'code 已过有效期。payTime 或 payAmount 与真实订单不符时微信也会这样返回：请用正确的 check 重新 POST。',
  ],
  [
    [85436, 85448],
    'This code cannot be used any more. Get a new one from the user or the order.',
    '这个 code 已不能使用。请从用户操作或订单重新获取。',
  ],
  [
    [85433],
    'WeChat refused "check". Compare payAmount (in fen), payTime and payChannel with the order, and POST the card again.',
    '微信不接受 check。请与订单核对 payAmount（单位为分）、payTime 和 payChannel，然后重新 POST。',
  ],
  [
    [85434],
    'WeChat does not know this notifyType. docs/en/cards.md lists the kinds of cards.',
    '微信不认识这个 notifyType。卡片种类见 docs/zh/cards.md。',
  ],
  [
    [85439],
    'The card cannot come into this state from the one that it is in, or be activated in it. The page of its kind has the order of states (docs/en/cards.md).',
    '卡片不能从当前状态变更到这个状态，或不能以它激活。状态顺序见该卡片的微信文档（链接在 docs/zh/cards.md）。',
  ],
  [
    [85435, 85440, 85441, 85443],
    'WeChat refused the content: a field of this state is missing, or not of its form. Compare it with the page of its kind (docs/en/cards.md) and PATCH the card.',
    '微信不接受卡片内容：缺少该状态的必填字段，或格式不对。请对照该卡片的微信文档（链接在 docs/zh/cards.md）修改后用 PATCH 提交。',
  ],
  [
    [85442],
    'WeChat’s content check refused a text of the card. Let a person choose other words, and PATCH the card.',
    '卡片文字未通过微信的内容审核。请人工修改文案后用 PATCH 提交。',
  ],
  [
    [85444, 85445, 85446, 85447, 85470, 85471],
    'WeChat refused "ext": its pay_info, store_info, shipping_list or product_list. Each of them is JSON in a text of its own. PATCH the card with the right one.',
    '微信不接受 ext：请检查其中的 pay_info、store_info、shipping_list、product_list（各自是一段 JSON 文本），修改后用 PATCH 提交。',
  ],
  [
    [85461, 85462],
    'This kind of card or this mini program is not admitted. Check in the console whether its category may use the card, and that its template was added.',
    '该类卡片或小程序没有准入资格。请在公众平台核对服务类目，并确认已添加该卡片的模板。',
  ],
);
