import { bilingual } from '../../bilingual.ts';

/** The words of the page about mini programs. */
export const appTexts = bilingual({
  en: {
    title: 'Mini programs',
    intro:
      'Those that this key may use. Users, grants, messages and templates of one are never seen by another.',
    list: 'Mini programs of this stage',
    name: 'Mini program',
    status: 'State',
    synced: 'Templates read',
    never: 'never',
    look: 'Shown',
    current: 'shown now',
    switchTo: 'Show',
    add: 'Another is added without a new deployment, and is here within five minutes:',
    statuses: {
      ready: 'Ready',
      'credentials-refused': 'Credentials refused',
      'sending-stopped': 'Sending stopped',
    },
    means: {
      ready: 'WeChat gives tokens, and messages are sent.',
      'credentials-refused':
        'WeChat gives no access token for its AppSecret or from this address, or its settings are wrong.',
      'sending-stopped': 'By its owner, or until the next try by a used-up quota or a penalty of WeChat’s.',
    },
  },
  zh: {
    title: '小程序',
    intro: '该 API Key 可以使用的小程序。各小程序的用户、授权、消息和模板互不可见。',
    list: '本环境的小程序',
    name: '小程序',
    status: '状态',
    synced: '模板同步时间',
    never: '从未',
    look: '查看',
    current: '正在查看',
    switchTo: '切换',
    add: '添加小程序无需重新部署，五分钟内生效：',
    statuses: {
      ready: '正常',
      'credentials-refused': '凭证被拒绝',
      'sending-stopped': '发送已停止',
    },
    means: {
      ready: 'access_token 可用，消息正常发送。',
      'credentials-refused': 'AppSecret 或 IP 不被微信接受，无法取得 access_token；也可能是设置有误。',
      'sending-stopped': '由管理者停止，或因额度用完、账号处罚而暂停，会自动重试。',
    },
  },
});
