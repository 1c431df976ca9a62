import type { Finding } from '../doctor/finding.ts';
import { fitConcurrency, type QueueConcurrency, roomFor, sumOf } from './queue-concurrency.ts';

/** What Lambda runs at once: for the account in one region, and for one stage. */
export interface Concurrency {
  readonly region: string;
  /** Functions that the account runs at once. */
  readonly limit: number;
  /** Those of them that no function keeps for itself. */
  readonly unreserved: number;
  readonly queues: QueueConcurrency;
  /** What wechat-events keeps for itself; undefined: nothing. */
  readonly reserved: number | undefined;
}

/** What AWS gives without being asked twice; new accounts start with less (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const USUAL_LIMIT = 1000;

/** What stays for all functions that keep nothing: AWS takes no reservation that leaves less. */
const LEAST_UNRESERVED = 100;

/** Enough for 2,000 pushes a second of 50 ms each. */
const ADVISED_RESERVE = 100;

const QUOTA = '"Concurrent executions" (AWS Lambda, L-B99A9384)';

/** Whether users and WeChat find room beside the queues. */
export function judgeConcurrency({ region, limit, unreserved, queues }: Concurrency): Finding {
  const check = 'concurrency';
  const batches = sumOf(queues);
  const says = {
    en: `the account runs ${limit} functions at once, ${unreserved} of them unreserved; the queues take up to ${batches}`,
    zh: `账号可同时运行 ${limit} 个函数，其中 ${unreserved} 个未被预留；队列最多占用 ${batches} 个`,
  };
  if (unreserved >= roomFor(queues)) return { check, level: 'ok', says };
  const desired = Math.max(USUAL_LIMIT, roomFor(queues) + limit - unreserved);
  const request = `aws service-quotas request-service-quota-increase --region ${region} --service-code lambda --quota-code L-B99A9384 --desired-value ${desired}`;
  const params = paramLine(fitConcurrency(queues, unreserved));
  return {
    check,
    level: 'warn',
    says,
    advice: {
      en: `Ask AWS to raise ${QUOTA} to ${desired}: ${request}. Until then deploy with ${params}, or sending takes the room of logins and WeChat's pushes. See docs/en/quotas.md.`,
      zh: `请向 AWS 申请把 ${QUOTA} 提高到 ${desired}：${request}。获批之前请带 ${params} 部署，否则发送会挤占登录和微信推送的并发。见 docs/zh/quotas.md。`,
    },
  };
}

/** Whether WeChat's pushes find room whatever else runs in the account. */
export function judgeReserve(concurrency: Concurrency): Finding {
  const check = 'room for pushes';
  const { reserved } = concurrency;
  if (reserved !== undefined)
    return {
      check,
      level: 'ok',
      says: { en: `wechat-events keeps ${reserved}`, zh: `wechat-events 预留了 ${reserved} 个` },
    };
  if (!hasRoomToReserve(concurrency))
    return {
      check,
      level: 'ok',
      says: { en: 'none; the account has none to spare', zh: '无；账号额度不足以预留' },
    };
  const param = paramLine(RESERVE);
  return {
    check,
    level: 'ok',
    says: { en: 'none, and the account has room for it', zh: '无；账号额度足够预留' },
    advice: {
      en: `Deploy with ${param}, so that nothing else in the account takes the room of WeChat's pushes.`,
      zh: `请带 ${param} 部署，使账号里的其他函数不会挤占微信推送的并发。`,
    },
  };
}

/** The params to deploy with so that the stage fits into the account; none if it does as it is. */
export function advisedParams(concurrency: Concurrency): Readonly<Record<string, number>> {
  const { queues, unreserved, reserved } = concurrency;
  if (unreserved < roomFor(queues)) return fitConcurrency(queues, unreserved);
  return reserved === undefined && hasRoomToReserve(concurrency) ? RESERVE : {};
}

/** Params as they are written on the command line. */
export function paramLine(params: Readonly<Record<string, number>>): string {
  return Object.entries(params)
    .map(([name, value]) => `--param "${name}=${value}"`)
    .join(' ');
}

const RESERVE = { wechatEventsReservedConcurrency: ADVISED_RESERVE };

function hasRoomToReserve({ unreserved, queues }: Concurrency): boolean {
  return unreserved - ADVISED_RESERVE >= Math.max(LEAST_UNRESERVED, roomFor(queues));
}
