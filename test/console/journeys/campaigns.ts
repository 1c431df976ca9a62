import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';
import { onlyKeys } from '../only-keys.ts';
import { wizard } from '../wizard.ts';

const T = PRICE_DROP.templateId;

/** Making a campaign step by step. */
export function campaignJourneys({ wechat, call, open, userWith }: World, view: View): void {
  const say = speaking(view);
  const sentTo = (openid: string) => wechat.received({ call: 'send', openid }).items.length;

  test('a list gives variables; its faulty rows are left out, told with the reason, and can be downloaded', async () => {
    const [one = '', other = ''] = await Promise.all([userWith(T, 1), userWith(T, 1)]);
    const page = await open('/campaigns/new', view);
    const { writeMessage, takeList, goOn, countPeople } = wizard(page, view);
    // A button that cannot be pressed says what it waits for.
    await page.getByText(say('First give it a name', '请先填写名称')).waitFor();
    await writeMessage('By a list', { thing1: '{{goods}}', amount2: '{{price}}' });
    await takeList(
      Buffer.from(
        [
          'user,goods,price',
          `${one},茶杯,￥10.00`,
          'not an openid!,茶壶,￥10.00',
          `${other},,￥10.00`,
          `${one},茶盘,￥10.00`,
          // Nothing that fits can be made of it, which the service would refuse with all others of its upload.
          `${other},茶盘,many`,
          '',
        ].join('\n'),
      ),
    );
    await page.getByText(say('Can be sent to: 1', '可以发送 1 人')).waitFor();
    await page.getByText(say('Rows that are left out: 4', '4 行将被略过')).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'not an openid!' }).waitFor();
    await lookAt(page, 'campaign-list', view);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: say('Download these rows', '下载这些行') }).click();
    const file = await downloading;
    expect(file.suggestedFilename()).toBe('faulty.csv');
    expect(await text(file)).toMatch(/many,.*amount2/);
    await goOn();
    await goOn();
    await page.getByText(say('1 from the list', '名单中的 1 人')).waitFor();
    expect(await countPeople()).toBe(1);
    await page.getByRole('button', { name: say('Give up and delete it', '放弃并删除') }).click();
    await page.getByText(say('The campaign was deleted', '活动已删除')).waitFor();
    expect(sentTo(one)).toBe(0);
  });

  test('a list in GBK is read as such; what was counted and is left leaves no campaign behind', async () => {
    const openid = await userWith(T, 1);
    const page = await open('/campaigns/new', view);
    const { writeMessage, takeList, goOn, countPeople } = wizard(page, view);
    const name = `GBK ${openid}`;
    await writeMessage(name, { thing1: '{{goods}}' });
    // 茶杯 in GBK.
    await takeList(
      Buffer.concat([
        Buffer.from(`openid,goods\r\n${openid},`),
        Buffer.from([0xb2, 0xe8, 0xb1, 0xad]),
        Buffer.from('\r\n'),
      ]),
    );
    await page.getByText(say('Read as GB18030', '已按 GB18030 读取')).waitFor();
    await page.getByRole('cell', { name: '茶杯' }).waitFor();
    await goOn();
    await goOn();
    expect(await countPeople()).toBe(1);
    const named = async () =>
      (await call('GET', '/v1/campaigns?limit=200')).body.items.filter(
        (one: { name: string }) => one.name === name,
      );
    expect(await named()).toHaveLength(1);
    await page.getByRole('button', { name: say('Message', '消息') }).click();
    await expect.poll(named).toHaveLength(0);
  });

  test('a schedule shows its next runs in its own zone before it is set', async () => {
    await userWith(T, 1);
    const page = await open('/campaigns/new', view);
    const { writeMessage, goOn } = wizard(page, view);
    await writeMessage('Weekly');
    await lookAt(page, 'campaign-audience', view);
    await goOn();
    await page.getByLabel(say('When', '发送时间'), { exact: true }).first().click();
    await page.getByRole('option', { name: say('Every week', '每周') }).click();
    await page.getByText(say('The next runs', '接下来的发送')).waitFor();
    const runs = page.getByRole('status').locator('time');
    expect(await runs.count()).toBe(5);
    const inShanghai = await runs.first().getAttribute('datetime');
    const zone = page.getByLabel(say('In the time of', '时区'), { exact: true }).first();
    await zone.click();
    await zone.fill('New_York');
    await page.getByRole('option', { name: 'America/New_York' }).click();
    await expect.poll(() => runs.first().getAttribute('datetime')).not.toBe(inShanghai);
    // Ten o'clock where the schedule is, whatever zone the page's own times are in.
    expect(await runs.first().textContent()).toContain('10:00:00');
    await lookAt(page, 'campaign-weekly', view);
  });

  test('the whole way through the steps goes by keyboard', async () => {
    const openid = await userWith(T, 1);
    const page = await open('/campaigns', view);
    const { press, reach, type } = onlyKeys(page);
    const button = (en: string, zh: string) => page.getByRole('button', { name: say(en, zh), exact: true });
    await reach(page.getByRole('link', { name: say('Make a campaign', '新建群发活动') }).first());
    await press('Enter');
    await reach(page.getByLabel(say('Name', '名称'), { exact: true }));
    await type('By keyboard');
    await reach(page.getByLabel(say('Template', '模板'), { exact: true }).first());
    await type('商品降价');
    await press('ArrowDown');
    await press('Enter');
    await reach(button('Fill in the examples', '填入示例'));
    await press('Enter');
    const next = button('Next', '下一步');
    for (let step = 0; step < 3; step++) {
      await expect.poll(() => next.isEnabled()).toBe(true);
      await reach(next);
      await press('Enter');
    }
    await reach(button('Count the people', '统计人数'));
    await press('Space');
    const send = button('Send', '发送');
    await send.waitFor();
    const told = await page
      .getByText(say(/It goes to [\d,]+/, /将发给 [\d,]+ 人/))
      .first()
      .textContent();
    await reach(send);
    await press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT');
    await type(String(told?.replaceAll(/\D/g, '')));
    await press('Enter');
    await page.getByRole('heading', { level: 2, name: say('Finished', '已完成') }).waitFor();
    expect(sentTo(openid)).toBe(1);
  });

  test('one of many campaigns is found by its name, and what is shown further down is not asked for again and again', async () => {
    const make = (name: string) =>
      call('POST', '/v1/campaigns', { name, ...PRICE_DROP, audience: { type: 'grantees' } });
    await make('The oldest of all 🎉');
    await Promise.all(Array.from({ length: 120 }, (_, n) => make(`One of many ${n}`)));
    const page = await open('/campaigns', view);
    await page.getByRole('table').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByLabel(say('Find by name', '按名称查找')).fill('oldest of all 🎉');
    await page.getByRole('link', { name: 'The oldest of all 🎉' }).first().waitFor();
    const pages = asked.filter((url) => url.includes('cursor=')).length;
    expect(pages).toBe(Math.ceil((await countCampaigns()) / 50) - 1);
    await lookAt(page, 'campaigns', view);
  });

  async function countCampaigns(): Promise<number> {
    let count = 0;
    let cursor = '';
    do {
      const { body } = await call(
        'GET',
        `/v1/campaigns?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      count += body.items.length;
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    return count;
  }
}

async function text(download: { path(): Promise<string> }): Promise<string> {
  return readFile(await download.path(), 'utf8');
}
