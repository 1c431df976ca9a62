import type { Finding } from './finding.ts';

/** How full a queue of work and its dead letters are. */
export interface QueueDepth {
  readonly name: string;
  readonly waiting: number;
  readonly dead: number;
}

/** An alarm that rings. */
export interface RingingAlarm {
  readonly name: string;
  readonly description: string;
}

/** More than the functions take off a queue in some seconds. */
const BACKLOG = 1000;

/** Whether work gets done, and none was given up. */
export function judgeQueue({ name, waiting, dead }: QueueDepth): Finding {
  const check = `queue ${name}`;
  const says = { en: `${waiting} waiting, ${dead} dead letters`, zh: `${waiting} 条等待，${dead} 条死信` };
  if (dead > 0)
    return {
      check,
      level: 'fail',
      says,
      advice: {
        en: `See npm run redrive -- --queue ${name} --dry-run and the log; mend the cause, then redrive.`,
        zh: `请看 npm run redrive -- --queue ${name} --dry-run 和日志，排除原因后再移回队列。`,
      },
    };
  if (waiting <= BACKLOG) return { check, level: 'ok', says };
  return {
    check,
    level: 'warn',
    says,
    advice: {
      en: 'A campaign may be under way. If it does not shrink, look for a quota that is used up (45009, 45011) in the logs.',
      zh: '可能正在群发。若一直不减少，请在日志中查找额度用尽（45009、45011）。',
    },
  };
}

/** Whether events reach the owner's address. */
export function judgeWebhook(o: {
  readonly stage: string;
  readonly dead: number;
  readonly connectionState: string;
}): Finding {
  const check = 'webhook';
  if (o.connectionState !== 'AUTHORIZED')
    return {
      check,
      level: 'fail',
      says: {
        en: `EventBridge has no usable secret for it (connection ${o.connectionState})`,
        zh: `EventBridge 没有可用的密钥（连接状态 ${o.connectionState}）`,
      },
      advice: {
        en: `Run npm run setup -- --stage ${o.stage} --webhook URL, then deploy with a new secretsRevision (docs/en/events.md).`,
        zh: `请运行 npm run setup -- --stage ${o.stage} --webhook 地址，再用新的 secretsRevision 部署（见 docs/zh/events.md）。`,
      },
    };
  const says = { en: `${o.dead} dead letters`, zh: `${o.dead} 条死信` };
  if (o.dead === 0) return { check, level: 'ok', says };
  return {
    check,
    level: 'fail',
    says,
    advice: {
      en: `npm run redrive -- --stage ${o.stage} --queue webhook --dry-run shows what your backend answered; mend it, then redrive.`,
      zh: `npm run redrive -- --stage ${o.stage} --queue webhook --dry-run 会显示你的后端返回了什么；修复后再重新投递。`,
    },
  };
}

/** Whether any alarm of the stage rings. */
export function judgeAlarms(ringing: readonly RingingAlarm[], all: number): readonly Finding[] {
  const check = 'alarms';
  if (all === 0)
    return [
      {
        check,
        level: 'warn',
        says: { en: 'the stage has none', zh: '该环境没有告警' },
        advice: { en: 'Deploy the present version.', zh: '请部署当前版本。' },
      },
    ];
  if (ringing.length === 0)
    return [{ check, level: 'ok', says: { en: `none of ${all} rings`, zh: `${all} 个告警均正常` } }];
  return ringing.map(({ name, description }) => ({
    check,
    level: 'fail',
    says: { en: name, zh: name },
    advice: { en: description, zh: '' },
  }));
}

/** Statistics are gathered for a minute. */
const LAG_WARN_MS = 2 * 60_000;
const LAG_FAIL_MS = 5 * 60_000;

/** What follows the table's changes, with the function that does it. */
const FOLLOWERS = {
  'publish-changes': { en: 'events', zh: '事件' },
  'count-statistics': { en: 'statistics', zh: '统计' },
} as const;

/** The functions that follow the table's changes. */
export type Follower = keyof typeof FOLLOWERS;
export const FOLLOWER_NAMES: readonly Follower[] = ['publish-changes', 'count-statistics'];

/** How far events or statistics are behind the table; undefined: nothing changed lately. */
export function judgeLag(follower: Follower, lagMs: number | undefined): Finding {
  const check = 'stream';
  const what = FOLLOWERS[follower];
  if (lagMs === undefined)
    return {
      check,
      level: 'ok',
      says: { en: `no change for ${what.en} lately`, zh: `近期没有影响${what.zh}的变更` },
    };
  const seconds = Math.round(lagMs / 1000);
  const level = lagMs > LAG_FAIL_MS ? 'fail' : lagMs > LAG_WARN_MS ? 'warn' : 'ok';
  return {
    check,
    level,
    says: { en: `${what.en} are ${seconds} s behind`, zh: `${what.zh}落后 ${seconds} 秒` },
    ...(level !== 'ok' && {
      advice: {
        en: `Look into the log of ${follower}; nothing is lost for a day.`,
        zh: `请查看 ${follower} 的日志；一天之内不会丢失。`,
      },
    }),
  };
}

/** Whether every secret that the service needs is stored. */
export function judgeSecrets(missing: readonly string[], stage: string): Finding {
  const check = 'secrets';
  if (missing.length === 0) return { check, level: 'ok', says: { en: 'all there', zh: '齐全' } };
  return {
    check,
    level: 'fail',
    says: { en: `missing: ${missing.join(', ')}`, zh: `缺少参数：${missing.join('、')}` },
    advice: {
      en: `npm run setup -- --stage ${stage} makes them.`,
      zh: `请运行 npm run setup -- --stage ${stage}。`,
    },
  };
}
