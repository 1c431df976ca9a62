import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import type { Region } from './prices.ts';

const amount = v.exactOptional(v.pipe(v.number(), v.minValue(0)));

const ownPrices = v.strictObject({
  currency: v.exactOptional(v.picklist(['USD', 'CNY']), 'USD'),
  writeUnits: amount,
  readUnits: amount,
  storageGb: amount,
  invocations: amount,
  gbSeconds: amount,
  apiRequests: amount,
  queueRequests: amount,
  events: amount,
  logGb: amount,
});

/**
 * Prices out of a file, which go before those of the region. @throws CommandError for a file that is not of
 * that form
 */
export async function withOwnPrices(region: Region, file: string): Promise<Region> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(
      say(`${file} cannot be read: ${error.message}.`, `无法读取价格文件 ${file}：${error.message}。`),
    );
  });
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), ownPrices), text);
  if (!read.success) {
    const reasons = read.issues.map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`).join('; ');
    throw new CommandError(
      say(
        `${file} is no file of prices: ${reasons}. See --help.`,
        `价格文件 ${file} 格式不正确：${reasons}。请看 --help。`,
      ),
    );
  }
  const { currency, ...prices } = read.output;
  const own = Object.fromEntries(
    Object.entries(prices).map(([item, price]) => [
      item,
      { price, source: file, read: 'own', seen: '' } as const,
    ]),
  );
  const others = currency === region.currency ? region.prices : {};
  return { ...region, currency, prices: { ...others, ...own } };
}
