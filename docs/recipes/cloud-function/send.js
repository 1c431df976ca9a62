// 代替 cloud.openapi.subscribeMessage.send，供其他云函数和定时触发器使用。In place of cloud.openapi.subscribeMessage.send.
const TIMEOUT_MS = 2500;

/** 发送一条消息。失败可以原样再调用：幂等键相同，只会发出一条。A failed call may be made again as it is. */
exports.send = async (message, idempotencyKey) => {
  const response = await fetch(`${process.env.QINGNIAO_API_URL}/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.QINGNIAO_API_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw Object.assign(new Error(`${answer.code}: ${answer.detail}`), {
    code: answer.code,
    remedy: answer.remedy,
  });
};
