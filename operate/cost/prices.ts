/** A price with where it was read. */
export interface Price {
  readonly price: number;
  /** AWS's own page. */
  readonly source: string;
  /** `page`: stands on the page itself, in its examples. `quoted`: found with others, who name the page. */
  readonly read: 'page' | 'quoted';
  /** When. */
  readonly seen: string;
  /** Why it may be another by now. */
  readonly doubt?: { readonly en: string; readonly zh: string };
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
  logGb: { name: 'CloudWatch Logs, GB taken in', per: 1 },
} as const;

/** One of {@link ITEMS}. */
export type Item = keyof typeof ITEMS;

/** Prices of a region; what could not be read at its source is left out. */
export interface Region {
  readonly currency: 'USD' | 'CNY';
  readonly prices: Readonly<Partial<Record<Item, Price>>>;
  /** What AWS gives to every account each month for nothing, for as long as it exists. */
  readonly free: Readonly<Partial<Record<Item, number>>>;
}

const SEEN = '2026-11-23';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';

const page = (price: number, source: string): Price => ({ price, source, read: 'page', seen: SEEN });
const quoted = (price: number, source: string): Price => ({ price, source, read: 'quoted', seen: SEEN });

const china: Region = {
  currency: 'CNY',
  prices: {
    writeUnits: {
      ...page(11.1538, 'https://www.amazonaws.cn/en/dynamodb/pricing/'),
      doubt: {
        en: 'it stands on an older copy of the page, from before DynamoDB on demand became cheaper in November 2024',
        zh: '来自该页面的旧版本，早于 2024 年 11 月的降价',
      },
    },
  },
  // https://www.amazonaws.cn/cloudwatch/pricing/
  free: { logGb: 5 },
};

/** On demand, without discounts and taxes. */
export const REGIONS: Readonly<Record<string, Region>> = {
  'us-east-1': {
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
      logGb: quoted(0.5, 'https://aws.amazon.com/cloudwatch/pricing/'),
    },
    // https://aws.amazon.com/lambda/pricing/
    free: { invocations: 1_000_000, gbSeconds: 400_000 },
  },
  'cn-north-1': china,
  'cn-northwest-1': china,
};

const UNKNOWN: Region = { currency: 'USD', prices: {}, free: {} };

/** What is known of a region: of most nothing. */
export function regionNamed(name: string): Region | undefined {
  return REGIONS[name] ?? (/^[a-z]{2}(-[a-z]+)+-\d$/.test(name) ? UNKNOWN : undefined);
}
