import type { DefaultTheme } from 'vitepress';

export type Language = 'zh' | 'en';
type Words = readonly [zh: string, en: string];

const GROUPS: readonly (readonly [Words, readonly (readonly [page: string, Words])[]])[] = [
  [
    ['开始', 'Start'],
    [
      ['start', ['快速开始', 'Start']],
      ['china', ['备案与合规', 'China: filing and data']],
      ['mini-program', ['小程序端', 'In the mini program']],
      ['frameworks', ['用 uni-app 或 Taro', 'uni-app and Taro']],
      ['plain-wx', ['不用模块，自己上报', 'Without the module']],
      ['faq', ['常见问题', 'FAQ']],
    ],
  ],
  [['示例', 'Recipes'], [['recipes/', ['全部示例与迁移', 'All recipes, moving']]]],
  [
    ['功能', 'What it does'],
    [
      ['templates', ['模板', 'Templates']],
      ['messages', ['有效期与合并', 'Expiry and digests']],
      ['campaigns', ['群发活动', 'Campaigns']],
      ['cards', ['服务卡片', 'Service cards']],
      ['apps', ['多个小程序', 'Several mini programs']],
      ['wechat-events', ['微信事件推送', "WeChat's events"]],
      ['events', ['给自己代码的事件', 'Events for your own code']],
    ],
  ],
  [
    ['接口', 'Reference'],
    [
      ['api', ['接口参考', 'API reference']],
      ['routes', ['接口一览', 'Routes']],
      ['errors', ['错误码', 'Error codes']],
      ['settings', ['设置', 'Settings']],
    ],
  ],
  [
    ['运维', 'Operating'],
    [
      ['deploy', ['部署', 'Deploying']],
      ['operate', ['日常维护', 'Looking after it']],
      ['console', ['控制台', 'The console']],
      ['runbook', ['告警处理手册', 'Runbook']],
      ['quotas', ['AWS 额度与规模', "AWS's quotas and sizing"]],
      ['cost', ['费用', 'Cost']],
    ],
  ],
  [
    ['原理', 'Understanding'],
    [
      ['how-it-works', ['工作原理与局限', 'How it works, and limits']],
      ['security', ['安全', 'Security']],
      ['performance', ['性能', 'Performance']],
    ],
  ],
];

/** Pages that are there in English only. */
const SHARED: readonly (readonly [link: string, Words])[] = [
  ['/decisions/', ['设计决定（英文）', 'Decisions']],
  ['/wechat-contract', ['微信接口的已知事实（英文）', "What is known of WeChat's API"]],
];

/** The menus of a language, and the theme's words in it. */
export function navigation(language: Language): DefaultTheme.Config {
  const say = ([zh, en]: Words) => (language === 'zh' ? zh : en);
  const groups = GROUPS.map(([title, pages]) => ({
    text: say(title),
    items: pages.map(([page, name]) => ({
      text: say(name),
      link: `/${language}/${page}`,
    })),
  }));
  const shared = SHARED.map(([link, name]) => ({ text: say(name), link }));
  const last = groups.at(-1);
  if (last) last.items.push(...shared);
  const nav = [
    { text: say(['快速开始', 'Start']), link: `/${language}/start` },
    { text: say(['示例', 'Recipes']), link: `/${language}/recipes/` },
    { text: say(['接口', 'API']), link: `/${language}/api` },
    { text: say(['常见问题', 'FAQ']), link: `/${language}/faq` },
  ];
  return {
    nav,
    sidebar: groups,
    outline: { level: [2, 3], label: say(['本页目录', 'On this page']) },
    ...wordsOf(language),
  };
}

function wordsOf(language: Language): DefaultTheme.Config {
  if (language === 'en') return {};
  return {
    docFooter: { prev: '上一页', next: '下一页' },
    returnToTopLabel: '回到顶部',
    sidebarMenuLabel: '目录',
    darkModeSwitchLabel: '外观',
    lightModeSwitchTitle: '切换到浅色',
    darkModeSwitchTitle: '切换到深色',
    langMenuLabel: '语言',
    skipToContentLabel: '跳到正文',
    notFound: {
      title: '没有这个页面',
      quote: '地址可能已变，请用搜索或目录查找。',
      linkText: '回到首页',
      linkLabel: '首页',
    },
  };
}
