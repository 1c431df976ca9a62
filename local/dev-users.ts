import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { CommandError, print, runCommand, UsageError, wholeNumber } from '../operate/command-line.ts';
import { listed, say } from '../operate/language.ts';
import { findService } from '../operate/service-client.ts';
import { DEFAULT_API_PORT, DEFAULT_WECHAT_PORT } from './dev/options.ts';

const USAGE = {
  name: 'dev:users',
  about: say(
    'Makes simulated users who allow every one-time template once, and tells the service of it: enough for a first campaign.',
    '创建若干模拟用户，每人允许每个一次性模板一次，并上报给服务：可以直接创建第一个群发活动。',
  ),
  usages: [
    ['', say('ten of them', '十个')],
    ['--count 50', say('as many as you like, up to 10,000', '指定数量，最多 10,000')],
  ],
  options: {
    count: { type: 'string', value: 'N', default: '10', help: say('how many (default 10)', '数量，默认 10') },
    api: {
      type: 'string',
      value: 'URL',
      help: say(
        `where npm run dev serves the API (default: http://127.0.0.1:${DEFAULT_API_PORT})`,
        `npm run dev 的接口地址，默认 http://127.0.0.1:${DEFAULT_API_PORT}`,
      ),
    },
    wechat: {
      type: 'string',
      value: 'URL',
      default: `http://127.0.0.1:${DEFAULT_WECHAT_PORT}`,
      help: say(
        `where its simulated WeChat is (default: http://127.0.0.1:${DEFAULT_WECHAT_PORT})`,
        `模拟微信的地址，默认 http://127.0.0.1:${DEFAULT_WECHAT_PORT}`,
      ),
    },
    app: {
      type: 'string',
      value: 'APPID',
      help: say(
        'which mini program, where it plays several (default: the first)',
        '同时模拟多个小程序时指定其中一个，默认第一个',
      ),
    },
  },
} as const;

const MOST = 10_000;
const AT_ONCE = 16;

const users = v.object({ openids: v.array(v.string()) });
const templates = v.object({
  items: v.array(v.object({ templateId: v.string(), title: v.string(), kind: v.string() })),
});

await runCommand(USAGE, async ({ count, wechat, ...given }) => {
  const wanted = wholeNumber('count', count, 1);
  if (wanted > MOST) throw new UsageError(say(`--count takes at most ${MOST}.`, `--count 最多 ${MOST}。`));
  const service = await findService(given, {});
  const ask = askWeChat(wechat.replace(/\/+$/, ''), given.app);
  const { items } = await ask(templates, '/_control/templates');
  const oneTime = items.filter(({ kind }) => kind === 'one-time');
  const { openids } = await ask(users, '/_control/users', { count: wanted });
  const remaining = openids.values();
  const lane = async () => {
    for (const openid of remaining)
      for (const { templateId } of oneTime) {
        // A phone asks for few templates at a time.
        const results = { [templateId]: 'accept' } as const;
        await ask(v.unknown(), '/_control/subscribe', { openid, results });
        await service.POST('/v1/grants', { body: { openid, requestId: randomUUID(), results } });
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const titles = listed(oneTime.map(({ title }) => title));
  print(
    say(
      `${openids.length} simulated users allowed each of these once: ${titles}`,
      `${openids.length} 个模拟用户已分别允许：${titles}`,
    ),
  );
  return 0;
});

/** Calls the simulated WeChat's own controls. */
function askWeChat(url: string, appid: string | undefined) {
  const query = appid === undefined ? '' : `?appid=${encodeURIComponent(appid)}`;
  return async <S extends v.GenericSchema>(schema: S, path: string, body?: object) => {
    const response = await fetch(url + path + query, {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    }).catch(() => undefined);
    if (!response)
      throw new CommandError(
        `No simulated WeChat answers at ${url}. Start npm run dev first, or give its address by --wechat. 请先运行 npm run dev，或用 --wechat 给出模拟微信的地址。`,
      );
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return v.parse(schema, answer);
    throw new CommandError(`${url}${path} answered HTTP ${response.status}: ${JSON.stringify(answer)}`);
  };
}
