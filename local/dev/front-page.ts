import { readFile } from 'node:fs/promises';
import type { HttpAnswer } from '../stack/http-answer.ts';
import type { ExtraPage } from '../stack/http-server.ts';

/** Where there is something to look at; what is undefined is not there. */
export interface Places {
  /** Of the simulated phone. */
  readonly phoneUrl?: string | undefined;
  /** Of the simulated WeChat. */
  readonly wechatUrl?: string | undefined;
  readonly apiUrl: string;
  /** The key of the local stack. */
  readonly apiKey: string;
}

type Language = 'en' | 'zh';

const OPENAPI = new URL('../../openapi.yaml', import.meta.url);

const WORDS = {
  en: {
    title: 'Qingniao on this machine',
    intro: 'The service runs here, with a simulated WeChat. Where do you want to go?',
    phone: ['Phone', 'Tap, allow, and watch a message from the grant to the card.'],
    console: ['Console', 'For operators: users, campaigns, templates, messages that did not arrive.'],
    openapi: [
      'API document',
      'Every route as OpenAPI 3.1. <code>npm run docs</code> shows it as a site, with all documents.',
    ],
    health: ['Health', 'Answers when the service reaches its table.'],
    wechat: ['Simulated WeChat', 'Its control routes: users, faults, what it has received.'],
    key: 'The API key is <code>dev-key</code>:',
    other: '中文',
  },
  zh: {
    title: '青鸟正在本机运行',
    intro: '服务和模拟的微信都已启动。接下来去哪里？',
    phone: ['手机', '点一点，看一条消息从授权到送达的全过程。'],
    console: ['控制台', '供运营人员使用：用户、群发、模板，以及没有送达的消息。'],
    openapi: [
      '接口文档',
      '全部接口的 OpenAPI 3.1 描述。运行 <code>npm run docs</code> 可以网站形式查看全部文档。',
    ],
    health: ['健康检查', '服务能访问数据表时返回 ok。'],
    wechat: ['模拟的微信', '控制接口：用户、故障、收到的请求。'],
    key: 'API Key 为 <code>dev-key</code>：',
    other: 'English',
  },
} as const;

/**
 * Answers `/` for whoever takes HTML, and the API document at `/openapi.yaml`. A program that asks for `/` gets what the
 * service answers, as where it is deployed.
 */
export function createFrontPage(places: () => Places): ExtraPage {
  return async ({ method, path, query, accept, language }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (path === '/openapi.yaml') return answer('text/yaml; charset=utf-8', await readFile(OPENAPI));
    if (path !== '/' || !accept.includes('text/html')) return undefined;
    const chosen = new URLSearchParams(query).get('lang') ?? language;
    const page = pageIn(chosen.toLowerCase().startsWith('zh') ? 'zh' : 'en', places());
    return answer('text/html; charset=utf-8', Buffer.from(page));
  };
}

function answer(type: string, body: Buffer): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': type, 'cache-control': 'no-store', vary: 'accept, accept-language' },
    body,
  };
}

function pageIn(language: Language, { phoneUrl, wechatUrl, apiUrl, apiKey }: Places): string {
  const words = WORDS[language];
  const places: readonly (readonly [string | undefined, readonly [string, string]])[] = [
    [phoneUrl, words.phone],
    [`/console/#key=${apiKey}`, words.console],
    ['/openapi.yaml', words.openapi],
    ['/v1/health', words.health],
    [wechatUrl && `${wechatUrl}/_control`, words.wechat],
  ];
  const rows = places.flatMap(([href, [name, about]]) =>
    href === undefined ? [] : [`<li><a href="${href}">${name}</a><span>${about}</span></li>`],
  );
  const other = language === 'zh' ? 'en' : 'zh';
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title><link rel="icon" href="data:,">
<style>${STYLE}</style></head>
<body><main>
<h1>${words.title}</h1><p>${words.intro}</p>
<ul>${rows.join('')}</ul>
<p>${words.key}</p><pre tabindex="0">curl -H 'authorization: Bearer ${apiKey}' ${apiUrl}/v1/templates</pre>
<p><a lang="${other === 'zh' ? 'zh-CN' : 'en'}" href="/?lang=${other}">${words.other}</a></p>
</main></body></html>
`;
}

const STYLE = `body{margin:0;background:#dfe3e8;color:#191919;font:16px/1.6 -apple-system,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif}
main{max-width:640px;margin:0 auto;padding:32px 20px}h1{font-size:24px;margin:0}p{margin:10px 0}
ul{margin:18px 0;padding:0;list-style:none;background:#fff;border-radius:12px}
li{padding:14px 18px}li+li{border-top:1px solid #e6e6e6}li a{display:block;font-size:18px;font-weight:600}
a{color:#0b57b0}li span{color:#5c5c5c}code,pre{font-family:ui-monospace,Consolas,monospace;font-size:14px}
pre{margin:0;padding:12px 14px;overflow-x:auto;border-radius:8px;background:#f4f6f8}`;
