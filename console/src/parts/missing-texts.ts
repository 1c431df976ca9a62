import { bilingual } from '../bilingual.ts';

/** Kinds of ids that are known by how they begin. */
type Kind = 'message' | 'recipient' | 'run' | 'card';

const KINDS: Readonly<Record<string, Kind>> = {
  msg_: 'message',
  rcp_: 'recipient',
  run_: 'run',
  card_: 'card',
};

/** What an id is of, where it tells. */
export function kindOf(id: string): Kind | undefined {
  return KINDS[id.slice(0, id.indexOf('_') + 1)];
}

const OPENID = /^o[A-Za-z0-9_-]{27}$/;

/** The user whom an id names: ids of messages, recipients and cards do, and so does an openid in the place of one. */
export function openidIn(id: string): string | undefined {
  if (OPENID.test(id)) return id;
  return /^(?:msg_[0-9a-f]{32}|card_[0-9a-f]{32}|rcp_[0-9a-f]{32}_\d+)_([A-Za-z0-9_-]{1,128})$/.exec(id)?.[1];
}

/** The words for what is not there. */
export const missingTexts = bilingual({
  en: {
    title: {
      message: (app: string) => `${app} has no message with this id`,
      campaign: (app: string) => `${app} has no campaign with this id`,
      run: (app: string) => `${app} has no run with this id`,
      recipient: () => 'This user is not among the recipients of this run',
      template: (app: string) => `${app} has no template with this id or alias`,
    },
    isOf: {
      message: 'It is the id of a message.',
      recipient: 'It is how logs name a recipient of a run: look for the user on the page of that run.',
      run: 'It is the id of a run. A run is found on the page of its campaign.',
      card: 'It is the id of a service card. Cards are on the page of their user.',
    },
    typing: {
      message: 'Is it whole? The id of a message begins with msg_ and ends with the openid of its user.',
      campaign: 'Is the address whole? An id that was cut off or retyped is of nothing.',
      run: 'Is the address whole? The id of a run is run_ and 32 digits or letters from a to f.',
      recipient: 'Compare the openid letter by letter: capitals and small letters differ.',
      template: 'Compare it letter by letter. An alias that was taken away finds nothing any more.',
    },
    gone: {
      message: ['When a user is erased, their messages go with them.'],
      campaign: ['It may have been deleted: the audit trail tells who did it.'],
      run: ['Runs are kept for 400 days.'],
      recipient: ['Without a grant when the run began, or not in its list, nobody is a recipient.'],
      template: [
        'It may have been deleted, here or at WeChat. What is new at WeChat shows after “Read again from WeChat”.',
      ],
    },
    oneApp:
      'Is it of another mini program? Your API key is for this one only: sign in with a key for the other.',
    otherApps: 'Is it of another mini program?',
    lookIn: (app: string) => `Look in ${app}`,
    userIn: (openid: string) => `All of the user ${openid}`,
    list: {
      message: 'To the messages',
      campaign: 'To the campaigns',
      run: 'To the campaigns',
      recipient: '',
      template: 'To the templates',
    },
  },
  zh: {
    title: {
      message: (app: string) => `${app}没有这条消息`,
      campaign: (app: string) => `${app}没有这个群发活动`,
      run: (app: string) => `${app}没有这次群发`,
      recipient: () => '该用户不在这次群发的收件人中',
      template: (app: string) => `${app}没有这个模板或别名`,
    },
    isOf: {
      message: '这是一条消息的编号。',
      recipient: '这是日志中群发收件人的编号，请在该次群发的页面中查找该用户。',
      run: '这是一次群发的编号，可在其群发活动的页面中查到。',
      card: '这是一张服务卡片的编号，卡片显示在用户页面中。',
    },
    typing: {
      message: '编号是否完整？消息编号以 msg_ 开头，以用户的 openid 结尾。',
      campaign: '网址是否完整？复制不全或手工输入的编号查不到内容。',
      run: '网址是否完整？群发编号由 run_ 和 32 位数字或 a 至 f 的字母组成。',
      recipient: '请逐字核对 openid，区分大小写。',
      template: '请逐字核对。已移除的别名不再有效。',
    },
    gone: {
      message: ['删除用户时，其消息一并删除。'],
      campaign: ['可能已被删除，操作记录中可以查到是谁删除的。'],
      run: ['群发记录保留 400 天。'],
      recipient: ['群发开始时没有授权，或不在名单中的用户，不是收件人。'],
      template: ['可能已在此处或微信后台删除。微信后台新增的模板，点“重新同步”后才会出现。'],
    },
    oneApp: '是否属于其他小程序？当前 API Key 只能查看这一个，请换用另一个小程序的 Key 登录。',
    otherApps: '是否属于其他小程序？',
    lookIn: (app: string) => `在${app}中查找`,
    userIn: (openid: string) => `查看用户 ${openid}`,
    list: {
      message: '返回消息',
      campaign: '返回群发活动',
      run: '返回群发活动',
      recipient: '',
      template: '返回模板',
    },
  },
});
