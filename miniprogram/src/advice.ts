/** What to tell the user, in both languages. */
export interface Advice {
  readonly zh: string;
  readonly en: string;
}

/** For what no user can mend. */
const LATER = advice('请稍后再试。', 'Please try later.');

const AGAIN = advice('请再点一次。', 'Please tap again.');

const NETWORK = advice(`网络不可用，${LATER.zh}`, `No network. ${LATER.en}`);

const TELL: Readonly<Record<string, Advice>> = {
  10002: NETWORK,
  10003: NETWORK,
  10005: AGAIN,
  20004: advice('请到设置中打开订阅消息。', 'Allow messages in the settings.'),
  'not-a-tap': AGAIN,
  'no-answer': AGAIN,
  canceled: AGAIN,
  unsupported: advice('请升级微信后再订阅。', 'Please update WeChat first.'),
  'no-grant': advice('请先允许提醒。', 'Please allow the reminder first.'),
  offline: NETWORK,
};

/** What to tell the user about a code. */
export function tellOf(code: number | string): Advice {
  return TELL[code] || LATER;
}

function advice(zh: string, en: string): Advice {
  return { zh, en };
}
