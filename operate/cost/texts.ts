import { RECORDED_RATE } from './exchange-rate.ts';
import { RECORDED } from './prices.ts';
import type { Counts } from './reckon.ts';

/** What `npm run cost -- --help` prints. */
export const HELP = `Reckons what the service costs at AWS, from what each thing was measured to use and from AWS's public price list.
The list is read while the command runs and needs no account.
根据实测用量和 AWS 公开价目表（运行时读取，无需账号）估算费用。

  npm run cost -- --messages 1000000
  npm run cost -- --stage prod --app wx0123456789abcdef
  npm run cost -- --region cn-northwest-1 --messages 200000 --timed 50000 --campaign 3000000 --months 1

  --messages N   messages sent at once 立即发送的消息
  --timed N      messages booked more than 15 minutes ahead 提前 15 分钟以上预约的消息
  --campaign N   recipients of campaigns 群发的收件人
  --grants N     reports of what users allowed 上报的订阅授权
  --events N     events of WeChat about sends, one for each if message push is on 微信的发送结果通知（启用消息推送时每次发送一个）
  --users N      log-ins of users 用户登录
  --months N     months of being there, with nothing to do 闲置的月数
  --stage NAME, --api URL, --key KEY, --app APPID
                 what one mini program of a service did lately, by its statistics and runs, instead of numbers of yours; an API
                 key with the scope "read" (QINGNIAO_API_KEY). Log-ins are not in it, and what was booked ahead counts as
                 sent at once 按某个小程序近期的统计和群发估算，代替手工给出数量；不含登录，预约的按立即发送计算
  --days N       of how many days, up to 92, default 30 统计的天数，最多 92，默认 30

  --crowd        messages, reports and events come many together and share functions and statistics;
                 without it each comes alone, which is the most that it can cost
                 大量同时到达、共用批次；不加则按逐条到达计算（费用上限）
  --free         leave out what AWS gives to every account each month 扣除每月免费额度

  --region R     default AWS_REGION, else ap-southeast-1, as for a deployment 区域，默认与部署相同
  --cny-per-usd RATE
                 default ${RECORDED_RATE.cnyPerUsd}, the central parity of ${RECORDED_RATE.day}; AWS China lists CNY itself
                 汇率，默认 ${RECORDED_RATE.day} 的中间价；AWS 中国区价目表本身即为人民币
  --timeout S    seconds to wait for the price list, default 20 等待价目表的秒数
  --offline      ask nobody: the prices recorded of ${RECORDED.name} 不联网，使用记录的 ${RECORDED.name} 价格
  --price-list URL
                 another place of the list, the part before /offers 价目表的其他地址（/offers 之前的部分）
  --prices FILE  your own prices, which go before: JSON of {"currency": "USD", "writeUnits": 0.7, …},
                 by the names that --json shows
                 自定义价格文件（JSON），优先使用，名称见 --json 的输出

  --write        puts the tables of what was measured into docs/en/cost.md and docs/zh/cost.md 更新这两页的表格
  --json         one JSON object instead of a table 输出 JSON
  --help, -h     show this text 显示本说明

What the list cannot tell costs what was recorded of ${RECORDED.name}, and is marked with *. docs/en/cost.md explains.
价目表中读不到的价格使用记录的 ${RECORDED.name} 价格，并以 * 标出，说明见 docs/zh/cost.md。
`;

/** What a mini program did on the last days. */
export function countsLine(
  { messages = 0, campaign = 0, grants = 0, events = 0 }: Counts,
  days: string,
): string {
  return `${days} days 天: ${messages} messages 条消息, ${campaign} recipients 群发收件人, ${grants} grants 授权, ${events} deliveries 送达`;
}
