import { bilingual } from '../../bilingual.ts';

/** The words around what is wrong. */
export const findingTexts = bilingual({
  en: {
    title: 'What is wrong now',
    fine: 'Nothing is wrong',
    fineText: 'WeChat gives tokens, sending goes on, the templates are read, and nothing waits for you.',
    look: 'Look at them',
    ask: 'Ask WeChat again',
  },
  zh: {
    title: '当前的问题',
    fine: '一切正常',
    fineText: 'access_token 可用，发送正常，模板已同步，没有需要处理的事。',
    look: '前往查看',
    ask: '重新向微信查询',
  },
});
