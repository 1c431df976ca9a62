import colors from 'picocolors';
import { JSON_OPTION, ZONE_OPTION } from '../command-line.ts';
import { say } from '../language.ts';
import { SERVICE_OPTIONS } from '../service-client.ts';
import { table } from '../table.ts';
import { localTime } from '../times.ts';
import type { CampaignAnswer, RunAnswer } from './campaign-answers.ts';

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

const STATUS: Readonly<Record<CampaignAnswer['status'] | RunAnswer['status'], string>> = {
  active: colors.green(say('active', '启用')),
  paused: colors.yellow(say('paused', '已暂停')),
  ended: colors.dim(say('ended', '已结束')),
  running: colors.cyan(say('running', '进行中')),
  stopped: colors.yellow(say('stopped', '已停止')),
  finished: colors.green(say('finished', '已完成')),
};

/** Campaigns as a table with headers. */
export function campaignTable(campaigns: readonly CampaignAnswer[]): readonly string[] {
  if (campaigns.length === 0) return [say('There is no campaign.', '没有群发活动。')];
  const headers = say('id,status,name,to,schedule,next run', '编号,状态,名称,收件人,定时,下次发送').split(
    ',',
  );
  return table(headers, campaigns.map(cellsOf));
}

function cellsOf({ id, name, status, audience, schedule, nextRunAt }: CampaignAnswer): string[] {
  return [
    id,
    STATUS[status],
    name,
    audience.type === 'grantees'
      ? say('grantees', '全部已授权')
      : say(`${audience.count ?? 0} recipients`, `${audience.count ?? 0} 人`),
    schedule ? `${schedule.expression} ${schedule.timezone}` : say('by hand', '手动'),
    nextRunAt === undefined ? '–' : localTime(nextRunAt),
  ];
}

/** A campaign with its coming runs and the last one. */
export function campaignLines(campaign: CampaignAnswer): readonly string[] {
  const { nextRuns = [], lastRun, warnings = [] } = campaign;
  return [
    ...campaignTable([campaign]),
    ...nextRuns.map((at) => `  ${say('next', '将于')}  ${localTime(at)}`),
    ...(lastRun ? [`  ${say('last', '上次')}  ${lastRun.id}  ${runLine(lastRun)}`] : []),
    ...warningLines(warnings),
  ];
}

/** What WeChat may refuse, or a page that may open nothing, a line each. */
export function warningLines(warnings: NonNullable<CampaignAnswer['warnings']>): readonly string[] {
  return warnings.map(({ path, en, zh }) => colors.yellow(`  ! ${path}: ${say(en, zh)}`));
}

/** How a run stands, on one line. Behind a count stand its causes. */
export function runLine(run: RunAnswer): string {
  const { status, dryRun, recipients, quietUntil, perSecond, secondsLeft } = run;
  return [
    STATUS[status] + (dryRun ? say(' (dry run)', '（试运行）') : ''),
    `${doneOf(run)}/${recipients}`,
    ...shownCounts(run),
    ...(quietUntil === undefined
      ? []
      : [colors.yellow(say(`quiet until ${localTime(quietUntil)}`, `免打扰至 ${localTime(quietUntil)}`))]),
    ...(perSecond === undefined ? [] : [say(`${Math.round(perSecond)}/s`, `每秒 ${Math.round(perSecond)}`)]),
    ...(secondsLeft === undefined
      ? []
      : [say(`${duration(secondsLeft)} left`, `剩余 ${duration(secondsLeft)}`)]),
  ].join('  ');
}

type Ended = Exclude<keyof RunAnswer['counts'], 'pending'>;

const ENDS: readonly (readonly [Ended, string, (text: string) => string])[] = [
  ['sent', say('sent', '已发'), colors.green],
  ['delivered', say('delivered', '已送达'), colors.green],
  ['refused', say('refused', '拒收'), colors.yellow],
  ['failed', say('failed', '失败'), colors.red],
  ['unknown', say('unknown', '未知'), colors.red],
  ['skipped', say('skipped', '跳过'), colors.dim],
];

function shownCounts(run: RunAnswer): string[] {
  return ENDS.filter(([end]) => run.counts[end] > 0).map(([end, word, paint]) => {
    const causes = causesOf(end, run);
    return paint(`${word} ${run.counts[end]}${causes === '' ? '' : `: ${causes}`}`);
  });
}

/** What WeChat answers to whoever has no subscription left, and when it does not know itself. */
const REFUSED = '43101';
const BUSY = '-1';

/** By WeChat's errcode where there is one. */
function causesOf(end: Ended, { counts, byErrcode }: RunAnswer): string {
  if (end === 'refused') return REFUSED;
  if (end === 'skipped') return 'no-grant';
  if (end !== 'failed') return '';
  const known = Object.entries(byErrcode).filter(([errcode]) => errcode !== REFUSED && errcode !== BUSY);
  const rest = counts.failed - known.reduce((sum, [, count]) => sum + count, 0);
  const causes = known.map(([errcode, count]) => `${errcode}×${count}`);
  return [...causes, ...(rest > 0 ? [say(`others×${rest}`, `其他×${rest}`)] : [])].join(', ');
}

/** How many recipients are done with. */
export function doneOf({ recipients, counts }: RunAnswer): number {
  return recipients - counts.pending;
}

const BAR_COLUMNS = 24;

/** A live line: a bar, then how the run stands. */
export function barLine(run: RunAnswer): string {
  const share = run.recipients === 0 ? 0 : doneOf(run) / run.recipients;
  const full = Math.round(share * BAR_COLUMNS);
  const bar = colors.cyan('█'.repeat(full)) + colors.dim('░'.repeat(BAR_COLUMNS - full));
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${runLine(run)}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
