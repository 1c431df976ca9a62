import type { Finding, Probe } from './finding.ts';
import { LOOK_AT_LOGS, REACH, same, told } from './probe-texts.ts';

/** Whether the callback address answers WeChat's check, and only WeChat's. */
export function judgeCallback(signed: Probe, forged: Probe, echostr: string): Finding {
  const check = 'callback';
  if (signed.type === 'unreachable')
    return { check, level: 'fail', says: same(signed.reason), advice: REACH };
  if (signed.status === 404)
    return {
      check,
      level: 'warn',
      says: { en: 'message push is off', zh: '消息推送未启用' },
      advice: {
        en: 'npm run setup makes Token and key, which the service takes up within five minutes.',
        zh: '运行 npm run setup 生成 Token 和密钥，五分钟内生效。',
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
        en: 'If it was changed just now, wait five minutes, or deploy with a new secretsRevision. Then enter the same Token in the console.',
        zh: '如果刚刚更换，请等五分钟，或换一个 secretsRevision 重新部署；然后在公众平台填写同一个 Token。',
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
