import { describe, expect, test } from 'vitest';
import { startService } from './running-service.ts';

/* What becomes of cards on the running service: jobs come off the queue, and WeChat pushes its events. */
const { stack, wechat, operator, logIn } = await startService({
  pushEvents: { delayMs: 0 },
  settings: { WECHAT_PUSH_PLAINTEXT: 'true' },
});

const content = (cur_status: number) => ({
  cur_status,
  product_count: 1,
  product_list: { info_list: [] },
  wxa_path_query: `pages/order/detail?id=${cur_status}`,
});

async function order(notification: { readonly failRet?: number; readonly codeState?: 10 } = {}) {
  const { openid } = await logIn();
  const code = wechat.cardCode({ openid, payAmount: 9900 });
  wechat.changeCard({ code, ...notification });
  const check = { payAmount: 9900, payTime: new Date().toISOString() };
  const request = { to: openid, notifyType: 2001, code, content: content(2), check };
  const { body } = await operator('POST', '/v1/cards', request);
  return { id: body.id as string, openid, code };
}

async function settled(id: string) {
  const deadlineMs = Date.now() + 10_000;
  for (;;) {
    const { body } = await operator('GET', `/v1/cards/${id}`);
    if (!body.changing && body.attempts > 0) return body;
    if (Date.now() > deadlineMs) throw new Error(`Card ${id} is ${body.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The card once the events about it were taken in. */
async function told(id: string) {
  await settled(id);
  await wechat.pushed();
  await stack.idle();
  return (await operator('GET', `/v1/cards/${id}`)).body;
}

describe('notify_service_msg_send_result', () => {
  test('of a user who refuses makes the card refused, with what to do', async () => {
    const { id } = await order({ codeState: 10 });
    const { status, outcome } = await told(id);
    expect(status).toBe('refused');
    expect(outcome).toMatchObject({ errcode: -1004, reason: 'user-refused', errmsg: 'user reject message' });
    expect(outcome.remedy).toEqual({ en: expect.any(String), zh: expect.any(String) });
  });

  test.each([
    [-10001, 'transient'],
    [-10002, 'payload'],
    [-1003, 'configuration'],
    [-1005, 'rate'],
    [-42, 'unlisted'],
  ])('%i of a notification makes the card failed: %s', async (failRet, reason) => {
    const { id, code } = await order({ failRet });
    expect(await told(id)).toMatchObject({ status: 'failed', outcome: { errcode: failRet, reason } });
    wechat.changeCard({ code, failRet: null });
    await operator('PATCH', `/v1/cards/${id}`, { content: content(4) });
    expect(await told(id)).toMatchObject({ status: 'active', outcome: { reason: 'accepted' } });
  });

  test('is not forgotten when a later change is refused and the card is to show the former again', async () => {
    const { id, openid } = await order({ codeState: 10 });
    await told(id);
    wechat.addFault({ call: 'set-card', openid, kind: 'errcode', errcode: 85442 });
    await operator('PATCH', `/v1/cards/${id}`, { content: content(4) });
    expect(await told(id)).toMatchObject({ status: 'failed', outcome: { errcode: 85442 } });
    const { body } = await operator('PATCH', `/v1/cards/${id}`, { content: content(2) });
    expect(body).toMatchObject({ status: 'refused', outcome: { errcode: -1004 }, content: content(2) });
  });

  test('delivered twice, and in XML, says the same', async () => {
    const { id, openid, code } = await order();
    await settled(id);
    wechat.setCallback({ format: 'xml' });
    const fields = {
      openid,
      notify_code: `p1.${code}`,
      notify_type: '2001',
      card_status: '2',
      fail_ret: '-1004',
      fail_msg: 'user reject message ',
    };
    for (let time = 0; time < 2; time++) {
      await wechat.pushOnce({ openid, event: 'notify_service_msg_send_result', fields });
    }
    wechat.setCallback({ format: 'json' });
    expect(await told(id)).toMatchObject({ status: 'refused', attempts: 1 });
  });

  test('about a state that the card has left changes nothing', async () => {
    const { id, openid, code } = await order();
    await settled(id);
    await operator('PATCH', `/v1/cards/${id}`, { content: content(4) });
    await settled(id);
    const fields = {
      openid,
      notify_code: `p1.${code}`,
      notify_type: '2001',
      card_status: '2',
      fail_ret: '-10001',
      fail_msg: 'system error',
    };
    await wechat.pushOnce({ openid, event: 'notify_service_msg_send_result', fields });
    expect(await told(id)).toMatchObject({ status: 'active' });
  });

  test('about a card that is not ours is taken, and changes nothing', async () => {
    const { openid } = await logIn();
    const fields = { notify_code: 'p1.42', notify_type: '2001', card_status: '1', fail_ret: '-1004' };
    const delivery = await wechat.pushOnce({ openid, event: 'notify_service_msg_send_result', fields });
    expect(delivery).toMatchObject({ answer: 'success' });
    await stack.idle();
    expect((await operator('GET', `/v1/cards?openid=${openid}`)).body.items).toEqual([]);
  });
});

test('of twenty changes at once the latest is at WeChat within seconds', async () => {
  const { openid } = await logIn();
  const code = wechat.cardCode({ openid, notifyType: 1005 });
  const at = (n: number) => ({
    cur_status: 2,
    queue_number: 'A121',
    current_number: `${n}`,
    wxa_path_query: '',
  });
  const { body } = await operator('POST', '/v1/cards', {
    to: openid,
    notifyType: 1005,
    code,
    content: at(0),
  });
  const wishes = Array.from({ length: 20 }, (_, n) => ({ content: at(n + 1) }));
  const replies = await Promise.all(wishes.map((wish) => operator('PATCH', `/v1/cards/${body.id}`, wish)));
  expect(replies.map(({ status }) => status)).toEqual(wishes.map(() => 200));
  const { content: wanted } = await settled(body.id);
  expect(JSON.parse(wechat.cards(openid)[0]?.content ?? '')).toEqual(wanted);
});
