import { bilingual } from '../../bilingual.ts';

/** The words of the template library. */
export const libraryTexts = bilingual({
  en: {
    title: 'Add a template from the library',
    intro:
      'WeChat shows the titles of the categories that the mini program is registered for. An account holds up to 50 templates.',
    titles: 'Titles',
    category: 'Category',
    chooseCategory: 'Choose a category',
    name: 'Title',
    kind: 'Kind',
    none: 'WeChat lists no title here',
    keywords: 'Keywords',
    choose: 'Choose 2 to 5. The card shows them in the order in which you choose them.',
    scene: 'What it is for',
    sceneHint: 'WeChat may insist on it: up to 15 characters',
    add: 'Add to the account',
    added: 'The template is added',
    howMany: (chosen: number) => `${chosen} chosen`,
  },
  zh: {
    title: '从模板库添加',
    intro: '微信按小程序的服务类目列出标题。一个账号最多 50 个模板。',
    titles: '标题',
    category: '类目',
    chooseCategory: '请选择类目',
    name: '标题',
    kind: '类型',
    none: '微信没有列出标题',
    keywords: '关键词',
    choose: '请选择 2 至 5 个，卡片按选择的先后显示。',
    scene: '使用场景',
    sceneHint: '微信可能要求填写，最多 15 个字',
    add: '添加到账号',
    added: '模板已添加',
    howMany: (chosen: number) => `已选 ${chosen} 个`,
  },
});
