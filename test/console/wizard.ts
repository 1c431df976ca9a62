import type { Page } from 'playwright-core';
import type { View } from './browser.ts';
import { speaking } from './console-world.ts';

/** The steps of making a campaign, as a person goes through them. */
export function wizard(page: Page, view: View) {
  const say = speaking(view);
  const button = (en: string, zh: string) => page.getByRole('button', { name: say(en, zh), exact: true });
  const goOn = () => button('Next', '下一步').click();
  return {
    goOn,
    /** Names it, chooses the template, takes the examples or other texts, looks at them and goes on. */
    async writeMessage(
      name: string,
      texts: Readonly<Record<string, string>> = {},
      look?: () => Promise<void>,
    ) {
      await page.getByLabel(say('Name', '名称'), { exact: true }).fill(name);
      await page.getByLabel(say('Template', '模板'), { exact: true }).first().click();
      await page.getByRole('option', { name: /商品降价提醒/ }).click();
      await button('Fill in the examples', '填入示例').click();
      for (const [key, text] of Object.entries(texts)) await page.getByLabel(new RegExp(key)).fill(text);
      // Until it may go on, the check of what was written is under way.
      await button('Next', '下一步').click({ trial: true });
      await look?.();
      await goOn();
    },
    async takeList(csv: Buffer) {
      await page.getByRole('radio', { name: say('A list of openids', 'openid 名单') }).check({ force: true });
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: csv });
    },
    /** Lets the people be counted, and tells how many it says there are. */
    async countPeople(): Promise<number> {
      await button('Count the people', '统计人数').click();
      const told = page.getByText(say(/It goes to [\d,]+ (people|person)/, /将发给 [\d,]+ 人/)).first();
      await told.waitFor();
      return Number((await told.textContent())?.replaceAll(/\D/g, ''));
    },
    /** Types the number into the last question and lets it go. */
    async send(people: number) {
      await button('Send', '发送').click();
      await page.getByRole('dialog').getByRole('textbox').fill(String(people));
      await page
        .getByRole('dialog')
        .getByRole('button', { name: say('Send', '发送'), exact: true })
        .click();
      await page.getByRole('heading', { level: 2, name: say('Finished', '已完成') }).waitFor();
    },
  };
}
