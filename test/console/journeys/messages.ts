import { expect, test } from 'vitest';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;

/** Why a message did not arrive, and what to do about it; apps and the audit trail. */
export function messageJourneys({ wechat, call, open, userWith }: World, view: View): void {
  const say = speaking(view);

  test('a message of unknown fate is found and settled', async () => {
    const openid = await userWith(T, 1);
    wechat.addFault({ kind: 'drop-answer', call: 'send', times: 1, openid });
    const { body } = await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await expect
      .poll(async () => (await call('GET', `/v1/messages/${body.id}`)).body.status, { timeout: 30_000 })
      .toBe('unknown');
    const page = await open(`/messages/${body.id}`, view);
    await page.getByRole('button', { name: say('Settle', '人工结算') }).click();
    await page.getByText(say('It did not arrive: the grant comes back', '未送达：退回授权')).click();
    await lookAt(page, 'settle', view);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('Settle', '人工结算') })
      .click();
    await page.getByText(say('The message was settled', '已结算')).waitFor();
    expect((await call('GET', `/v1/messages/${body.id}`)).body.status).toBe('failed');
    expect((await call('GET', `/v1/grants?openid=${openid}`)).body.items[0].available).toBe(1);
  });

  test('messages that did not arrive are listed, and one tells its story with the remedy', async () => {
    const openid = await userWith(T, 1);
    wechat.addFault({ kind: 'errcode', call: 'send', errcode: 47003, times: 1, openid });
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await expect
      .poll(async () => (await call('GET', '/v1/messages?status=failed')).body.items.length)
      .toBeGreaterThan(0);
    const page = await open('/messages?status=failed', view);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'messages', view);
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByText(say('What happened', '经过')).waitFor();
    await page.getByText(say('What to do', '如何处理')).waitFor();
    await lookAt(page, 'message', view);
  });

  test('a message is opened by its id', async () => {
    const page = await open('/messages', view);
    const { body } = await call('POST', '/v1/messages', { to: await userWith(T, 1), ...PRICE_DROP });
    await page.getByLabel(say('Message id', '消息编号')).fill(` ${body.id} `);
    await page.getByRole('button', { name: say('Open', '打开'), exact: true }).click();
    await page.getByText(say('What happened', '经过')).waitFor();
    expect(page.url()).toMatch(new RegExp(`/messages/${body.id}$`));
  });

  test('each mini program tells its state, and the audit trail who changed what', async () => {
    await call('PUT', `/v1/templates/${T}/alias`, { alias: 'price-drop' });
    const page = await open('/apps', view);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'apps', view);
    await page.goto(page.url().replace('/apps', '/audit'));
    await page.getByRole('table').waitFor();
    await lookAt(page, 'audit', view);
  });
}
