import { inLanguage, say } from '../language.ts';
import { table } from '../table.ts';
import type { ExchangeRate } from './exchange-rate.ts';
import { ITEMS, isRecorded, type Price, RECORDED, type Region } from './prices.ts';
import { type BillLine, totalOf } from './reckon.ts';

/** What a bill is made of. */
export interface Bill {
  readonly lines: readonly BillLine[];
  readonly region: Region;
  readonly rate: ExchangeRate;
  /** Why prices are missing in AWS's list, one reason each. */
  readonly missing: readonly string[];
}

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const UNKNOWN = say('unknown', '未知');

/** An amount of money in its currency. */
export function money(amount: number, currency: Region['currency']): string {
  return `${currency === 'USD' ? '$' : '¥'}${amount.toFixed(2)}`;
}

/** A bill as a table in USD and CNY, with the origin of its prices and what is to be said against them. */
export function billTable({ lines, region, rate, missing }: Bill): string {
  const used = lines.filter(({ amount }) => amount > 0);
  const both = (cost: number) => bothCurrencies(cost, region, rate);
  const isOfRecorded = ({ item }: BillLine) => {
    const price = region.prices[item];
    return price !== undefined && isRecorded(price);
  };
  const mark = (isMarked: boolean) => (isMarked ? ' *' : '');
  const cells = used.map(({ item, amount, cost }) => [
    ITEMS[item].name,
    NUMBER.format(amount),
    ...(cost === undefined ? [UNKNOWN] : both(cost)),
  ]);
  const { known, unknown } = totalOf(lines);
  const without = unknown.map((item) => ITEMS[item].name).join('; ');
  const sum = `${both(known).join('  ')}${mark(used.some(isOfRecorded))}`;
  const total =
    unknown.length === used.length && used.length > 0
      ? UNKNOWN
      : sum + (without === '' ? '' : say(`, without: ${without}`, `，不含：${without}`));
  const currencies = region.currency === 'CNY' ? ['CNY'] : ['USD', 'CNY'];
  const [head = '', ...rows] = table(
    [say('item', '项目'), say('amount', '用量'), ...currencies],
    cells,
    [1, 2, 3],
  );
  return [
    `  ${head}`,
    ...rows.map((row, index) => `  ${row}${mark(used.slice(index, index + 1).some(isOfRecorded))}`),
    `  ${say('Total', '合计')} ${total}`,
    '',
    ...remarks(used, { region, rate, missing }),
  ].join('\n');
}

function bothCurrencies(cost: number, { currency }: Region, { cnyPerUsd }: ExchangeRate): string[] {
  return currency === 'CNY' ? [money(cost, 'CNY')] : [money(cost, 'USD'), money(cost * cnyPerUsd, 'CNY')];
}

function remarks(used: readonly BillLine[], { region, rate, missing }: Omit<Bill, 'lines'>): string[] {
  const prices = used.flatMap(({ item }) => region.prices[item] ?? []);
  const days = (read: (price: Price) => boolean) => prices.filter(read).map(({ seen }) => seen);
  const listed = [...new Set(days(({ read }) => read === 'list'))].toSorted();
  const recorded = days(isRecorded);
  const why = missing.length > 0 ? `: ${missing.join('; ')}` : '';
  return [
    ...(listed.length > 0
      ? [
          say(
            `  Prices of ${region.name}, from AWS's price list as published on ${listed.join(', ')}.`,
            `  价格来自 AWS 价目表（${region.name}，发布于 ${listed.join('、')}）。`,
          ),
        ]
      : []),
    ...(recorded.length > 0
      ? [
          say(
            `  * Recorded of ${RECORDED.name} on ${recorded[0]}: AWS's price list of ${region.name} did not tell${why}.`,
            `  * 未能从 AWS 价目表读到 ${region.name} 的价格，使用 ${recorded[0]} 记录的 ${RECORDED.name} 价格${why}。`,
          ),
        ]
      : []),
    ...used.flatMap(({ item }) => {
      const note = region.prices[item]?.note;
      return note ? [`  ${ITEMS[item].name}: ${inLanguage(note)}${say('.', '。')}`] : [];
    }),
    ...rateRemark(region, rate, recorded.length > 0),
  ];
}

/** Of a list in CNY the rate matters only where it changed recorded prices. */
function rateRemark({ currency }: Region, { cnyPerUsd, day }: ExchangeRate, hasRecorded: boolean): string[] {
  if (currency === 'CNY' && !hasRecorded) return [];
  const [en, zh] =
    day === undefined
      ? ['', '']
      : [
          `, the central parity of ${day}; --cny-per-usd takes another`,
          `（${day} 中间价），可用 --cny-per-usd 修改`,
        ];
  return [say(`  CNY at ${cnyPerUsd} for a dollar${en}.`, `  人民币按 1 美元 = ${cnyPerUsd} 元折算${zh}。`)];
}
