import colors from 'picocolors';
import { say } from '../language.ts';
import { table } from '../table.ts';
import { localTime } from '../times.ts';
import type { CampaignAnswer, RunAnswer } from './campaign-answers.ts';

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
