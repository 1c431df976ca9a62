import { expect, test } from 'vitest';
import { PRICE_DROP, startService } from './running-service.ts';

/* Campaigns together with what WeChat tells of their sends, and what the owner is told of both. */
const { stack, wechat, operator, logIn, allow } = await startService({
  dispatchEverySeconds: 0,
  followChanges: true,
  pushEvents: { delayMs: 0 },
  settings: { PUBLISHED_EVENTS: '*' },
});
const T = PRICE_DROP.templateId;

test('a run counts as delivered what WeChat’s events say arrived, and as failed what they say did not', async () => {
  const openids: string[] = [];
  for (let n = 0; n < 4; n++) {
    const { openid } = await logIn();
    await allow(wechat, openid, T, 1);
    openids.push(openid);
  }
  const [refused = '', undelivered = ''] = openids;
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid: refused });
  wechat.addPushFault({ kind: 'fail-send', openid: undelivered, errorCode: -1 });
  const { body: campaign } = await operator('POST', '/v1/campaigns', {
    name: 'Sale',
    ...PRICE_DROP,
    audience: { type: 'recipients', recipients: openids.map((openid) => ({ openid })) },
  });
  const { body: started } = await operator('POST', `/v1/campaigns/${campaign.id}/runs`, {});
  await stack.idle({ dueWithinMs: 20_000 });
  const path = `/v1/campaigns/${campaign.id}/runs/${started.id}`;

  const { body: run } = await operator('GET', path);
  expect(run).toMatchObject({
    status: 'finished',
    counts: { pending: 0, sent: 0, delivered: 2, refused: 1, failed: 1 },
  });
  const { body: recipient } = await operator('GET', `${path}/recipients/${undelivered}`);
  expect(recipient).toMatchObject({ status: 'failed', reason: 'not-delivered' });

  const typesOf = (openid: string) =>
    stack.bus
      .published()
      .filter(({ detail }) => detail['to'] === openid)
      .map(({ detailType }) => detailType);
  expect(typesOf(refused)).toEqual(['Message Refused']);
  expect(typesOf(undelivered)).toEqual(['Message Sent', 'Message Failed']);
  for (const openid of openids.slice(2)) {
    expect(typesOf(openid)).toEqual(['Message Sent', 'Message Delivered']);
  }
  const finished = stack.bus.published().filter(({ detailType }) => detailType === 'Campaign Run Finished');
  expect(finished.map(({ detail }) => [detail['id'], detail['recipients']])).toEqual([[started.id, 4]]);

  const { items } = (await operator('GET', `/v1/stats?templateId=${T}`)).body;
  expect(items).toMatchObject([{ granted: 4, sent: 3, delivered: 2, refused: 1, available: 0 }]);
});
