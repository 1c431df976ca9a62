import { explained } from '../command-line.ts';
import {
  ITEMS_OF_SERVICE,
  type PriceListFile,
  parsePriceListFile,
  priceIn,
  type Service,
  type SoughtItem,
} from './price-list-file.ts';
import { type Item, isInChina, type Price, type Prices } from './prices.ts';

/** How AWS's price list is read. */
export interface PriceListOptions {
  /** The address before `/offers`; AWS's own for the region if left out. */
  readonly address?: string | undefined;
  /** For all files together. */
  readonly timeoutMs: number;
  /** Called when `done` of `all` files are read or given up. */
  onFile?(done: number, all: number): void;
}

/** What the list has of a region, and why it lacks the rest: each reason once, with its services. */
export interface ListedPrices {
  readonly prices: Prices;
  readonly missing: readonly string[];
}

/**
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api-fetching-price-list-files-manually.html
 */
const AWS = 'https://pricing.us-east-1.amazonaws.com';
/**
 * https://docs.amazonaws.cn/en_us/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api-fetching-price-list-files-manually.html
 */
const AWS_CHINA = 'https://pricing.cn-north-1.amazonaws.com.cn';

/**
 * Reads the prices of a region in AWS's public price list, which needs no account.
 * A file that cannot be read is told in `missing`; nothing is thrown.
 */
export async function readPriceList(region: string, options: PriceListOptions): Promise<ListedPrices> {
  const { address, timeoutMs, onFile } = options;
  const [base, partition] = isInChina(region) ? [address ?? AWS_CHINA, 'cn'] : [address ?? AWS, 'aws'];
  const signal = AbortSignal.timeout(timeoutMs);
  let done = 0;
  const services = [...ITEMS_OF_SERVICE];
  const read = services.map(async ([service, items]) => {
    const source = `${base}/offers/v1.0/${partition}/${service}/current/${region}/index.json`;
    const found = await fetchFile(source, signal).then(
      (file) => pricesIn(file, { region, service, items, source }),
      (error: unknown) => ({ prices: [], missing: [{ service, reason: whyNot(error, timeoutMs) }] }),
    );
    done += 1;
    onFile?.(done, services.length);
    return found;
  });
  const found = await Promise.all(read);
  return {
    prices: Object.fromEntries(found.flatMap(({ prices }) => prices)),
    missing: byReason(found.flatMap(({ missing }) => missing)),
  };
}

interface Missing {
  readonly service: Service;
  readonly reason: string;
}

function byReason(missing: readonly Missing[]): readonly string[] {
  return [...Map.groupBy(missing, ({ reason }) => reason)].map(([reason, of]) => {
    const services = new Set(of.map(({ service }) => service));
    return services.size === ITEMS_OF_SERVICE.size ? reason : `${[...services].join(', ')}: ${reason}`;
  });
}

async function fetchFile(url: string, signal: AbortSignal): Promise<PriceListFile> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return parsePriceListFile(await answer.text());
}

interface Sought {
  readonly region: string;
  readonly service: Service;
  readonly items: readonly SoughtItem[];
  readonly source: string;
}

function pricesIn(file: PriceListFile, { region, service, items, source }: Sought) {
  const prices: (readonly [Item, Price])[] = [];
  const missing: Missing[] = [];
  for (const item of items) {
    const price = priceIn(file, item, { currency: isInChina(region) ? 'CNY' : 'USD', source });
    if ('none' in price) missing.push({ service, reason: price.none });
    else prices.push([item, price]);
  }
  return { prices, missing };
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
  if (error.name === 'ValiError') return `not a price list (${error.message})`;
  return explained(error).replaceAll('\n', ': ');
}
