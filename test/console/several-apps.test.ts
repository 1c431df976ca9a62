import { expect, test } from 'vitest';
import { PRICE_DROP } from '../contract/running-service.ts';
import { lookAt, startConsole } from './console-world.ts';

const shop = { appId: 'wx2222222222222222', name: '青鸟商城' };
const { stack, call, open, userWith } = await startConsole({ moreApps: [shop] });

test('the choice of a mini program changes all pages, and nothing of the one is shown as the other’s', async () => {
  const view = { language: 'en', width: 1280 } as const;
  const openid = await userWith(PRICE_DROP.templateId, 2);
  const page = await open(`/users/${openid}`, view);
  await page.getByRole('table', { name: 'Grants' }).waitFor();
  await page.getByLabel('Mini program', { exact: true }).first().click();
  await page.getByRole('option', { name: shop.name }).click();
  await page.getByText('Nothing is recorded of this user').waitFor();
  expect(await page.getByText('price-drop').count()).toBe(0);
  await page.reload();
  await page.getByText('Nothing is recorded of this user').waitFor();
});

test('each mini program shows its state, at both widths', async () => {
  expect((await call('GET', '/v1/apps')).body.items).toHaveLength(2);
  for (const width of [1280, 390]) {
    const view = { language: 'zh', width } as const;
    const page = await open('/apps', view);
    await page.getByRole('table').getByText(shop.name).waitFor();
    await lookAt(page, 'several-apps', view);
    await page.getByRole('button', { name: `切换 ${shop.name}` }).click();
    await page.getByRole('button', { name: `切换 ${stack.env['WECHAT_APP_ID']}` }).waitFor();
  }
});
