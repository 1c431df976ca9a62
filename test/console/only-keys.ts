import type { Locator, Page } from 'playwright-core';

/** More than any page has to step over. */
const MOST_STEPS = 60;

/** A person who has a keyboard and no pointer. */
export function onlyKeys(page: Page) {
  const { keyboard } = page;
  return {
    press: (key: string) => keyboard.press(key),
    type: (text: string) => keyboard.insertText(text),
    /** Steps on by Tab until this has the focus. @throws Error where it never gets it */
    async reach(target: Locator): Promise<void> {
      await target.waitFor();
      for (let step = 0; step < MOST_STEPS; step++) {
        if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
        await keyboard.press('Tab');
      }
      throw new Error(`Tab never comes to ${target}.`);
    },
  };
}
