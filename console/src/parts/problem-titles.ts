import type { QingniaoProblem } from '../api/client.ts';
import type { Language } from '../preferences/languages.ts';

/** What is wrong, in a few words of this language. The service titles its problems in English only. */
export function titleIn({ title, code, errors }: QingniaoProblem, language: Language): string {
  if (language === 'en') return title;
  return CHINESE[code] ?? (errors.length > 0 ? '填写的内容有误' : `操作未完成（${code}）`);
}

const CHINESE: Readonly<Record<string, string>> = {
  'missing-token': '请先登录',
  'invalid-token': 'API Key 无效',
  'missing-scope': '该 API Key 没有所需权限',
  'wrong-caller': '此接口不接受这种凭证',
  'unknown-app': '没有这个小程序，或该 API Key 无权使用',
  'not-found': '没有找到',
  'no-grant': '该用户在此模板下没有可用授权',
  'idempotency-conflict': '该幂等键已用于其他内容',
  'too-many-waiting': '该用户等待发送的消息过多',
  'alias-taken': '该别名已属于另一个模板',
  'alias-in-settings': '该别名由设置固定',
  'already-sending': '消息正在发送或已经结束',
  'campaign-not-active': '群发活动已暂停或已结束',
  'campaign-ended': '群发活动已结束',
  'campaign-under-way': '群发活动还有未结束的发送',
  'not-for-recipients': '该群发活动面向所有已授权用户，不能添加名单',
  'upload-in-progress': '另一份名单正在上传',
  'run-not-running': '这次群发已经暂停',
  'run-not-paused': '这次群发正在进行',
  'run-over': '这次群发已经结束',
  'run-not-over': '这次群发尚未结束',
  'not-unknown': '这条消息的结果已经确定',
  'body-too-large': '提交的内容过大',
  'invalid-data': '内容不符合模板要求',
  'unknown-template': '没有这个模板',
  'template-in-use': '模板正在使用',
  'invalid-schedule': '定时规则无法执行',
  'invalid-variables': '变量缺失或不符合模板要求',
  'invalid-csv': 'CSV 无法读取',
  'too-many-recipients': '收件人过多',
  'rate-limited': '请求过于频繁',
  'internal-error': '服务内部出错',
  busy: '同一记录的修改过多，请稍后重试',
  'timed-out': '服务未能及时完成',
  'wechat-credentials': '微信不接受本服务的 AppID 或密钥',
  'wechat-refused': '微信拒绝了请求',
  'wechat-unavailable': '无法连接微信',
  'foreign-answer': '应答不是来自青鸟',
  'table-unreachable': '无法连接数据表',
};
