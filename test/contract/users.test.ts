import { describe, expect, onTestFinished, test } from 'vitest';
import { buildServices } from '../../handlers/send-messages.ts';
import { PRICE_DROP, QUIET, startService } from './running-service.ts';

const { stack, wechat, operator, logIn, allow } = await startService({ pollers: 0, dispatchEverySeconds: 0 });
const T = PRICE_DROP.templateId;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('erasing a user', () => {
  test('leaves nothing of theirs behind, and nobody else is touched', async () => {
    const [user, other] = [await logIn(), await logIn()];
    for (const { openid } of [user, other]) {
      await allow(wechat, openid, T, 2);
      await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, sendAt: later(3_600_000) });
    }
    const answer = await operator('DELETE', `/v1/users/${user.openid}`);
    expect(answer).toMatchObject({ status: 200, body: { openid: user.openid, messages: 1, templates: 1 } });

    expect((await operator('GET', `/v1/grants?openid=${user.openid}`)).body.items).toEqual([]);
    expect((await operator('GET', `/v1/messages?openid=${user.openid}`)).body.items).toEqual([]);
    const { items: audience } = (await operator('GET', `/v1/grants?templateId=${T}`)).body;
    expect(audience.map(({ openid }: { openid: string }) => openid)).toEqual([other.openid]);
    expect((await operator('GET', `/v1/messages?openid=${other.openid}`)).body.items).toHaveLength(1);
  });

  test('keeps a booked message from ever being sent, though its job is still on the queue', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, T, 1);
    const { body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await operator('DELETE', `/v1/users/${openid}`);
    const sender = await buildServices(stack.env, { logger: QUIET });
    onTestFinished(() => sender.close());
    const { deliver } = (await sender.apps.of()).services;
    expect((await deliver({ messageId: body.id, sinceMs: Date.now() })).type).toBe('later');
    const longAgoMs = Date.now() - 120_000;
    expect(await deliver({ messageId: body.id, sinceMs: longAgoMs })).toEqual({ type: 'done' });
    expect(wechat.received({ call: 'send', openid }).items).toEqual([]);
  });

  test('counts again what they grant afterwards', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, T, 3);
    await operator('DELETE', `/v1/users/${openid}`);
    await allow(wechat, openid, T, 1);
    expect((await operator('GET', `/v1/grants?openid=${openid}`)).body.items).toMatchObject([
      { available: 1 },
    ]);
  });

  test('takes them off the lists of campaigns, and a run that comes later knows nothing of them', async () => {
    const [user, other] = [await logIn(), await logIn()];
    const recipients = [user, other].map(({ openid }) => ({ openid }));
    const order = { name: 'Sale', ...PRICE_DROP, audience: { type: 'recipients', recipients } };
    const { body: campaign } = await operator('POST', '/v1/campaigns', order);
    const erased = await operator('DELETE', `/v1/users/${user.openid}`);
    expect(erased).toMatchObject({ status: 200, body: { places: 1 } });
    expect(erased.body).not.toHaveProperty('nextCursor');
    expect((await operator('GET', `/v1/campaigns/${campaign.id}`)).body.audience).toMatchObject({ count: 1 });
  });

  test('refuses a cursor that is none of its own, and goes on with one that is', async () => {
    const path = '/v1/users/o-nobody?cursor=';
    expect(await operator('DELETE', `${path}x`)).toMatchObject({
      status: 422,
      body: { code: 'invalid-query' },
    });
    const cursor = Buffer.from('{"campaignId":"cmp_gone","page":3}').toString('base64url');
    expect(await operator('DELETE', path + cursor)).toMatchObject({
      status: 200,
      body: { messages: 0, templates: 0, places: 0 },
    });
  });

  test('of whom nothing is stored is no error, and can be repeated', async () => {
    for (let time = 0; time < 2; time++) {
      expect(await operator('DELETE', '/v1/users/o-nobody')).toMatchObject({
        status: 200,
        body: { messages: 0, templates: 0 },
      });
    }
  });
});
