import type { BilingualText } from '../../bilingual-text.ts';

const WAIT: BilingualText = {
  en: 'WeChat is busy or had a fault of its own. Try again in a few seconds, and wait longer each time.',
  zh: '微信系统繁忙或内部出错。请过几秒再试，并逐次延长间隔。',
};
const PARAMETER: BilingualText = {
  en: 'WeChat refused a parameter of the call. Compare the request with the documentation of the call and correct it.',
  zh: '微信不接受请求中的某个参数。请对照接口文档检查并改正。',
};
const BANNED: BilingualText = {
  en: "The account is barred from adding templates. Read the site mail in WeChat's console.",
  zh: '账号被处罚，不能添加模板。请登录公众平台查看站内信。',
};
const OUR_BUG: BilingualText = {
  en: 'The HTTP request was malformed, which is a fault of this service. Please report it with the rid.',
  zh: 'HTTP 请求格式或方法不正确，这是本服务的错误，请附上 rid 反馈给我们。',
};

/** Refusals of the calls about templates (WeChat contract §5.3, §9.4); what concerns the account is told elsewhere. */
export const TEMPLATE_REMEDIES: ReadonlyMap<number, BilingualText> = new Map([
  [1700, WAIT],
  [20001, WAIT],
  [200001, WAIT],
  [20002, PARAMETER],
  [200002, PARAMETER],
  [43106, BANNED],
  [200011, BANNED],
  [
    200012,
    {
      en: "The account has as many templates as it may have. Delete unused ones among the account's subscribe-message templates in WeChat's console.",
      zh: '账号的模板数量已达上限。请到公众平台的订阅消息页删除不用的模板。',
    },
  ],
  [
    200013,
    {
      en: 'WeChat has banned this template. Choose another one from the library under 订阅消息 in the console.',
      zh: '该模板已被微信封禁。请到公众平台“订阅消息”的模板库另选一个。',
    },
  ],
  [
    200014,
    {
      en: 'WeChat does not know this tid. Take it from getPubTemplateTitles, for a category of this account.',
      zh: '模板库中没有这个 tid。请用 getPubTemplateTitles 查询本账号类目下的模板。',
    },
  ],
  [200016, { en: 'Correct "start": it is a number from 0 on.', zh: '请改正 start：它应是从 0 开始的数字。' }],
  [200017, { en: 'Correct "limit": it is at most 30.', zh: '请改正 limit：它最大为 30。' }],
  [
    200018,
    {
      en: '"ids" is missing. Pass the category ids from getCategory, separated by commas.',
      zh: '缺少 ids。请传入 getCategory 返回的类目 id，用英文逗号分隔。',
    },
  ],
  [
    200019,
    {
      en: '"ids" has a category that is not the account\'s. Take the ids from getCategory.',
      zh: 'ids 中有不属于本账号的类目。请使用 getCategory 返回的类目 id。',
    },
  ],
  [
    200020,
    {
      en: 'Correct "kidList": 2 to 5 keyword ids of this tid, from getPubTemplateKeywords.',
      zh: '请改正 kidList：应为该 tid 的 2 到 5 个关键词 id，可用 getPubTemplateKeywords 查询。',
    },
  ],
  [
    200021,
    {
      en: 'Correct "sceneDesc": it must be there and has at most 15 characters.',
      zh: '请改正 sceneDesc：必须填写，且不超过 15 个字。',
    },
  ],
  [
    200022,
    {
      en: "The account has this template already, which counts as success. Use the priTmplId of the answer, or find it among the account's templates in WeChat's console.",
      zh: '账号里已有这个模板，视为成功。请直接使用返回的 priTmplId，或到公众平台的订阅消息页查找。',
    },
  ],
  [
    200100,
    {
      en: 'This kind of account may not use the template. Choose another one, or check the categories of the account in the console.',
      zh: '该类型的账号不能使用这个模板。请另选模板，或在公众平台核对服务类目。',
    },
  ],
  [404, OUR_BUG],
  [40400, OUR_BUG],
  [
    45009,
    {
      en: "The day's quota of this call is used up, and it is small. It comes back tomorrow; read the templates less often.",
      zh: '该接口当日调用额度已用完，而且额度很小。明天自动恢复，请减少读取模板的次数。',
    },
  ],
]);
