import * as v from 'valibot';
import { ITEMS, type Item, type Price } from './prices.ts';

/** The services whose price list is read, by their codes in it. */
export type Service =
  | 'AmazonDynamoDB'
  | 'AWSLambda'
  | 'AmazonApiGateway'
  | 'AWSQueueService'
  | 'AWSEvents'
  | 'AmazonCloudWatch';

/** A product of the list: how it is found, and what to say where it stands in for the one that was meant. */
interface Product {
  /** Of the usage type, behind the code of the region. */
  readonly usage: string;
  /** Of several products with that usage type those are meant, where there are any. */
  readonly preferred?: Readonly<Record<string, string>>;
  readonly note?: NonNullable<Price['note']>;
}

/** What the list is asked for. The name of the product for requests to the webhook was found nowhere. */
export type SoughtItem = Exclude<Item, 'webhookRequests'>;

/** Where each item stands in the list; of several products the first that is there. */
const SOUGHT: Readonly<
  Record<SoughtItem, { readonly service: Service; readonly products: readonly Product[] }>
> = {
  writeUnits: { service: 'AmazonDynamoDB', products: [{ usage: 'WriteRequestUnits' }] },
  readUnits: { service: 'AmazonDynamoDB', products: [{ usage: 'ReadRequestUnits' }] },
  storageGb: { service: 'AmazonDynamoDB', products: [{ usage: 'TimedStorage-ByteHrs' }] },
  invocations: { service: 'AWSLambda', products: [{ usage: 'Request-ARM' }, { usage: 'Request' }] },
  gbSeconds: {
    service: 'AWSLambda',
    products: [
      { usage: 'Lambda-GB-Second-ARM' },
      {
        usage: 'Lambda-GB-Second',
        note: {
          en: 'the list has no arm64 there, so this is x86_64: deploy with --param "architecture=x86_64"',
          zh: '价目表中该区域没有 arm64，此处为 x86_64 的价格：部署时请加 --param "architecture=x86_64"',
        },
      },
    ],
  },
  apiRequests: { service: 'AmazonApiGateway', products: [{ usage: 'ApiGatewayHttpRequest' }] },
  queueRequests: {
    service: 'AWSQueueService',
    // us-east-1 has the one name, other regions the other.
    products: ['Requests-RBP', 'Requests-Tier1'].map((usage) => ({
      usage,
      preferred: { queueType: 'Standard' },
    })),
  },
  events: {
    service: 'AWSEvents',
    products: [{ usage: 'Event-64K-Chunks', preferred: { eventType: 'Custom Event' } }],
  },
  logGb: { service: 'AmazonCloudWatch', products: [{ usage: 'DataProcessing-Bytes' }] },
};

/** The items by the service whose file has their prices. */
export const ITEMS_OF_SERVICE = Map.groupBy(
  Object.keys(ITEMS).filter((name): name is SoughtItem => name in SOUGHT),
  (item) => SOUGHT[item].service,
);

/**
 * Usage types begin with a code of their region, as in `APS1-Request`; in us-east-1 with none or with one.
 * `IA-` is no region but the cheaper class of DynamoDB's tables.
 */
const REGION_CODE = /^(?!IA-)[A-Z]{2,4}\d{0,2}-/;

const decimal = v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?$/), v.transform(Number));

/** A file has thousands of products: only those that are sought are looked into. */
const priceListFile = v.object({
  publicationDate: v.pipe(v.string(), v.isoTimestamp()),
  products: v.record(v.string(), v.object({ attributes: v.record(v.string(), v.unknown()) })),
  terms: v.object({ OnDemand: v.record(v.string(), v.unknown()) }),
});

/** A parsed file of AWS's price list for one service in one region. */
export type PriceListFile = Readonly<v.InferOutput<typeof priceListFile>>;

/** Files say `beginRange`, AWS's description of them `startingRange`. */
const onDemandTerms = v.record(
  v.string(),
  v.object({
    priceDimensions: v.record(
      v.string(),
      v.object({
        beginRange: v.exactOptional(decimal),
        startingRange: v.exactOptional(decimal),
        pricePerUnit: v.record(v.string(), decimal),
      }),
    ),
  }),
);

/**
 * Reads a file of the list.
 * Its form:
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
 * @throws ValiError for anything else
 */
export function parsePriceListFile(text: string): PriceListFile {
  return v.parse(v.pipe(v.string(), v.parseJson(), priceListFile), text);
}

/** The price of an item in the file of its service, without what is free; else why there is none. */
export function priceIn(
  file: PriceListFile,
  item: SoughtItem,
  { currency, source }: { readonly currency: 'USD' | 'CNY'; readonly source: string },
): Price | { readonly none: string } {
  for (const product of SOUGHT[item].products) {
    const found = [...new Set(skusOf(file, product).flatMap((sku) => firstPaid(file, sku, currency)))];
    if (found.length > 1) return { none: `${found.length} different prices of ${product.usage}` };
    const [price] = found;
    if (price === undefined) continue;
    const { note } = product;
    const rounded = Number((price * ITEMS[item].per).toPrecision(12));
    return {
      price: rounded,
      source,
      read: 'list',
      seen: file.publicationDate.slice(0, 10),
      ...(note && { note }),
    };
  }
  return { none: `no price in ${currency}` };
}

function skusOf({ products }: PriceListFile, { usage, preferred = {} }: Product): readonly string[] {
  const all = Object.entries(products).filter(([, { attributes }]) => {
    const type = attributes['usagetype'];
    return typeof type === 'string' && type.replace(REGION_CODE, '') === usage;
  });
  const better = all.filter(([, { attributes }]) =>
    Object.entries(preferred).every(([name, value]) => attributes[name] === value),
  );
  return (better.length > 0 ? better : all).map(([sku]) => sku);
}

/** What the first of so many costs that are paid for: the list has what is free as a price of zero. */
function firstPaid({ terms }: PriceListFile, sku: string, currency: 'USD' | 'CNY'): readonly number[] {
  const read = v.safeParse(onDemandTerms, terms.OnDemand[sku]);
  if (!read.success) return [];
  const paid = Object.values(read.output)
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .map(({ beginRange, startingRange, pricePerUnit }) => ({
      from: beginRange ?? startingRange ?? 0,
      price: pricePerUnit[currency] ?? 0,
    }))
    .filter(({ price }) => price > 0)
    .toSorted((one, other) => one.from - other.from);
  return paid.slice(0, 1).map(({ price }) => price);
}
