import * as v from 'valibot';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import type { Finding, Probe } from './finding.ts';

const LOOK_AT_PROXY: BilingualText = {
  en: 'Compare WECHAT_PROXY_URL (the parameter wechatProxyUrl) with the proxy: host, port, user, password, and whether it lets CONNECT through to api.weixin.qq.com:443. See docs/deploy.md.',
  zh: '请核对 WECHAT_PROXY_URL（参数 wechatProxyUrl）与代理的主机、端口、用户名、密码，并确认代理允许 CONNECT 到 api.weixin.qq.com:443。见 docs/deploy.md。',
};
const LOOK_AT_LOGS: BilingualText = {
  en: 'Look into the log of the function in CloudWatch: it says what it misses.',
  zh: '请在 CloudWatch 查看该函数的日志，里面写明缺什么。',
};
const REACH: BilingualText = {
  en: 'Check the address, and whether the stage is deployed there.',
  zh: '请检查地址，以及该环境是否已部署。',
};

const problem = v.object({
  code: v.string(),
  detail: v.string(),
  remedy: v.optional(v.object({ en: v.string(), zh: v.string() })),
});

/** Whether the service answers and reaches its table. */
export function judgeHealth(probe: Probe): Finding {
  const check = 'health 健康检查';
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
    check: 'clock 时钟',
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
  const check = 'access token 接口凭证';
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
        en: 'If it is new, deploy with a new secretsRevision: running containers keep the old list.',
        zh: '如果是新加的 Key，请换一个 secretsRevision 重新部署，运行中的容器仍在用旧列表。',
      },
    };
  const says = told(probe);
  const advice = /\bthe proxy\b/.test(says.en) ? LOOK_AT_PROXY : (remedyIn(probe.text) ?? LOOK_AT_LOGS);
  return { check, level: 'fail', says, advice };
}

/** The daily sync and half a day. */
const STALE_MS = 36 * 3_600_000;

const templatePage = v.object({
  items: v.array(v.object({ templateId: v.string(), syncedAt: v.string(), warnings: v.array(v.unknown()) })),
});

/** Whether the templates were read lately. */
export function judgeTemplates(probe: Probe, nowMs: number): Finding | undefined {
  const check = 'templates 模板';
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
        en: `${counted.en}, last read ${new Date(oldestMs).toISOString()}`,
        zh: `${counted.zh}，上次读取 ${new Date(oldestMs).toISOString()}`,
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

/** Whether the callback address answers WeChat's check, and only WeChat's. */
export function judgeCallback(signed: Probe, forged: Probe, echostr: string): Finding {
  const check = 'callback 回调地址';
  if (signed.type === 'unreachable')
    return { check, level: 'fail', says: same(signed.reason), advice: REACH };
  if (signed.status === 404)
    return {
      check,
      level: 'warn',
      says: { en: 'message push is off', zh: '消息推送未启用' },
      advice: {
        en: 'npm run setup makes Token and key; then deploy with a new secretsRevision.',
        zh: '运行 npm run setup 生成 Token 和密钥，再换一个 secretsRevision 重新部署。',
      },
    };
  if (signed.status === 403)
    return {
      check,
      level: 'fail',
      says: {
        en: 'the service has another Token than the one stored',
        zh: '服务使用的 Token 与存储的不一致',
      },
      advice: {
        en: 'Deploy with a new secretsRevision; then enter the same Token in the console.',
        zh: '请换一个 secretsRevision 重新部署，并在公众平台填写同一个 Token。',
      },
    };
  if (signed.status !== 200 || signed.text !== echostr)
    return { check, level: 'fail', says: told(signed), advice: LOOK_AT_LOGS };
  if (forged.type === 'answered' && forged.status === 403)
    return {
      check,
      level: 'ok',
      says: {
        en: 'answers WeChat’s check and refuses a forged one',
        zh: '能通过微信的验证，并拒绝伪造的请求',
      },
    };
  return {
    check,
    level: 'fail',
    says: { en: 'takes a forged signature', zh: '接受了伪造的签名' },
    advice: {
      en: 'Something in between answers for the service: look at the custom domain and its proxy.',
      zh: '有中间层代替服务作答，请检查自定义域名和代理。',
    },
  };
}

function told(probe: Extract<Probe, { type: 'answered' }>): BilingualText {
  const read = v.safeParse(problem, parsed(probe.text));
  return same(
    read.success ? `${probe.status} ${read.output.code}: ${read.output.detail}` : `HTTP ${probe.status}`,
  );
}

function remedyIn(text: string): BilingualText | undefined {
  const read = v.safeParse(problem, parsed(text));
  return read.success ? read.output.remedy : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function same(text: string): BilingualText {
  return { en: text, zh: '' };
}
