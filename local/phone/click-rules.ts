const RULES = ['no-tap', 'timer', 'promise', 'not-carried', 'used'] as const;

/** A rule of the click state that was broken. */
export type ClickRule = (typeof RULES)[number];

/** How to keep each rule, for a developer. */
export const HOW_TO_WRITE: Readonly<Record<ClickRule, { readonly en: string; readonly zh: string }>> = {
  'no-tap': {
    zh: '这里没有点击：onLoad、onShow 等生命周期里不能弹窗，请写在 bind:tap 的处理函数里。',
    en: 'No tap leads here: onLoad and onShow open no popup. Ask in the handler of bind:tap.',
  },
  timer: {
    zh: 'setTimeout、setInterval 之后点击态已失去：请去掉定时器，直接调用；uni-app 的按钮要写 data-eventsync="true"。',
    en: 'A timer loses the tap. Ask without setTimeout or setInterval; in uni-app give the button data-eventsync="true".',
  },
  promise: {
    zh: 'iOS 上 Promise、async/await 之后点击态已失去：请改用 success 回调，或用 subscribeAfter。',
    en: 'On iOS a promise or an await loses the tap. Ask in the success callback, or with subscribeAfter.',
  },
  'not-carried': {
    zh: '这个接口的回调不延续点击态：请在它之前调用，或放在 wx.request、wx.showModal 的 success 里。',
    en: 'This call does not pass the tap on. Ask before it, or in the success of wx.request or wx.showModal.',
  },
  used: {
    zh: '一次点击只能用一次，已经用在前一个窗口上：请等下一次点击。',
    en: 'One tap opens one thing, and it has been used. Ask at the next tap.',
  },
};

/** The rule that a failure of the simulated phone names, as `noClickState` words it. */
export function issueMessage(errMsg: string): ClickRule | undefined {
  const named = /\[([a-z-]+)\]/.exec(errMsg)?.[1];
  return RULES.find((rule) => rule === named);
}
