import { memberOf } from './values.ts';
import type { WxModals } from './wx.ts';

/** Answers in the popup's place, where none can be shown: one of WeChat's words for each template. */
export type StandIn = (templateIds: readonly string[]) => Promise<Readonly<Record<string, string>>>;

/** A stand-in that asks in a dialog and answers for all templates alike. */
export function modalStandIn(wx: WxModals): StandIn {
  return (templateIds) =>
    new Promise((resolve, reject) => {
      wx.showModal({
        title: '模拟订阅弹窗',
        content: templateIds.join('\n'),
        confirmText: '允许',
        cancelText: '取消',
        success(answer) {
          const word = memberOf(answer, 'confirm') ? 'accept' : 'reject';
          const answers: Record<string, string> = {};
          templateIds.forEach((id) => {
            answers[id] = word;
          });
          resolve(answers);
        },
        fail: reject,
      });
    });
}
