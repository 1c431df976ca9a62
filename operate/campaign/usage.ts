import { JSON_OPTION, ZONE_OPTION } from '../command-line.ts';
import { say } from '../language.ts';
import { SERVICE_OPTIONS } from '../service-client.ts';

/** How `npm run campaign` is called. */
export const USAGE = {
  name: 'campaign',
  about: say(
    'Makes campaigns, runs them, and shows how they go, through the API.',
    '通过接口创建群发活动、开始发送并查看进度。',
  ),
  usages: [
    [
      'create FILE',
      say(
        'makes a campaign: FILE is the body of POST /v1/campaigns, "-" standard input',
        '创建活动：FILE 为 POST /v1/campaigns 的请求体，"-" 为标准输入',
      ),
    ],
    [
      'add ID CSV',
      say(
        'names recipients: a header row with openid and the variables, any size',
        '添加名单：首行为 openid 和变量名，大小不限',
      ),
    ],
    ['list', say('every campaign, newest first', '列出所有活动，最新的在前')],
    [
      'show ID',
      say('one campaign, its coming runs and its last one', '查看一个活动、之后的发送时间和上一次发送'),
    ],
    ['run ID', say('runs it now', '立即发送')],
    [
      'watch ID [RUN]',
      say(
        'shows how a run goes until it has ended (default: the last run)',
        '查看一次发送的进度直到结束，默认为最近一次',
      ),
    ],
    ['pause ID [RUN]', say('holds a run back, also what is queued', '暂停一次发送，包括已排队的')],
    ['resume ID [RUN]', say('goes on with it', '继续发送')],
    ['stop ID [RUN]', say('ends it for good', '停止发送，不可恢复')],
    ['resend ID [RUN]', say('runs again for those who failed', '对失败的用户再发送一次')],
    ['export ID [RUN]', say('what became of every recipient, as CSV', '把每个用户的结果导出为 CSV')],
    ['delete ID', say('deletes it with its recipients and runs', '删除活动及其名单和发送记录')],
  ],
  takesWords: true,
  options: {
    ...SERVICE_OPTIONS,
    recipients: {
      type: 'string',
      value: 'CSV',
      help: say('for create: names recipients at once, as add does', '用于 create：同时添加名单'),
    },
    'dry-run': {
      type: 'boolean',
      default: false,
      help: say('for run: count and check everyone, and send nothing', '用于 run：只统计和检查，不发送'),
    },
    'scheduled-at': {
      type: 'string',
      value: 'TIME',
      help: say(
        'for run: stand in for the schedule, which missed this moment (2026-12-01T09:00:00+08:00)',
        '用于 run：补发定时错过的那一次，写原定时刻（2026-12-01T09:00:00+08:00）',
      ),
    },
    watch: {
      type: 'boolean',
      default: false,
      help: say('for run and resend: watch it at once', '用于 run 和 resend：随后查看进度'),
    },
    campaign: {
      type: 'boolean',
      default: false,
      help: say(
        'for pause, resume and stop: the campaign with its schedule, not one run of it',
        '用于 pause、resume、stop：针对整个活动及其定时，而不是某一次发送',
      ),
    },
    every: {
      type: 'string',
      value: 'SECONDS',
      default: '1',
      help: say('for watch: how often to look (default 1)', '用于 watch：查询间隔，默认 1 秒'),
    },
    out: {
      type: 'string',
      value: 'FILE',
      help: say(
        'for export: where to write (default: standard output)',
        '用于 export：写入的文件，默认为标准输出',
      ),
    },
    ...ZONE_OPTION,
    ...JSON_OPTION,
  },
  notes: say(
    'All but list, show, watch and export need the scope "manage". With --json watch prints a line for each look.',
    '除 list、show、watch、export 外需要 manage 权限。watch 加 --json 时每次查询输出一行。',
  ),
} as const;
