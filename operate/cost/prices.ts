/** A price with where it was read. */
export interface Price {
  readonly price: number;
  readonly source: string;
}

/** What is billed, each by the million but for the last three. */
export const ITEMS = {
  writeUnits: 'DynamoDB write request units, a million',
  readUnits: 'DynamoDB read request units, a million',
  apiRequests: 'API Gateway (HTTP API) requests, a million',
  invocations: 'Lambda requests, a million',
  queueRequests: 'SQS requests, a million',
  events: 'EventBridge custom events, a million',
  gbSeconds: 'Lambda GB-seconds (arm64), each',
  logGb: 'CloudWatch Logs, each GB taken in',
} as const;

/** One of {@link ITEMS}. */
export type Item = keyof typeof ITEMS;

/** Prices of a region; what could not be read at its source is left out. */
export interface Region {
  readonly currency: 'USD' | 'CNY';
  readonly prices: Readonly<Partial<Record<Item, Price>>>;
}

const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const DYNAMODB_CHINA = 'https://www.amazonaws.cn/en/dynamodb/pricing/';

const china: Region = {
  currency: 'CNY',
  prices: { writeUnits: { price: 11.1538, source: DYNAMODB_CHINA } },
};

/** On demand, without free tiers, discounts and taxes; read on 2026-11-23. */
export const REGIONS: Readonly<Record<string, Region>> = {
  'us-east-1': {
    currency: 'USD',
    prices: {
      writeUnits: { price: 0.625, source: DYNAMODB },
      readUnits: { price: 0.125, source: DYNAMODB },
      apiRequests: { price: 1, source: 'https://aws.amazon.com/api-gateway/pricing/' },
      invocations: { price: 0.2, source: 'https://aws.amazon.com/lambda/pricing/' },
      queueRequests: { price: 0.4, source: 'https://aws.amazon.com/sqs/pricing/' },
      events: { price: 1, source: 'https://aws.amazon.com/eventbridge/pricing/' },
      gbSeconds: { price: 0.000_013_333_4, source: 'https://aws.amazon.com/lambda/pricing/' },
      logGb: { price: 0.5, source: 'https://aws.amazon.com/cloudwatch/pricing/' },
    },
  },
  'cn-north-1': china,
  'cn-northwest-1': china,
};
