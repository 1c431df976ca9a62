/** The price of one {@link Item}, with where it was read. */
export interface Price {
  /** For so many as {@link ITEMS} says. */
  readonly price: number;
  /** The page, the list's file or the person's own file. */
  readonly source: string;
  /**
   * `list`: in AWS's price list, while this command ran. `own`: in the person's own file.
   * The others are recorded: `page` stands on AWS's page itself, `quoted` with others, who name that page.
   */
  readonly read: 'list' | 'own' | 'page' | 'quoted';
  /** The day it was read, for `list` the day of its publication; empty for `own`. */
  readonly seen: string;
  /** What is to be said about it. */
  readonly note?: { readonly en: string; readonly zh: string };
}

/** What is billed, with its unit. */
export const ITEMS = {
  writeUnits: { name: 'DynamoDB write request units', per: 1_000_000 },
  readUnits: { name: 'DynamoDB read request units', per: 1_000_000 },
  storageGb: { name: 'DynamoDB storage, GB for a month', per: 1 },
  invocations: { name: 'Lambda requests', per: 1_000_000 },
  gbSeconds: { name: 'Lambda GB-seconds (arm64)', per: 1 },
  apiRequests: { name: 'API Gateway (HTTP API) requests', per: 1_000_000 },
  queueRequests: { name: 'SQS requests', per: 1_000_000 },
  events: { name: 'EventBridge custom events', per: 1_000_000 },
  webhookRequests: { name: 'EventBridge requests to the webhook', per: 1_000_000 },
  logGb: { name: 'CloudWatch Logs, GB taken in', per: 1 },
} as const;

/** One of {@link ITEMS}. */
export type Item = keyof typeof ITEMS;

/** The names of all items, in the order of a bill. */
export function allItems(): readonly Item[] {
  return Object.keys(ITEMS).filter((name): name is Item => name in ITEMS);
}

/** Prices by item; an unknown one is left out. */
export type Prices = Readonly<Partial<Record<Item, Price>>>;

/** What things cost in a region. */
export interface Region {
  /** As in `ap-southeast-1`. */
  readonly name: string;
  readonly currency: 'USD' | 'CNY';
  readonly prices: Prices;
  /** What AWS gives to every account each month for nothing, for as long as it exists. */
  readonly free: Readonly<Partial<Record<Item, number>>>;
}

const SEEN = '2026-11-23';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';

const page = (price: number, source: string): Price => ({ price, source, read: 'page', seen: SEEN });
const quoted = (price: number, source: string): Price => ({ price, source, read: 'quoted', seen: SEEN });

// https://aws.amazon.com/lambda/pricing/ and https://www.amazonaws.cn/cloudwatch/pricing/
const FREE: Region['free'] = { invocations: 1_000_000, gbSeconds: 400_000 };
const FREE_IN_CHINA: Region['free'] = { logGb: 5 };

/** The prices that were recorded: on demand, in USD, without discounts and taxes. */
export const RECORDED: Region = {
  name: 'us-east-1',
  currency: 'USD',
  prices: {
    writeUnits: quoted(0.625, DYNAMODB),
    readUnits: quoted(0.125, DYNAMODB),
    storageGb: quoted(0.25, DYNAMODB),
    invocations: page(0.2, LAMBDA),
    gbSeconds: quoted(0.000_013_333_4, LAMBDA),
    apiRequests: page(1, 'https://aws.amazon.com/api-gateway/pricing/'),
    queueRequests: quoted(0.4, 'https://aws.amazon.com/sqs/pricing/'),
    events: quoted(1, 'https://aws.amazon.com/eventbridge/pricing/'),
    webhookRequests: quoted(0.2, 'https://aws.amazon.com/eventbridge/pricing/'),
    logGb: quoted(0.5, 'https://aws.amazon.com/cloudwatch/pricing/'),
  },
  free: FREE,
};

/** Whether a price is one of {@link RECORDED}, which may be another in the region that was asked for. */
export function isRecorded({ read }: Price): boolean {
  return read === 'page' || read === 'quoted';
}

/** Whether a region is one of AWS China, which has a price list and a currency of its own. */
export function isInChina(region: string): boolean {
  return region.startsWith('cn-');
}

/** Whether a text has the form of a region's name. */
export function isRegion(name: string): boolean {
  return /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(name);
}

/**
 * A region with the prices of AWS's list. What the list lacks costs what was recorded, in the list's
 * currency. A region without any listed price is reckoned in USD.
 */
export function regionOf(name: string, listed: Prices, cnyPerUsd: number): Region {
  const isListed = Object.keys(listed).length > 0;
  const currency = isListed && isInChina(name) ? 'CNY' : 'USD';
  const factor = currency === 'CNY' ? cnyPerUsd : 1;
  const recorded = Object.fromEntries(
    Object.entries(RECORDED.prices).map(([item, price]) => [item, { ...price, price: price.price * factor }]),
  );
  const free = isInChina(name) ? FREE_IN_CHINA : FREE;
  return { name, currency, prices: { ...recorded, ...listed }, free };
}
