import { describe, expect, test } from 'vitest';
import { PRICE_DROP } from '../contract/running-service.ts';
import { lookAt, startConsole, VIEWS } from './console-world.ts';

const { call, open } = await startConsole();
await call('POST', '/v1/templates/sync');
const T = PRICE_DROP.templateId;

describe.each(VIEWS)('in $language at $width px', (view) => {
  const zh = view.language === 'zh';

  test('templates are listed; one shows its fields, tries data without sending and takes an alias', async () => {
    await call('DELETE', `/v1/templates/${T}/alias`);
    const page = await open('/templates', view);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'templates', view);
    await page.getByRole('link', { name: '商品降价提醒' }).click();
    await page.getByRole('button', { name: zh ? '填入示例' : 'Fill in the examples' }).click();
    await page.getByText(zh ? '可以这样发送' : 'It can be sent like this').waitFor();
    await page.getByRole('textbox', { name: zh ? '别名' : 'Alias', exact: true }).fill('cheaper');
    await page.getByRole('button', { name: zh ? '保存别名' : 'Save the alias' }).click();
    await page.getByText(zh ? '别名已保存' : 'The alias is saved').waitFor();
    await lookAt(page, 'template', view);
    expect((await call('GET', `/v1/templates/${T}`)).body.alias).toBe('cheaper');
  });

  test('one is added from the library and deleted again, once its title has been typed', async () => {
    const page = await open('/templates/library', view);
    await page
      .getByLabel(zh ? '类目' : 'Category', { exact: true })
      .first()
      .click();
    await page.getByRole('option').first().click();
    const title = page.getByRole('table').getByRole('button').first();
    const name = (await title.textContent()) ?? '';
    await title.click();
    for (const place of [0, 1]) await page.getByRole('checkbox').nth(place).check();
    await page.getByLabel(zh ? '使用场景' : 'What it is for', { exact: true }).fill('到店提醒');
    await lookAt(page, 'library', view);
    const before = (await call('GET', '/v1/templates?limit=200')).body.items.length;
    await page.getByRole('button', { name: zh ? '添加到账号' : 'Add to the account' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect((await call('GET', '/v1/templates?limit=200')).body.items).toHaveLength(before + 1);
    await page.getByRole('button', { name: zh ? '删除该模板' : 'Delete this template' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(name);
    await page.getByRole('button', { name: zh ? '永久删除' : 'Delete for good' }).click();
    await page.getByText(zh ? '模板已删除' : 'The template is deleted').waitFor();
    expect((await call('GET', '/v1/templates?limit=200')).body.items).toHaveLength(before);
  });
});
