import type { Finding } from '../doctor/finding.ts';

/** What DynamoDB takes of a table. All units are per second. */
export interface TableQuotas {
  readonly region: string;
  /** Taken at once; more comes by itself, over minutes. undefined where AWS does not tell. */
  readonly warmWrites: number | undefined;
  readonly warmReads: number | undefined;
  /** A limit that somebody set on this table; undefined: none. */
  readonly mostWrites: number | undefined;
  /** The account's quota for any one table. */
  readonly quotaWrites: number | undefined;
}

/** One recipient of a campaign with its delivery receipt: `crowd` in operate/cost/usage.json, campaign and events together. */
export const UNITS_PER_RECIPIENT = { write: 2.2, read: 8 } as const;

/** What a new on-demand table takes at once: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html */
const NEW_TABLE = { write: 4000, read: 12_000 } as const;

const CHECK = 'table throughput';
const QUOTA = '"Table-level write throughput limit" (Amazon DynamoDB, L-AB614373)';

/** How fast a campaign may go before DynamoDB throttles, and how to raise that. */
export function judgeTable({ region, warmWrites, warmReads, mostWrites, quotaWrites }: TableQuotas): Finding {
  if (warmWrites === undefined || warmReads === undefined)
    return {
      check: CHECK,
      level: 'skip',
      says: { en: 'AWS does not tell it here', zh: 'AWS 在此未提供该信息' },
    };
  const says = throughputText(warmWrites, warmReads);
  if (mostWrites !== undefined && mostWrites < warmWrites)
    return {
      check: CHECK,
      level: 'warn',
      says: {
        en: `${says.en}, but is held to ${mostWrites} write units a second`,
        zh: `${says.zh}，但被限制为每秒 ${mostWrites} 个写单元`,
      },
      advice: {
        en: 'Somebody set a maximum for the table (OnDemandThroughput): take it away in the DynamoDB console, or campaigns are throttled.',
        zh: '有人给该表设置了吞吐上限（OnDemandThroughput）：请在 DynamoDB 控制台去掉，否则群发会被限流。',
      },
    };
  if (quotaWrites === undefined || warmWrites < quotaWrites)
    return { check: CHECK, level: 'ok', says, advice: WARM };
  const request = `aws service-quotas request-service-quota-increase --region ${region} --service-code dynamodb --quota-code L-AB614373 --desired-value ${2 * quotaWrites}`;
  return {
    check: CHECK,
    level: 'warn',
    says: {
      en: `${says.en}, which is all that the account may use of one table`,
      zh: `${says.zh}，已达到账号对单表的上限`,
    },
    advice: {
      en: `Before a faster campaign ask AWS to raise ${QUOTA}: ${request}`,
      zh: `需要更快的群发时，请向 AWS 申请提高 ${QUOTA}：${request}`,
    },
  };
}

/** What a table takes that is still to be made. */
export function judgeNewTable(): Finding {
  return { check: CHECK, level: 'ok', says: throughputText(NEW_TABLE.write, NEW_TABLE.read), advice: WARM };
}

const WARM = {
  en: 'It grows by itself over minutes. Before a campaign that is faster than any so far: --param "warmWriteUnits=…" --param "warmReadUnits=…" (docs/en/quotas.md).',
  zh: '会在几分钟内自动增长。群发速度将超过以往时，请提前带 --param "warmWriteUnits=…" --param "warmReadUnits=…" 部署（docs/zh/quotas.md）。',
} as const;

function throughputText(writes: number, reads: number) {
  const { write, read } = UNITS_PER_RECIPIENT;
  const recipients = Math.floor(Math.min(writes / write, reads / read));
  return {
    en: `${writes} writes and ${reads} reads a second at once, about ${recipients} recipients of a campaign a second`,
    zh: `立即可用每秒 ${writes} 写、${reads} 读，约每秒 ${recipients} 个群发收件人`,
  };
}
