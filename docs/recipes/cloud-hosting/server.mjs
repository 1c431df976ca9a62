// 云托管服务：手机用 wx.cloud.callContainer 调用，请求头 X-WX-OPENID 由微信填写。需要 Node.js 18 或更高，不需要依赖。
// A service in WeChat's cloud hosting: the phone calls it by wx.cloud.callContainer, and WeChat writes who is calling.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const { QINGNIAO_API_URL, QINGNIAO_API_KEY, PORT = '80' } = process.env;
const ALLOWED = ['POST /v1/grants', 'GET /v1/grants', 'POST /v1/messages'];

/** callContainer 最多等 15 秒。callContainer waits for 15 s at most. */
const TIMEOUT_MS = 10_000;

async function relay({ method, path, body, idempotencyKey }, openid) {
  const service = new URL(QINGNIAO_API_URL);
  const url = new URL(path, service);
  const allowed = url.origin === service.origin && ALLOWED.includes(`${method} ${url.pathname}`);
  if (!allowed) return { status: 404, body: {} }; // path 来自手机：密钥只能发给自己的服务
  if (method === 'GET') url.searchParams.set('openid', openid);
  const owner = url.pathname === '/v1/messages' ? { to: openid } : { openid };
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${QINGNIAO_API_KEY}`,
      'content-type': 'application/json',
      ...(idempotencyKey && { 'idempotency-key': `${openid}-${idempotencyKey}` }),
    },
    ...(method === 'POST' && { body: JSON.stringify({ ...body, ...owner }) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, body: await response.json() };
}

/** 带 X-WX-SOURCE 的请求来自微信链路；公网访问请在控制台关闭。With it a request came through WeChat; close the public address. */
async function answerTo({ headers, url }, body) {
  if (url !== '/qingniao') return [404, {}];
  const openid = headers['x-wx-openid'];
  if (!headers['x-wx-source'] || !openid) return [401, {}];
  return [200, await relay(await body, openid)];
}

createServer(async (request, response) => {
  const [status, answer] = await answerTo(request, json(request).catch(() => ({}))).catch(() => [502, {}]);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}).listen(Number(PORT));
