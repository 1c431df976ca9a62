import stringWidth from 'string-width';
import { ITEMS, REGIONS, type Region } from './prices.ts';
import { type BillLine, type Counts, reckon, totalOf } from './reckon.ts';
import { KINDS, type Kind, type UsageOfKind } from './usage.ts';

/** What `npm run cost -- --help` prints. */
export const HELP = `Reckons what the service costs at AWS, from what each thing was measured to use (npm run bench -- usage) and the public prices.
根据实测用量和 AWS 公开价格估算费用。

  npm run cost -- --messages 1000000
  npm run cost -- --messages 200000 --timed 50000 --campaign 3000000 --grants 3500000

  --messages N   messages sent at once, one by one 逐条立即发送的消息
  --timed N      messages booked more than 15 minutes ahead 提前 15 分钟以上预约的消息
  --campaign N   recipients of campaigns 群发的收件人
  --grants N     reports of what users allowed 上报的订阅授权
  --region R     ${Object.keys(REGIONS).join(', ')} (default us-east-1)
  --table        a million of each kind, as in docs/cost.md 每百万次的费用表
  --json         one JSON object instead of a table 输出 JSON
  --help, -h     show this text 显示本说明

On demand, without free tiers, discounts and taxes. Not in it: storage, data transfer, alarms,
the polling of empty queues. A price that could not be read at its source is said to be unknown. docs/cost.md explains.
`;

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** An amount of money. */
function money(amount: number, { currency }: Region): string {
  return `${currency === 'USD' ? '$' : '¥'}${amount.toFixed(2)}`;
}

/** A bill as a table. */
export function billTable(lines: readonly BillLine[], region: Region): string {
  const rows = lines
    .filter(({ amount }) => amount > 0)
    .map(({ item, amount, cost }) => [
      ITEMS[item],
      NUMBER.format(amount),
      cost === undefined ? 'unknown 未知' : money(cost, region),
    ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  const pad = (text: string, column: number) => {
    const space = ' '.repeat((widths[column] ?? 0) - stringWidth(text));
    return column === 0 ? text + space : space + text;
  };
  const { known, unknown } = totalOf(lines);
  const missing =
    unknown.length === 0 ? '' : `, without ${unknown.map((item) => ITEMS[item]).join('; ')} 不含未知项`;
  return [
    ...rows.map((row) => `  ${row.map(pad).join('  ')}`),
    `  Total 合计 ${money(known, region)}${missing}`,
  ].join('\n');
}

const TITLES: Readonly<Record<Kind, string>> = {
  messages: 'messages sent at once, one by one 逐条立即发送',
  timed: 'messages booked ahead 预约发送',
  campaign: 'recipients of a campaign 群发收件人',
  grants: 'reports of grants 授权上报',
};

const MILLION = 1_000_000;

/** What a million of each kind costs in each region, as the table of docs/cost.md. */
export function documentTable(usage: Readonly<Record<Kind, UsageOfKind>>): string {
  const region = REGIONS['us-east-1'];
  if (!region) return '';
  const cells = (kind: Kind): readonly string[] => {
    const counts: Counts = { [kind]: MILLION };
    const lines = reckon(counts, usage, region);
    const cost = (...items: readonly BillLine['item'][]) =>
      money(
        lines.filter(({ item }) => items.includes(item)).reduce((sum, line) => sum + (line.cost ?? 0), 0),
        region,
      );
    return [
      TITLES[kind],
      cost('writeUnits', 'readUnits'),
      cost('invocations', 'gbSeconds'),
      cost('apiRequests'),
      cost('queueRequests', 'events'),
      cost('logGb'),
      money(totalOf(lines).known, region),
    ];
  };
  const head = [
    'A million 每百万',
    'DynamoDB',
    'Lambda',
    'API Gateway',
    'SQS, EventBridge',
    'Logs',
    'together 合计',
  ];
  return [head, head.map(() => '---'), ...KINDS.toReversed().map(cells)]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}
