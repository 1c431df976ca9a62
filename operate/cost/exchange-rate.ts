import { UsageError } from '../command-line.ts';
import { say } from '../language.ts';

/** What a US dollar costs. */
export interface ExchangeRate {
  readonly cnyPerUsd: number;
  /** The day of the rate; absent for one that a person gave. */
  readonly day?: string;
}

/** The central parity rate of the People's Bank of China, https://www.chinamoney.com.cn/chinese/bkccpr/ */
export const RECORDED_RATE = { cnyPerUsd: 6.7351, day: '2026-09-30' } as const;

/** The rate that a person gave, else the recorded one. @throws UsageError for what is no positive number */
export function exchangeRate(given: string | undefined): ExchangeRate {
  if (given === undefined) return RECORDED_RATE;
  if (/^\d{1,6}(\.\d{1,6})?$/.test(given) && Number(given) > 0) return { cnyPerUsd: Number(given) };
  throw new UsageError(
    say('--cny-per-usd takes a number such as 6.73.', '--cny-per-usd 需要一个正数，例如 6.73。'),
  );
}
