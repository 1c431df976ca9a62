/** What to tell the user, in both languages. */
export interface Advice {
  readonly zh: string;
  readonly en: string;
}

/** For what no user can mend. */
const LATER = advice('暂时不可用，请稍后再试。', 'Not possible right now. Please try later.');

const AGAIN = advice('请再点一次。', 'Please tap again.');

const TELL: Readonly<Record<string, Advice>> = {
  10002: advice('网络不好，请再点一次。', 'Poor network. Please tap again.'),
  10003: advice('网络中断，请再点一次。', 'The connection broke. Please tap again.'),
  10005: AGAIN,
  20004: advice('您已关闭订阅消息，请到设置中打开。', 'Messages are off. See the settings.'),
  20005: advice('本小程序暂不能发送订阅消息。', 'No messages from here for now.'),
  'not-a-tap': AGAIN,
  'in-flight': advice('订阅窗口正在打开。', 'The panel is opening.'),
  unsupported: advice('请升级微信后再订阅。', 'Please update WeChat first.'),
  'no-grant': advice('请先订阅，再设置提醒。', 'Please allow the reminder first.'),
  offline: advice('网络不可用，请稍后再试。', 'No network. Please try later.'),
};

/** What to tell the user about a code. */
export function tellOf(code: number | string): Advice {
  return TELL[code] || LATER;
}

function advice(zh: string, en: string): Advice {
  return { zh, en };
}
