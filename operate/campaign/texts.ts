import colors from 'picocolors';
import { SERVICE_HELP } from '../service-client.ts';
import type { CampaignAnswer, RunAnswer } from './campaign-answers.ts';

/** What `npm run campaign -- --help` prints. */
export const HELP = `Makes campaigns, runs them, and shows how they go, through the API.
通过接口创建群发活动、开始发送并查看进度。

  npm run campaign -- create FILE            makes a campaign: FILE is the body of POST /v1/campaigns, "-" standard input
                                             创建活动：FILE 为 POST /v1/campaigns 的请求体，"-" 为标准输入
  npm run campaign -- add ID CSV             names recipients: a header row with openid and the variables, any size
                                             添加名单：首行为 openid 和变量名，大小不限
  npm run campaign -- list                   every campaign, newest first
                                             列出所有活动，最新的在前
  npm run campaign -- show ID                one campaign, its coming runs and its last one
                                             查看一个活动、之后的发送时间和上一次发送
  npm run campaign -- run ID                 runs it now
                                             立即发送
  npm run campaign -- watch ID [RUN]         shows how a run goes until it has ended (default: the last run)
                                             查看一次发送的进度直到结束，默认为最近一次
  npm run campaign -- pause ID [RUN]         holds a run back, also what is queued; with --campaign the campaign itself
                                             暂停一次发送（含已排队的）；加 --campaign 则暂停整个活动
  npm run campaign -- resume ID [RUN]        goes on with it
                                             继续发送；加 --campaign 则恢复活动
  npm run campaign -- stop ID [RUN]          ends it for good
                                             停止发送，不可恢复；加 --campaign 则结束活动
  npm run campaign -- resend ID [RUN]        runs again for those who failed
                                             对失败的用户再发送一次
  npm run campaign -- export ID [RUN]        what became of every recipient, as CSV
                                             把每个用户的结果导出为 CSV
  npm run campaign -- delete ID              deletes it with its recipients and runs
                                             删除活动及其名单和发送记录

${SERVICE_HELP}
                    All but list, show, watch and export need the scope "manage".
                    除 list、show、watch、export 外需要 manage 权限。
  --recipients CSV  for create: names recipients at once, as add does
                    用于 create：同时添加名单
  --dry-run         for run: count and check everyone, and send nothing
                    用于 run：只统计和检查，不发送
  --scheduled-at T  for run: stand in for the schedule, which missed this moment (2026-12-01T09:00:00+08:00)
                    用于 run：补发定时错过的那一次，写原定时刻
  --watch           for run and resend: watch it at once
                    用于 run 和 resend：随后查看进度
  --campaign        for pause, resume and stop: the campaign with its schedule, not one run of it
                    用于 pause、resume、stop：针对整个活动及其定时，而不是某一次发送
  --every SECONDS   for watch: how often to look (default 1)
                    用于 watch：查询间隔，默认 1 秒
  --out FILE        for export: where to write (default: standard output)
                    用于 export：写入的文件，默认为标准输出
  --json            JSON instead of text; watch then prints a line for each look
                    输出 JSON
  --help, -h        show this text
                    显示本说明
`;

const STATUS: Readonly<Record<CampaignAnswer['status'] | RunAnswer['status'], string>> = {
  active: colors.green('active 启用'),
  paused: colors.yellow('paused 已暂停'),
  ended: colors.dim('ended 已结束'),
  running: colors.cyan('running 进行中'),
  stopped: colors.yellow('stopped 已停止'),
  finished: colors.green('finished 已完成'),
};

/** A campaign on one line. */
export function campaignLine({ id, name, status, audience, schedule, nextRunAt }: CampaignAnswer): string {
  const whom = audience.type === 'grantees' ? 'grantees 全部已授权' : `${audience.count ?? 0} recipients 人`;
  const when = schedule ? `${schedule.expression} ${schedule.timezone}` : 'by hand 手动';
  const next = nextRunAt === undefined ? '' : `  next 下次 ${nextRunAt}`;
  return `${id}  ${STATUS[status]}  ${name}  ${colors.dim(`${whom}  ${when}${next}`)}`;
}

/** A campaign with its coming runs and the last one. */
export function campaignLines(campaign: CampaignAnswer): readonly string[] {
  const { nextRuns = [], lastRun, warnings = [] } = campaign;
  return [
    campaignLine(campaign),
    ...nextRuns.map((at) => `  next 将于  ${at}`),
    ...(lastRun ? [`  last 上次  ${lastRun.id}  ${runLine(lastRun)}`] : []),
    ...warningLines(warnings),
  ];
}

/** What WeChat may refuse, or a page that may open nothing, a line each. */
export function warningLines(warnings: NonNullable<CampaignAnswer['warnings']>): readonly string[] {
  return warnings.map(({ path, en, zh }) => colors.yellow(`  ! ${path}: ${en} ${zh}`));
}

/** How a run stands, on one line. */
export function runLine(run: RunAnswer): string {
  const { status, dryRun, recipients, counts, byErrcode, quietUntil, perSecond, secondsLeft } = run;
  const errcodes = Object.entries(byErrcode).map(([errcode, count]) => `${errcode}×${count}`);
  return [
    STATUS[status] + (dryRun ? ' (dry run 试运行)' : ''),
    `${doneOf(run)}/${recipients}`,
    ...shownCounts(counts),
    ...(errcodes.length > 0 ? [colors.dim(errcodes.join(' '))] : []),
    ...(quietUntil === undefined ? [] : [colors.yellow(`quiet until 免打扰至 ${quietUntil}`)]),
    ...(perSecond === undefined ? [] : [`${Math.round(perSecond)}/s`]),
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left 剩余`]),
  ].join('  ');
}

function shownCounts({ sent, delivered, refused, failed, unknown, skipped }: RunAnswer['counts']): string[] {
  const words: [number, string, (text: string) => string][] = [
    [sent, 'sent 已发', colors.green],
    [delivered, 'delivered 已送达', colors.green],
    [refused, 'refused 拒收', colors.yellow],
    [failed, 'failed 失败', colors.red],
    [unknown, 'unknown 未知', colors.red],
    [skipped, 'skipped 跳过', colors.dim],
  ];
  return words.filter(([count]) => count > 0).map(([count, word, paint]) => paint(`${word} ${count}`));
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
