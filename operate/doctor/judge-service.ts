import * as v from 'valibot';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import { localTime } from '../times.ts';
import type { Finding, Probe } from './finding.ts';
import { codeIn, LOOK_AT_LOGS, parsed, REACH, remedyIn, same, told } from './probe-texts.ts';

const LOOK_AT_PROXY: BilingualText = {
  en: 'Compare WECHAT_PROXY_URL (the parameter wechatProxyUrl) with the proxy: host, port, user, password, and whether it lets CONNECT through to api.weixin.qq.com:443. See docs/en/deploy.md.',
  zh: '请核对 WECHAT_PROXY_URL（参数 wechatProxyUrl）与代理的主机、端口、用户名、密码，并确认代理允许 CONNECT 到 api.weixin.qq.com:443。见 docs/zh/deploy.md。',
};
/** Whether the service answers and reaches its table. */
export function judgeHealth(probe: Probe): Finding {
  const check = 'health';
  if (probe.type === 'unreachable') return { check, level: 'fail', says: same(probe.reason), advice: REACH };
  if (probe.status === 200)
    return { check, level: 'ok', says: { en: 'reaches its table', zh: '能访问数据表' } };
  return { check, level: 'fail', says: told(probe), advice: LOOK_AT_LOGS };
}

/** The signatures of AWS and of WeChat's pushes allow five minutes; long before that something is wrong. */
const SKEW_WARN_MS = 10_000;
const SKEW_FAIL_MS = 120_000;

/** Whether this computer and the service agree on the time; a `date` header has whole seconds. */
export function judgeClock(probe: Probe): Finding | undefined {
  if (probe.type === 'unreachable' || probe.date === undefined) return undefined;
  const halfwayMs = (probe.sentAtMs + probe.receivedAtMs) / 2;
  const skewMs = Math.round(halfwayMs - (Date.parse(probe.date) + 500));
  const seconds = (Math.abs(skewMs) / 1000).toFixed(0);
  const level = Math.abs(skewMs) > SKEW_FAIL_MS ? 'fail' : Math.abs(skewMs) > SKEW_WARN_MS ? 'warn' : 'ok';
  return {
    check: 'clock',
    isAside: true,
    level,
    says: { en: `${seconds} s apart from this computer`, zh: `与本机相差 ${seconds} 秒` },
    ...(level !== 'ok' && {
      advice: {
        en: 'Set the clock of this computer (NTP): times and signatures made here are off by as much.',
        zh: '请校准本机时钟（NTP），本机生成的时间和签名都会有同样偏差。',
      },
    }),
  };
}

/** Whether the service gets an access token and WeChat's templates with it. */
export function judgeToken(probe: Probe): Finding {
  const check = 'access token';
  if (probe.type === 'unreachable') return { check, level: 'fail', says: same(probe.reason), advice: REACH };
  if (probe.status === 200)
    return {
      check,
      level: 'ok',
      says: { en: 'WeChat gave one, and the templates with it', zh: '已取得，并用它读到了模板' },
    };
  if (probe.status === 403)
    return {
      check,
      level: 'skip',
      says: { en: 'the API key lacks the scope "manage"', zh: 'API Key 没有 manage 权限' },
      advice: {
        en: 'Give a key with the scopes read and manage to have this checked.',
        zh: '换用带 read 和 manage 权限的 Key 即可检查。',
      },
    };
  if (probe.status === 401)
    return {
      check,
      level: 'fail',
      says: { en: 'the service does not know this API key', zh: '服务不认识这个 API Key' },
      advice: {
        en: 'If it is new, wait: the service takes it up within five minutes.',
        zh: '如果是新加的 Key，请稍等：五分钟内生效。',
      },
    };
  if (isStopped(probe))
    return {
      check,
      level: 'skip',
      says: { en: 'its owner has stopped all sending', zh: '所有者已停止发送' },
      advice: {
        en: 'npm run setup -- --app APPID takes a mini program up again; the first is deployed with SENDING=on.',
        zh: '用 npm run setup -- --app APPID 恢复；第一个小程序请以 SENDING=on 重新部署。',
      },
    };
  const says = told(probe);
  const advice = /\bthe proxy\b/.test(says.en) ? LOOK_AT_PROXY : (remedyIn(probe.text) ?? LOOK_AT_LOGS);
  return { check, level: 'fail', says, advice };
}

/** Whether a call was refused because the mini program's owner has stopped its sending. */
export function isStopped(probe: Probe): boolean {
  return probe.type === 'answered' && probe.status === 409 && codeIn(probe.text) === 'sending-stopped';
}

/** The daily sync and half a day. */
const STALE_MS = 36 * 3_600_000;

const templatePage = v.object({
  items: v.array(v.object({ templateId: v.string(), syncedAt: v.string(), warnings: v.array(v.unknown()) })),
});

/** Whether the templates were read lately. */
export function judgeTemplates(probe: Probe, nowMs: number): Finding | undefined {
  const check = 'templates';
  if (probe.type === 'unreachable' || probe.status === 401) return undefined;
  if (probe.status === 403)
    return {
      check,
      level: 'skip',
      says: { en: 'the API key lacks the scope "read"', zh: 'API Key 没有 read 权限' },
    };
  const page = v.safeParse(templatePage, parsed(probe.text));
  if (probe.status !== 200 || !page.success)
    return { check, level: 'fail', says: told(probe), advice: LOOK_AT_LOGS };
  const { items } = page.output;
  if (items.length === 0)
    return {
      check,
      level: 'warn',
      says: { en: 'none', zh: '没有模板' },
      advice: {
        en: 'Choose some in the console (订阅消息 → 公共模板库), then POST /v1/templates/sync.',
        zh: '请在公众平台“订阅消息 → 公共模板库”中选用，然后调用 POST /v1/templates/sync。',
      },
    };
  const oldestMs = Math.min(...items.map(({ syncedAt }) => Date.parse(syncedAt)));
  const warned = items.filter(({ warnings }) => warnings.length > 0).length;
  const counted = {
    en: `${items.length}, ${warned} with warnings`,
    zh: `${items.length} 个，${warned} 个有提醒`,
  };
  if (nowMs - oldestMs > STALE_MS)
    return {
      check,
      level: 'warn',
      says: {
        en: `${counted.en}, last read ${localTime(oldestMs)}`,
        zh: `${counted.zh}，上次读取 ${localTime(oldestMs)}`,
      },
      advice: {
        en: 'The daily sync fails: look into the log of sync-templates.',
        zh: '每日同步失败，请查看 sync-templates 的日志。',
      },
    };
  return {
    check,
    level: warned > 0 ? 'warn' : 'ok',
    says: counted,
    ...(warned > 0 && {
      advice: { en: 'They are told by npm run template -- list.', zh: '用 npm run template -- list 查看。' },
    }),
  };
}
