import stringWidth from 'string-width';
import { ITEMS, type Item, REGIONS, type Region } from './prices.ts';
import { type BillLine, itemsOf, reckon, totalOf } from './reckon.ts';
import type { Kind, Usage, UsageByKind } from './usage.ts';

/** What `npm run cost -- --help` prints. */
export const HELP = `Reckons what the service costs at AWS, from what each thing was measured to use (npm run bench -- usage) and the public prices.
根据实测用量和 AWS 公开价格估算费用。

  npm run cost -- --messages 1000000
  npm run cost -- --messages 200000 --timed 50000 --campaign 3000000 --grants 3500000 --months 1

  --messages N   messages sent at once 立即发送的消息
  --timed N      messages booked more than 15 minutes ahead 提前 15 分钟以上预约的消息
  --campaign N   recipients of campaigns 群发的收件人
  --grants N     reports of what users allowed 上报的订阅授权
  --events N     events of WeChat about sends, one for each if message push is on 微信的发送结果通知（启用消息推送时每次发送一个）
  --users N      log-ins of users 用户登录
  --months N     months of being there, with nothing to do 闲置的月数
  --crowd        messages, reports and events come many together and share functions and statistics;
                 without it each comes alone, which is the most that it can cost
                 大量同时到达、共用批次；不加则按逐条到达计算（费用上限）
  --free         leave out what AWS gives to every account each month 扣除每月免费额度
  --region R     default us-east-1; prices are known of ${Object.keys(REGIONS).join(', ')} 区域
  --prices FILE  your own prices: JSON of {"currency": "USD", "writeUnits": 0.7, …}, by the names that --json shows
                 自定义价格文件（JSON），名称见 --json 的输出
  --write        puts the tables of what was measured into docs/cost.md 更新 docs/cost.md 中的表格
  --json         one JSON object instead of a table 输出 JSON
  --help, -h     show this text 显示本说明

A price that could not be read at its source is said to be unknown. docs/cost.md explains.
无法核实来源的价格显示为“未知”，说明见 docs/cost.md。
`;

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

function money(amount: number, { currency }: Pick<Region, 'currency'>): string {
  return `${currency === 'USD' ? '$' : '¥'}${amount.toFixed(2)}`;
}

