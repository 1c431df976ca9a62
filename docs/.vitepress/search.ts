import type { DefaultTheme } from 'vitepress';

/**
 * Search without a server. Chinese has no blanks between words, so that a run of characters is indexed as its pairs; the function is sent
 * to the browser as text and may refer to nothing outside.
 */
export const search: DefaultTheme.Config['search'] = {
  provider: 'local',
  options: {
    miniSearch: {
      options: {
        tokenize: (text: string) => {
          const words = text.toLowerCase().match(/\p{Script=Han}+|[a-z0-9_\u00c0-\u024f]+/gu) || [];
          return words.flatMap((word) => {
            if (!/\p{Script=Han}/u.test(word)) return [word];
            const characters = [...word];
            if (characters.length === 1) return characters;
            return characters.slice(1).map((character, at) => characters[at] + character);
          });
        },
      },
      searchOptions: {
        combineWith: 'AND',
        prefix: true,
        fuzzy: false,
        boost: { title: 4, text: 2, titles: 1 },
      },
    },
    locales: {
      zh: {
        translations: {
          button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
          modal: {
            displayDetails: '显示详细列表',
            resetButtonTitle: '清除',
            backButtonTitle: '关闭',
            noResultsText: '没有找到',
            footer: {
              selectText: '选择',
              selectKeyAriaLabel: '回车',
              navigateText: '切换',
              navigateUpKeyAriaLabel: '上箭头',
              navigateDownKeyAriaLabel: '下箭头',
              closeText: '关闭',
              closeKeyAriaLabel: 'Esc',
            },
          },
        },
      },
    },
  },
};
