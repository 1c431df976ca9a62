import { expect, test } from 'vitest';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;
const LONG_TERM = 'policy-expires_mTkw0y1Zb8XhQ3uRr5sVnJc7PaLe';

/** The account's templates: tried, named, declared, added and deleted. */
export function templateJourneys({ wechat, call, open }: World, view: View): void {
  const say = speaking(view);

  test('templates are listed; one shows its fields, tries data without sending and takes an alias', async () => {
    await call('DELETE', `/v1/templates/${T}/alias`);
    const page = await open('/templates', view);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'templates', view);
    await page.getByRole('link', { name: '商品降价提醒' }).click();
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    await page.getByText(say('It can be sent like this', '可以这样发送')).waitFor();
    await page.getByRole('textbox', { name: say('Alias', '别名'), exact: true }).fill('cheaper');
    await page.getByRole('button', { name: say('Save the alias', '保存别名') }).click();
    await page.getByText(say('The alias is saved', '别名已保存')).waitFor();
    await lookAt(page, 'template', view);
    expect((await call('GET', `/v1/templates/${T}`)).body.alias).toBe('cheaper');
  });

  test('the longest fields that a template may have are cut off nowhere', async () => {
    const templateId = 'longest_0123456789abcdefghijklmnopqrstuvwxyz';
    const values = Array.from({ length: 12 }, (_, n) => `取值${n}${'很长'.repeat(8)}`);
    wechat.addTemplates([
      {
        templateId,
        title: '名称很长的模板'.repeat(6),
        kind: 'one-time',
        keywords: [
          { key: 'thing1', label: '标签也很长'.repeat(5), example: `🎁${'长'.repeat(18)}` },
          { key: 'character_string2', label: '编号', example: 'A1B2C3D4'.repeat(4) },
          { key: 'enum_string3', label: '状态', example: values[0] ?? '', values },
        ],
      },
    ]);
    await call('POST', '/v1/templates/sync');
    const page = await open(`/templates/${templateId}`, view);
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    await page.getByText(say('It can be sent like this', '可以这样发送')).waitFor();
    await lookAt(page, 'template-longest', view);
    wechat.removeTemplate(templateId);
    await call('POST', '/v1/templates/sync');
  });

  test('the owner says which templates are limited, since WeChat does not', async () => {
    await call('PUT', `/v1/templates/${LONG_TERM}/kind`, { kind: 'long-term' });
    const page = await open(`/templates/${LONG_TERM}`, view);
    await page.getByLabel(say('Kind', '类型'), { exact: true }).first().click();
    await page.getByRole('option', { name: say('Long-term, limited', '长期（限频次）') }).click();
    await page.getByText(say('The kind is saved', '类型已保存')).waitFor();
    expect((await call('GET', `/v1/templates/${LONG_TERM}`)).body.kind).toBe('limited');
  });

  test('one is added from the library and deleted again, once its title has been typed', async () => {
    const page = await open('/templates/library', view);
    await page.getByLabel(say('Category', '类目'), { exact: true }).first().click();
    await page.getByRole('option').first().click();
    const title = page.getByRole('table').getByRole('button').first();
    const name = (await title.textContent()) ?? '';
    await title.click();
    for (const place of [0, 1]) await page.getByRole('checkbox').nth(place).check();
    await page.getByLabel(say('What it is for', '使用场景'), { exact: true }).fill('到店提醒');
    await lookAt(page, 'library', view);
    const before = (await call('GET', '/v1/templates?limit=200')).body.items.length;
    await page.getByRole('button', { name: say('Add to the account', '添加到账号') }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect((await call('GET', '/v1/templates?limit=200')).body.items).toHaveLength(before + 1);
    await page.getByRole('button', { name: say('Delete this template', '删除该模板') }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(name);
    await page.getByRole('button', { name: say('Delete for good', '永久删除') }).click();
    await page.getByText(say('The template is deleted', '模板已删除')).waitFor();
    expect((await call('GET', '/v1/templates?limit=200')).body.items).toHaveLength(before);
  });
}