/** A bill as a table, with all that is to be said against it. */
export function billTable(lines: readonly BillLine[], region: Region): string {
  const used = lines.filter(({ amount }) => amount > 0);
  const rows = used.map(({ item, amount, cost }) => [
    ITEMS[item].name,
    NUMBER.format(amount),
    cost === undefined ? 'unknown 未知' : money(cost, region),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  const pad = (text: string, column: number) => {
    const space = ' '.repeat((widths[column] ?? 0) - stringWidth(text));
    return column === 0 ? text + space : space + text;
  };
  const { known, unknown } = totalOf(lines);
  const names = unknown.map((item) => ITEMS[item].name).join('; ');
  const total =
    unknown.length === used.length && used.length > 0
      ? `unknown 未知: no price of this region could be read at its source. Give yours by --prices. 没有该区域的已核实价格，可用 --prices 给出。`
      : `${money(known, region)}${names && `, without 不含: ${names}`}`;
  const doubts = used.flatMap(({ item }) => {
    const doubt = region.prices[item]?.doubt;
    return doubt ? [`  ${ITEMS[item].name}: ${doubt.en} ${doubt.zh}`] : [];
  });
  return [...rows.map((row) => `  ${row.map(pad).join('  ')}`), `  Total 合计 ${total}`, ...doubts].join(
    '\n',
  );
}

const TITLES: Readonly<Record<Kind, string>> = {
  users: 'log-ins 登录',
  grants: 'reports of grants 授权上报',
  messages: 'messages sent at once 立即发送',
  timed: 'messages booked ahead 预约发送',
  campaign: 'recipients of a campaign 群发收件人',
  events: 'events of WeChat about sends 发送结果通知',
  minutes: '',
};
const CROWDS: readonly Kind[] = ['messages', 'grants', 'events'];
/** A month has so many minutes, on average. */
export const MINUTES_OF_MONTH = 43_830;

interface Row {
  readonly title: string;
  readonly kind: Kind;
  readonly count: number;
  readonly usage: UsageByKind;
}

function rowsOf({ alone, crowd }: Usage): readonly Row[] {
  const million = (kind: Kind, usage: UsageByKind, how = ''): Row => ({
    title: TITLES[kind] + how,
    kind,
    count: 1_000_000,
    usage,
  });
  return [
    million('campaign', crowd),
    million('timed', crowd),
    ...CROWDS.flatMap((kind) => [
      million(kind, crowd, ', many together 大量同时'),
      million(kind, alone, ', each alone 逐条'),
    ]),
    million('users', alone),
    { title: 'a month of being there 闲置一个月', kind: 'minutes', count: MINUTES_OF_MONTH, usage: alone },
  ];
}

const COLUMNS: readonly (readonly [string, readonly Item[]])[] = [
  ['DynamoDB', ['writeUnits', 'readUnits']],
  ['Storage', ['storageGb']],
  ['Lambda', ['invocations', 'gbSeconds']],
  ['API Gateway', ['apiRequests']],
  ['SQS, EventBridge', ['queueRequests', 'events']],
  ['Logs', ['logGb']],
  ['together 合计', itemsOf(ITEMS)],
];

/** What a million of each kind costs where all prices are known. */
function documentTable(usage: Usage): string {
  const region = REGIONS['us-east-1'];
  if (!region) return '';
  const cells = ({ title, kind, count, usage: measured }: Row) => {
    const lines = reckon({ [kind]: count }, measured, region);
    const cost = (items: readonly Item[]) =>
      lines.filter(({ item }) => items.includes(item)).reduce((sum, line) => sum + (line.cost ?? 0), 0);
    return [title, ...COLUMNS.map(([, items]) => money(cost(items), region))];
  };
  return asMarkdown([['A million 每百万', ...COLUMNS.map(([name]) => name)], ...rowsOf(usage).map(cells)]);
}

/** What sending costs in each region with a price, and which prices are missing. */
function regionTable(usage: Usage): string {
  const rows = Object.entries(REGIONS).map(([name, region]) => {
    const cost = (kind: Kind, how: keyof Usage) => {
      const lines = reckon({ [kind]: 1_000_000 }, usage[how], region);
      const { known, unknown } = totalOf(lines);
      return unknown.length === 0 ? money(known, region) : `${money(known, region)} known 已知部分`;
    };
    const missing = itemsOf(ITEMS).filter((item) => region.prices[item] === undefined);
    const names = missing.map((item) => ITEMS[item].name).join('; ');
    return [
      name,
      cost('campaign', 'alone'),
      cost('messages', 'crowd'),
      cost('messages', 'alone'),
      names || '–',
    ];
  });
  const head = ['Region 区域', 'campaign 群发', 'messages, together', 'messages, alone', 'unknown 未知'];
  return asMarkdown([head, ...rows]);
}

function asMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Every price, with its source. */
function priceTable(): string {
  const rows = Object.entries(REGIONS).flatMap(([name, { currency, prices }]) =>
    itemsOf(ITEMS).flatMap((item) => {
      const price = prices[item];
      if (!price) return [];
      const { per } = ITEMS[item];
      const unit = per === 1 ? 'each' : `each ${per.toLocaleString('en-US')}`;
      const how = { page: 'on the page', quoted: 'quoted by others' }[price.read];
      const doubt = price.doubt ? `; ${price.doubt.en}` : '';
      return [
        [
          name,
          ITEMS[item].name,
          `${currency} ${price.price} ${unit}`,
          price.source,
          `${price.seen}, ${how}${doubt}`,
        ],
      ];
    }),
  );
  return asMarkdown([['Region', 'Item', 'Price', 'Page', 'Seen'], ...rows]);
}

/** docs/cost.md with its tables renewed. Each stands between two marks of its name. */
export function withTables(document: string, usage: Usage): string {
  const tables = { kinds: documentTable(usage), regions: regionTable(usage), prices: priceTable() };
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->)[^]*(<!-- /${name} -->)`),
        (_, start: string, end: string) => `${start}\n${table}\n${end}`,
      ),
    document,
  );
}
