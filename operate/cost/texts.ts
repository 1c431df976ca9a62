import { JSON_OPTION } from '../command-line.ts';
import { say } from '../language.ts';
import { SERVICE_OPTIONS } from '../service-client.ts';
import { RECORDED_RATE } from './exchange-rate.ts';
import { RECORDED } from './prices.ts';
import type { Counts } from './reckon.ts';

const COUNT = { type: 'string', value: 'N', default: '0' } as const;

/** How `npm run cost` is called. */
export const USAGE = {
  name: 'cost',
  about: say(
    "Reckons what the service costs at AWS, from what each thing was measured to use and from AWS's public price list, which is read while the command runs and needs no account.",
    '根据实测用量和 AWS 公开价目表（运行时读取，无需账号）估算费用。',
  ),
  usages: [
    ['--messages 1000000'],
    ['--stage prod --app wx0123456789abcdef'],
    ['--region cn-northwest-1 --messages 200000 --timed 50000 --campaign 3000000 --months 1'],
  ],
  options: {
    messages: { ...COUNT, help: say('messages sent at once', '立即发送的消息') },
    timed: {
      ...COUNT,
      help: say('messages booked more than 15 minutes ahead', '提前 15 分钟以上预约的消息'),
    },
    campaign: { ...COUNT, help: say('recipients of campaigns', '群发的收件人') },
    grants: { ...COUNT, help: say('reports of what users allowed', '授权上报') },
    events: {
      ...COUNT,
      help: say(
        'events of WeChat about sends, one for each if message push is on',
        '微信的发送结果通知，启用消息推送时每次发送一个',
      ),
    },
    users: { ...COUNT, help: say('log-ins of users', '用户登录') },
    webhooks: {
      ...COUNT,
      help: say('requests to a webhook, each attempt counted', '发往 webhook 的请求，每次重试都计入'),
    },
    months: { ...COUNT, help: say('months of being there, with nothing to do', '闲置的月数') },
    crowd: {
      type: 'boolean',
      default: false,
      help: say(
        'messages, reports and events come many together and share functions and statistics; without it each comes alone, which is the most that it can cost',
        '大量同时到达、共用批次；不加则按逐条到达计算，为费用上限',
      ),
    },
    free: {
      type: 'boolean',
      default: false,
      help: say('leave out what AWS gives to every account each month', '扣除每月免费额度'),
    },
    ...SERVICE_OPTIONS,
    days: {
      type: 'string',
      value: 'N',
      default: '30',
      help: say(
        'with --stage, --api or --app: of how many days, up to 92 (default 30)',
        '与 --stage、--api、--app 同用：统计的天数，最多 92，默认 30',
      ),
    },
    'cny-per-usd': {
      type: 'string',
      value: 'RATE',
      help: say(
        `default ${RECORDED_RATE.cnyPerUsd}, the central parity of ${RECORDED_RATE.day}; AWS China lists CNY itself`,
        `汇率，默认 ${RECORDED_RATE.cnyPerUsd}（${RECORDED_RATE.day} 的中间价）；AWS 中国区价目表本身即为人民币`,
      ),
    },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      default: '20',
      help: say('how long to wait for the price list (default 20)', '等待价目表的秒数，默认 20'),
    },
    offline: {
      type: 'boolean',
      default: false,
      help: say(
        `ask nobody: the prices recorded of ${RECORDED.name}`,
        `不联网，使用记录的 ${RECORDED.name} 价格`,
      ),
    },
    'price-list': {
      type: 'string',
      value: 'URL',
      help: say('another place of the list, the part before /offers', '价目表的其他地址，/offers 之前的部分'),
    },
    prices: {
      type: 'string',
      value: 'FILE',
      help: say(
        'your own prices, which go before: JSON of {"currency": "USD", "writeUnits": 0.7, …}, by the names that --json shows',
        '自定义价格文件（JSON），优先使用，名称见 --json 的输出',
      ),
    },
    write: {
      type: 'boolean',
      default: false,
      help: say(
        'puts the tables of what was measured into docs/en/cost.md and docs/zh/cost.md',
        '更新 docs/en/cost.md 和 docs/zh/cost.md 中的表格',
      ),
    },
    ...JSON_OPTION,
  },
  notes: say(
    `--stage, --api or --app: what one mini program did lately, by its statistics and runs, instead of numbers of yours. Log-ins are not in it, and what was booked ahead counts as sent at once. What the list cannot tell costs what was recorded of ${RECORDED.name}, and is marked with *. docs/en/cost.md explains.`,
    `--stage、--api 或 --app：按某个小程序近期的统计和群发估算，代替手工给出数量；不含登录，预约的按立即发送计算。价目表中读不到的价格使用记录的 ${RECORDED.name} 价格，并以 * 标出，说明见 docs/zh/cost.md。`,
  ),
} as const;

/** What a mini program did on the last days. */
export function countsLine(
  { messages = 0, campaign = 0, grants = 0, events = 0 }: Counts,
  days: string,
): string {
  return say(
    `${days} days: ${messages} messages, ${campaign} recipients of campaigns, ${grants} grants, ${events} deliveries`,
    `${days} 天：${messages} 条消息，${campaign} 个群发收件人，${grants} 次授权，${events} 次送达`,
  );
}
