import { describe, expect, test } from 'vitest';
import { PRICE_DROP, SHIPPED } from '../contract/running-service.ts';
import { lookAt, startConsole, VIEWS } from './console-world.ts';

const { stack, call, open, userWith } = await startConsole({ followChanges: true });
const T = PRICE_DROP.templateId;

describe.each(VIEWS)('in $language at $width px', (view) => {
  const zh = view.language === 'zh';

  test('the overview tells the numbers of two weeks and what is wrong now', async () => {
    const openid = await userWith(T, 3);
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    stack.wechat?.addFault({ kind: 'errcode', call: 'send', errcode: 47003, times: 1, openid });
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await call('POST', '/v1/templates/sync');
    const page = await open('/', view);
    await page
      .getByText(zh ? '剩余授权' : 'Grants left')
      .first()
      .waitFor();
    await lookAt(page, 'overview', view);
  });

  test('a user is found, and their grants and messages shown', async () => {
    const openid = await userWith(T, 2);
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    const page = await open('/users', view);
    await lookAt(page, 'users', view);
    await page.getByLabel('openid').fill(openid);
    await page.getByRole('button', { name: zh ? '查找' : 'Find' }).click();
    await page.getByText(zh ? '各数字的含义' : 'What the numbers mean').waitFor();
    await lookAt(page, 'user', view);
  });

  test('a message is written with a live check and a card, and sent', async () => {
    const openid = await userWith(SHIPPED.templateId, 1);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: zh ? '发送消息' : 'Send a message' }).click();
    await page.getByRole('button', { name: zh ? '填入示例' : 'Fill in the examples' }).click();
    await page.waitForTimeout(800);
    await lookAt(page, 'send', view);
    await page.getByRole('button', { name: zh ? '立即发送' : 'Send now' }).click();
    await page.getByText(zh ? '消息已接受' : 'The message was accepted').waitFor();
    expect((await call('GET', `/v1/messages?openid=${openid}`)).body.items).toHaveLength(1);
  });

  test('what is too long is told while it is typed, and fit shows what would be sent', async () => {
    const openid = await userWith(T, 1);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: zh ? '发送消息' : 'Send a message' }).click();
    await page.getByRole('button', { name: zh ? '填入示例' : 'Fill in the examples' }).click();
    await page.getByLabel(/thing1/).fill('二十个字以内的商品名称，这一个显然写得太长了一些');
    await page.getByText(zh ? /将以“.*…”发送/ : /Will be sent as “.*…”/).waitFor();
    await page.getByRole('switch', { name: zh ? '自动适配' : 'Fit the texts' }).uncheck({ force: true });
    const send = page.getByRole('button', { name: zh ? '立即发送' : 'Send now' });
    await expect.poll(() => send.isDisabled()).toBe(true);
    await lookAt(page, 'send-faulty', view);
  });

  test('a user is erased once the openid has been typed, and not before', async () => {
    const openid = await userWith(T, 1);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: zh ? '删除该用户' : 'Erase this user' }).click();
    const erase = page.getByRole('button', { name: zh ? '永久删除' : 'Erase for good' });
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('textbox').fill(openid.slice(1));
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('textbox').fill(openid);
    await lookAt(page, 'erase', view);
    await erase.click();
    await page.getByRole('heading', { name: zh ? '用户' : 'Users', exact: true }).waitFor();
    expect((await call('GET', `/v1/grants?openid=${openid}`)).body.items).toEqual([]);
  });

  test('a message of unknown fate is found and settled', async () => {
    const openid = await userWith(T, 1);
    stack.wechat?.addFault({ kind: 'drop-answer', call: 'send', times: 1, openid });
    const { body } = await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await expect
      .poll(async () => (await call('GET', `/v1/messages/${body.id}`)).body.status, { timeout: 30_000 })
      .toBe('unknown');
    const page = await open(`/messages/${body.id}`, view);
    await page.getByRole('button', { name: zh ? '人工结算' : 'Settle' }).click();
    await page.getByText(zh ? '未送达：退回授权' : 'It did not arrive: the grant comes back').click();
    await lookAt(page, 'settle', view);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh ? '人工结算' : 'Settle' })
      .click();
    await page.getByText(zh ? '已结算' : 'The message was settled').waitFor();
    expect((await call('GET', `/v1/messages/${body.id}`)).body.status).toBe('failed');
    expect((await call('GET', `/v1/grants?openid=${openid}`)).body.items[0].available).toBe(1);
  });

  test('messages that did not arrive are listed, and one tells its story with the remedy', async () => {
    const openid = await userWith(T, 1);
    stack.wechat?.addFault({ kind: 'errcode', call: 'send', errcode: 47003, times: 1, openid });
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await expect
      .poll(async () => (await call('GET', '/v1/messages?status=failed')).body.items.length)
      .toBeGreaterThan(0);
    const page = await open('/messages?status=failed', view);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'messages', view);
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByText(zh ? '经过' : 'What happened').waitFor();
    await page.getByText(zh ? '如何处理' : 'What to do').waitFor();
    await lookAt(page, 'message', view);
  });

  test('each mini program tells its state, and the audit trail who changed what', async () => {
    await call('PUT', `/v1/templates/${T}/alias`, { alias: 'price-drop' });
    const page = await open('/apps', view);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'apps', view);
    await page.goto(`${stack.apiUrl}/console/audit`);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'audit', view);
  });
});

test.each([
  { path: '/', name: 'overview' },
  { path: '/messages?status=failed', name: 'messages' },
  { path: '/audit', name: 'audit' },
])('$name can be read in the dark', async ({ path, name }) => {
  const view = { language: 'zh', width: 1280, colors: 'dark' } as const;
  const page = await open(path, view);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await lookAt(page, name, view);
});
