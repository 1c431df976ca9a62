import { money } from './bill.ts';
import { RECORDED_RATE } from './exchange-rate.ts';
import { allItems, ITEMS, type Item, RECORDED } from './prices.ts';
import { reckon } from './reckon.ts';
import { type Kind, MINUTES_OF_MONTH, type Usage, type UsageByKind } from './usage.ts';

/** The languages of the documents. */
export type Language = 'en' | 'zh';
type Words = Readonly<Record<Language, string>>;

const TITLES: Readonly<Record<Kind, Words>> = {
  users: { en: 'log-ins', zh: '登录' },
  grants: { en: 'reports of grants', zh: '授权上报' },
  messages: { en: 'messages sent at once', zh: '立即发送的消息' },
  timed: { en: 'messages booked ahead', zh: '预约发送的消息' },
  campaign: { en: 'recipients of a campaign', zh: '群发收件人' },
  events: { en: 'events of WeChat about sends', zh: '微信的发送结果通知' },
  minutes: { en: 'a month of being there', zh: '闲置一个月' },
};
const TOGETHER: Words = { en: ', many together', zh: '，大量同时到达' };
const ALONE: Words = { en: ', each alone', zh: '，逐条到达' };
const NONE: Words = { en: '', zh: '' };
const CROWDS: readonly Kind[] = ['messages', 'grants', 'events'];

interface Row {
  readonly title: Words;
  readonly kind: Kind;
  readonly count: number;
  readonly usage: UsageByKind;
}

function rowsOf({ alone, crowd }: Usage): readonly Row[] {
  const million = (kind: Kind, usage: UsageByKind, how = NONE): Row => ({
    title: { en: TITLES[kind].en + how.en, zh: TITLES[kind].zh + how.zh },
    kind,
    count: 1_000_000,
    usage,
  });
  return [
    million('campaign', crowd),
    million('timed', crowd),
    ...CROWDS.flatMap((kind) => [million(kind, crowd, TOGETHER), million(kind, alone, ALONE)]),
    million('users', alone),
    { title: TITLES.minutes, kind: 'minutes', count: MINUTES_OF_MONTH, usage: alone },
  ];
}

const COLUMNS: readonly (readonly [Words, readonly Item[]])[] = [
  [same('DynamoDB'), ['writeUnits', 'readUnits']],
  [{ en: 'Storage', zh: '存储' }, ['storageGb']],
  [same('Lambda'), ['invocations', 'gbSeconds']],
  [same('API Gateway'), ['apiRequests']],
  [{ en: 'SQS, EventBridge', zh: 'SQS、EventBridge' }, ['queueRequests', 'events', 'webhookRequests']],
  [{ en: 'Logs', zh: '日志' }, ['logGb']],
  [{ en: 'together', zh: '合计' }, allItems()],
];
const HEAD: Words = { en: 'A million', zh: '每一百万' };
const IN_YUAN: Words = { en: 'in CNY', zh: '折合人民币' };
const PRICE_HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ['Item', 'Price', 'Page', 'Seen'],
  zh: ['项目', '价格', '页面', '查看日期'],
};
const READ = {
  page: { en: 'on the page', zh: '页面原文' },
  quoted: { en: 'quoted by others', zh: '他人引用' },
} as const satisfies Record<string, Words>;

function same(name: string): Words {
  return { en: name, zh: name };
}

/** What a million of each kind costs by the recorded prices. */
function kindTable(usage: Usage, language: Language): string {
  const cells = ({ title, kind, count, usage: measured }: Row) => {
    const lines = reckon({ [kind]: count }, measured, RECORDED);
    const cost = (items: readonly Item[]) =>
      lines.filter(({ item }) => items.includes(item)).reduce((sum, line) => sum + (line.cost ?? 0), 0);
    const inYuan = money(cost(allItems()) * RECORDED_RATE.cnyPerUsd, 'CNY');
    return [title[language], ...COLUMNS.map(([, items]) => money(cost(items), 'USD')), inYuan];
  };
  const head = [HEAD[language], ...COLUMNS.map(([name]) => name[language]), IN_YUAN[language]];
  return asMarkdown([head, ...rowsOf(usage).map(cells)]);
}

function asMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Every recorded price, with its source. */
function priceTable(language: Language): string {
  const rows = allItems().flatMap((item) => {
    const price = RECORDED.prices[item];
    if (!price) return [];
    const { per, name } = ITEMS[item];
    const count = per === 1 ? '' : per.toLocaleString('en-US');
    const unit = language === 'zh' ? (count ? `每 ${count}` : '每单位') : `each ${count}`.trimEnd();
    const how = READ[price.read === 'page' ? 'page' : 'quoted'][language];
    return [
      [
        name,
        `USD ${price.price} ${unit}`,
        price.source,
        `${price.seen}${language === 'zh' ? '，' : ', '}${how}`,
      ],
    ];
  });
  return asMarkdown([PRICE_HEAD[language], ...rows]);
}

/** The page on cost of a language with its tables renewed. Each stands between two marks of its name. */
export function withTables(document: string, usage: Usage, language: Language): string {
  const tables = { kinds: kindTable(usage, language), prices: priceTable(language) };
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->)[^]*(<!-- /${name} -->)`),
        (_, start: string, end: string) => `${start}\n${table}\n${end}`,
      ),
    document,
  );
}
