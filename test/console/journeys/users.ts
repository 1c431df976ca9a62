import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PRICE_DROP, SHIPPED } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;
const OF_DEVICE = 'low-water_W3nGq8dYx0VfKtB5zRmHs1uCjPoLaEi7';
const MODEL = 'xo_Ao7bO0L5Glb9U0XKqLw';

/** Finding a user, sending them a message, and erasing them. */
export function userJourneys({ wechat, call, open, userWith }: World, view: View): void {
  const say = speaking(view);

  test('a user is found by openid or among those who allowed a template; their grants, service cards and messages are shown', async () => {
    const openid = await userWith(T, 2);
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    const card = await call('POST', '/v1/cards', {
      to: openid,
      notifyType: 1005,
      code: wechat.cardCode({ openid, notifyType: 1005 }),
      content: {
        cur_status: 1,
        queue_number: 'A12',
        current_number: 'A7',
        min_wait_time: 10,
        max_wait_time: 20,
        wxa_path_query: 'pages/queue/index',
      },
    });
    expect(card.status, JSON.stringify(card.body)).toBe(202);
    const page = await open('/users', view);
    await lookAt(page, 'users', view);
    await page.getByLabel('openid').fill(openid);
    await page.getByRole('button', { name: say('Find', '查找') }).click();
    await page.getByText(say('What the numbers mean', '各数字的含义')).waitFor();
    const cards = page.getByRole('table', { name: say('Service cards', '服务卡片') });
    await cards.getByText(say('Restaurant queue', '餐厅排队')).waitFor();
    await cards.getByText(say('Active', '使用中')).waitFor();
    await lookAt(page, 'user', view);
    // Back to where a user is looked for, without knowing the openid.
    await page.goBack();
    await page.getByLabel(say('Template', '模板'), { exact: true }).first().click();
    await page.getByRole('option', { name: '商品降价提醒' }).click();
    const table = page.getByRole('table', { name: say('Who allowed a template', '按模板查看用户') });
    await table.waitFor();
    const more = page.getByRole('button', { name: say('Show more', '显示更多') });
    while (await more.isVisible()) await more.click();
    await lookAt(page, 'users-of-template', view);
    await table.getByRole('link', { name: openid }).click();
    await page.getByText(say('What the numbers mean', '各数字的含义')).waitFor();
  });

  test('a message is written with a live check and a card, and sent', async () => {
    const openid = await userWith(SHIPPED.templateId, 1);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: say('Send a message', '发送消息') }).click();
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    // What was said of the empty fields is not said of the full ones, not even until they are checked.
    expect(await page.getByText(say(/is missing/, /缺少/)).count()).toBe(0);
    const send = page.getByRole('button', { name: say('Send now', '立即发送') });
    await expect.poll(() => send.isEnabled()).toBe(true);
    await lookAt(page, 'send', view);
    await send.click();
    await page.getByText(say('The message was accepted', '消息已接受')).waitFor();
    expect((await call('GET', `/v1/messages?openid=${openid}`)).body.items).toHaveLength(1);
  });

  test('what is too long is told while it is typed, and fit shows what would be sent', async () => {
    const openid = await userWith(T, 1);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: say('Send a message', '发送消息') }).click();
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    await page.getByLabel(/thing1/).fill('二十个字以内的商品名称🎧，这一个显然写得太长了一些');
    await page.getByText(say(/Will be sent as “.*…”/, /将以“.*…”发送/)).waitFor();
    await page.getByRole('switch', { name: say('Fit the texts', '自动适配') }).uncheck({ force: true });
    const send = page.getByRole('button', { name: say('Send now', '立即发送') });
    await expect.poll(() => send.isDisabled()).toBe(true);
    await page.getByText(say('It can be sent once every text', '全部符合要求后才能发送')).waitFor();
    await lookAt(page, 'send-faulty', view);
  });

  test('a message of a device template names one of the user’s devices, by its number and model', async () => {
    await call('PUT', `/v1/templates/${OF_DEVICE}/kind`, { kind: 'device' });
    const openid = wechat.createUser();
    for (const sn of ['TANK-1', 'BASIN-2']) {
      const device = { sn, modelId: MODEL };
      const { errMsg: _, ...results } = wechat.subscribeDevice({
        openid,
        results: { [OF_DEVICE]: 'accept' },
        ...device,
        snTicket: wechat.deviceTicket(device),
      });
      await call('POST', '/v1/grants', { openid, requestId: randomUUID(), results, devices: [device] });
    }
    const page = await open(`/users/${openid}`, view);
    await page.getByText(`TANK-1 · ${MODEL}`).waitFor();
    await page.getByRole('button', { name: say('Send a message', '发送消息') }).click();
    await page.getByText(say(/is about one device: choose it/, /请选择设备/)).waitFor();
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    const send = page.getByRole('button', { name: say('Send now', '立即发送') });
    expect(await send.isDisabled()).toBe(true);
    await page.getByLabel(say('Device', '设备'), { exact: true }).first().click();
    await page.getByRole('option', { name: 'BASIN-2' }).click();
    await expect.poll(() => send.isEnabled()).toBe(true);
    await lookAt(page, 'send-device', view);
    await send.click();
    await page.getByText(say('The message was accepted', '消息已接受')).waitFor();
    const [message] = (await call('GET', `/v1/messages?openid=${openid}`)).body.items;
    expect(message.device).toEqual({ sn: 'BASIN-2', modelId: MODEL });
    await page.goto(page.url().replace(/users\/.*/, `messages/${message.id}`));
    await page.getByText(`BASIN-2 · ${MODEL}`).waitFor();
  });

  test('a user is erased once the openid has been typed, and not before', async () => {
    const openid = await userWith(T, 1);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: say('Erase this user', '删除该用户') }).click();
    const erase = page.getByRole('button', { name: say('Erase for good', '永久删除') });
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('textbox').fill(openid.slice(1));
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('textbox').fill(openid);
    await lookAt(page, 'erase', view);
    await erase.click();
    await page.getByRole('heading', { name: say('Users', '用户'), exact: true }).waitFor();
    expect((await call('GET', `/v1/grants?openid=${openid}`)).body.items).toEqual([]);
  });
}
