// 云函数 qingniao：替手机访问青鸟。@qingniao/miniprogram 的 ownBackend 把请求交给它，openid 由微信提供。
// A cloud function that speaks to Qingniao for the phone; WeChat tells it who is calling.
const cloud = require('wx-server-sdk');

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });

const ALLOWED = ['POST /v1/grants', 'GET /v1/grants', 'POST /v1/messages'];

/** 云函数默认几秒就超时，留出返回的时间。Less than the function itself may take. */
const TIMEOUT_MS = 2500;

exports.main = async ({ method, path, body, idempotencyKey }) => {
  const { OPENID } = cloud.getWXContext();
  if (!OPENID) return { status: 401, body: {} }; // 不是小程序端的调用
  const { QINGNIAO_API_URL, QINGNIAO_API_KEY } = process.env;
  const service = new URL(QINGNIAO_API_URL);
  const url = new URL(path, service);
  const allowed = url.origin === service.origin && ALLOWED.includes(`${method} ${url.pathname}`);
  if (!allowed) return { status: 404, body: {} }; // path 来自手机：密钥只能发给自己的服务
  if (method === 'GET') url.searchParams.set('openid', OPENID);
  const owner = url.pathname === '/v1/messages' ? { to: OPENID } : { openid: OPENID };
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${QINGNIAO_API_KEY}`,
      'content-type': 'application/json',
      ...(idempotencyKey && { 'idempotency-key': `${OPENID}-${idempotencyKey}` }),
    },
    ...(method === 'POST' && { body: JSON.stringify({ ...body, ...owner }) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, body: await response.json() };
};
