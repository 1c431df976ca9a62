import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { PRICE_DROP } from '../contract/running-service.ts';
import { lookAt, startConsole, VIEWS } from './console-world.ts';

const { stack, call, open, userWith } = await startConsole({ followChanges: true });
const T = PRICE_DROP.templateId;
await call('POST', '/v1/templates/sync');

const sentTo = (openid: string) =>
  stack.wechat?.received({ call: 'send' }).items.filter((one) => one.openid === openid).length ?? 0;

/** Writes the message of a campaign: the template, and its examples or other texts. */
async function writeMessage(
  page: Page,
  zh: boolean,
  name: string,
  texts: Readonly<Record<string, string>> = {},
) {
  await page.getByLabel(zh ? '名称' : 'Name', { exact: true }).fill(name);
  await page
    .getByLabel(zh ? '模板' : 'Template', { exact: true })
    .first()
    .click();
  await page.getByRole('option', { name: /商品降价提醒/ }).click();
  await page.getByRole('button', { name: zh ? '填入示例' : 'Fill in the examples' }).click();
  for (const [key, text] of Object.entries(texts)) await page.getByLabel(new RegExp(key)).fill(text);
  await next(page, zh);
}

const next = (page: Page, zh: boolean) =>
  page.getByRole('button', { name: zh ? '下一步' : 'Next', exact: true }).click({ timeout: 10_000 });

/** Lets the people be counted, and tells how many it says there are. */
async function countPeople(page: Page, zh: boolean): Promise<number> {
  await page.getByRole('button', { name: zh ? '统计人数' : 'Count the people' }).click();
  const told = page.getByText(zh ? /将发给 [\d,]+ 人/ : /It goes to [\d,]+ (people|person)/).first();
  await told.waitFor();
  return Number((await told.textContent())?.replaceAll(/\D/g, ''));
}

describe.each(VIEWS)('in $language at $width px', (view) => {
  const zh = view.language === 'zh';

  test('a first campaign reaches ten users in under two minutes', async () => {
    const startedAt = Date.now();
    const openids = await Promise.all(Array.from({ length: 10 }, () => userWith(T, 1)));
    const page = await open('/campaigns', view);
    await page
      .getByRole('link', { name: zh ? '新建群发活动' : 'Make a campaign' })
      .first()
      .click();
    await writeMessage(page, zh, 'First');
    await lookAt(page, 'campaign-audience', view);
    await next(page, zh);
    await lookAt(page, 'campaign-when', view);
    await next(page, zh);
    const people = await countPeople(page, zh);
    expect(people).toBeGreaterThanOrEqual(10);
    await lookAt(page, 'campaign-confirm', view);
    await page.getByRole('button', { name: zh ? '发送' : 'Send', exact: true }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(String(people));
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh ? '发送' : 'Send', exact: true })
      .click();
    await page.getByRole('heading', { level: 2, name: zh ? '已完成' : 'Finished' }).waitFor();
    expect(openids.map(sentTo)).toEqual(openids.map(() => 1));
    expect(Date.now() - startedAt).toBeLessThan(120_000);
    await lookAt(page, 'campaign-run', view);
  });

  test('a list gives variables; its faulty rows are left out and can be downloaded', async () => {
    const [one = '', other = ''] = await Promise.all([userWith(T, 1), userWith(T, 1)]);
    const page = await open('/campaigns/new', view);
    await writeMessage(page, zh, 'By a list', { thing1: '{{goods}}' });
    await page.getByRole('radio', { name: zh ? 'openid 名单' : 'A list of openids' }).check({ force: true });
    const csv = `user,goods\n${one},茶杯\nnot an openid!,茶壶\n${other},\n${one},茶盘\n`;
    await page.locator('input[type=file]').setInputFiles({
      name: 'list.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv),
    });
    await page.getByText(zh ? '可以发送 1 人' : 'Can be sent to: 1').waitFor();
    await page.getByText(zh ? '3 行将被略过' : 'Rows that are left out: 3').waitFor();
    await lookAt(page, 'campaign-list', view);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: zh ? '下载这些行' : 'Download these rows' }).click();
    expect((await downloading).suggestedFilename()).toBe('faulty.csv');
    await next(page, zh);
    await next(page, zh);
    expect(await countPeople(page, zh)).toBe(1);
    await page.getByRole('button', { name: zh ? '放弃并删除' : 'Give up and delete it' }).click();
    await page.getByText(zh ? '活动已删除' : 'The campaign was deleted').waitFor();
    expect(sentTo(one)).toBe(0);
  });

  test('a schedule shows its next runs before it is set', async () => {
    const page = await open('/campaigns/new', view);
    await userWith(T, 1);
    await writeMessage(page, zh, 'Weekly');
    await next(page, zh);
    await page
      .getByLabel(zh ? '发送时间' : 'When', { exact: true })
      .first()
      .click();
    await page.getByRole('option', { name: zh ? '每周' : 'Every week' }).click();
    await page.getByText(zh ? '接下来的发送' : 'The next runs').waitFor();
    expect(await page.getByRole('status').locator('time').count()).toBe(5);
    await lookAt(page, 'campaign-weekly', view);
  });

  test('a run is watched, paused, resumed and stopped', async () => {
    await Promise.all(Array.from({ length: 12 }, () => userWith(T, 1)));
    const made = await call('POST', '/v1/campaigns', {
      name: 'Slow',
      ...PRICE_DROP,
      audience: { type: 'grantees' },
      maxPerSecond: 1,
    });
    const run = await call('POST', `/v1/campaigns/${made.body.id}/runs`, {});
    const page = await open(`/campaigns/${made.body.id}/runs/${run.body.id}`, view);
    await page.getByRole('button', { name: zh ? '暂停' : 'Pause', exact: true }).click();
    await page.getByRole('heading', { level: 2, name: zh ? '已暂停' : 'Paused' }).waitFor();
    await lookAt(page, 'campaign-paused', view);
    await page.getByRole('button', { name: zh ? '继续' : 'Resume', exact: true }).click();
    await page.getByRole('heading', { level: 2, name: zh ? '发送中' : 'Running' }).waitFor();
    await page.getByRole('button', { name: zh ? '停止发送' : 'Stop for good' }).click();
    await page
      .getByRole('dialog')
      .getByRole('textbox')
      .fill(zh ? '停止' : 'stop');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh ? '停止发送' : 'Stop for good' })
      .click();
    await page.getByRole('heading', { level: 2, name: zh ? '已停止' : 'Stopped' }).waitFor();
    await page.goto(`${stack.apiUrl}/console/campaigns/${made.body.id}`);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'campaign', view);
  });
});
