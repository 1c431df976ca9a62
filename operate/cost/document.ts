import { money } from './bill.ts';
import { RECORDED_RATE } from './exchange-rate.ts';
import { allItems, ITEMS, type Item, RECORDED } from './prices.ts';
import { reckon } from './reckon.ts';
import { type Kind, MINUTES_OF_MONTH, type Usage, type UsageByKind } from './usage.ts';

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
  ['together 合计', allItems()],
];

/** What a million of each kind costs by the recorded prices. */
function kindTable(usage: Usage): string {
  const cells = ({ title, kind, count, usage: measured }: Row) => {
    const lines = reckon({ [kind]: count }, measured, RECORDED);
    const cost = (items: readonly Item[]) =>
      lines.filter(({ item }) => items.includes(item)).reduce((sum, line) => sum + (line.cost ?? 0), 0);
    const inYuan = money(cost(allItems()) * RECORDED_RATE.cnyPerUsd, 'CNY');
    return [title, ...COLUMNS.map(([, items]) => money(cost(items), 'USD')), inYuan];
  };
  const head = ['A million 每百万', ...COLUMNS.map(([name]) => name), 'in CNY 人民币'];
  return asMarkdown([head, ...rowsOf(usage).map(cells)]);
}

function asMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Every recorded price, with its source. */
function priceTable(): string {
  const rows = allItems().flatMap((item) => {
    const price = RECORDED.prices[item];
    if (!price) return [];
    const { per, name } = ITEMS[item];
    const unit = per === 1 ? 'each' : `each ${per.toLocaleString('en-US')}`;
    const how = price.read === 'page' ? 'on the page' : 'quoted by others';
    return [[name, `USD ${price.price} ${unit}`, price.source, `${price.seen}, ${how}`]];
  });
  return asMarkdown([['Item', 'Price', 'Page', 'Seen'], ...rows]);
}

/** docs/cost.md with its tables renewed. Each stands between two marks of its name. */
export function withTables(document: string, usage: Usage): string {
  const tables = { kinds: kindTable(usage), prices: priceTable() };
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->)[^]*(<!-- /${name} -->)`),
        (_, start: string, end: string) => `${start}\n${table}\n${end}`,
      ),
    document,
  );
}
