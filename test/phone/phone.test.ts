import { describe, expect, test } from 'vitest';
import { lineFor } from '../../local/dev/lines.ts';
import { answer, axeFindings, cards, shown, sidewaysOverflow, usePhone } from './open-phone.ts';

/** The phone of `npm run dev` in a real browser. */
const { open, observed } = await usePhone();

describe('from the page to a card', () => {
  test('it takes two clicks: the card shows by itself, and lies among the notifications', async () => {
    const page = await open();
    await page.click('#now');
    await page.click('#allow');
    await page.locator('#banner').waitFor();
    await page.click('#tab-messages');
    expect(await cards(page).count()).toBe(1);
    expect(await cards(page).textContent()).toContain('口腔洁治');
    expect(await cards(page).textContent()).toContain('进入小程序查看');
  });

  test('a reminder comes after its five seconds and not before', async () => {
    const page = await open();
    await page.click('#soon');
    await answer(page, 'allow');
    const bookedAtMs = Date.now();
    await page.locator('#banner').waitFor({ timeout: 10_000 });
    expect(Date.now() - bookedAtMs).toBeGreaterThan(3_500);
    expect(Date.now() - bookedAtMs).toBeLessThan(8_000);
  });

  test('what happens underneath is seen: the ledgers, the message, the requests', async () => {
    const page = await open();
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#messages .delivered').waitFor();
    expect(await page.locator('#ledger').textContent()).toMatch(/0 可用.*1 已用/s);
    const requests = await page.locator('#requests').textContent();
    for (const text of [
      'POST /v1/grants 200',
      'POST /v1/messages 202',
      'send → 0',
      'subscribe_msg_sent_event',
    ]) {
      expect(requests).toContain(text);
    }
  });
});

describe('a banner', () => {
  test('stays for its own eight seconds, whenever the one before it came', async () => {
    const page = await open({ clock: true });
    const seen = () => page.locator('#banner').count();
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#banner').waitFor();
    await page.clock.fastForward(6_000);
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#messages .delivered').nth(1).waitFor();
    await page.clock.fastForward(4_000);
    expect(await seen()).toBe(1);
    await page.clock.fastForward(6_000);
    await expect.poll(seen).toBe(0);
  });
});

describe('what happens underneath', () => {
  test('stands in the order in which it began: no send before the request that caused it', async () => {
    const page = await open();
    // The answer takes so long that the send has been seen by then.
    await page.route('**/api/v1/messages', async (route) => {
      const response = await route.fetch();
      await page.getByText('send → 0').waitFor();
      await route.fulfill({ response });
    });
    await page.click('#now');
    await answer(page, 'allow');
    await page.getByText('POST /v1/messages 202').waitFor();
    const rows = await page.locator('#requests li code').allTextContents();
    const caused = ['POST /v1/sessions 201', 'POST /v1/grants 200', 'POST /v1/messages 202', 'send → 0'];
    expect(rows.filter((row) => caused.includes(row)).toReversed()).toEqual(caused);
  });

  test('names what the user took back: revoked, and not spent', async () => {
    const page = await open();
    const ledger = () => page.locator('#ledger dd').allTextContents();
    await page.click('#soon');
    await answer(page, 'allow');
    await expect.poll(ledger).toEqual([expect.stringMatching(/0 可用.*1 预留.*0 已用/), '1 授权0 已用']);
    await page.click('#tab-settings');
    await page.click('#turn-off');
    await expect.poll(ledger).toEqual(['0 可用0 预留1 已失效', '1 授权1 已失效']);
    await page.click('#keep-accept');
    await page.click('#tab-app');
    await page.click('#now');
    await page.locator('#banner').waitFor();
    await expect.poll(ledger).toEqual(['0 可用0 预留1 已用1 已失效', '2 授权1 已用1 已失效']);
  });

  test('is watched without a line for each look in the log of npm run dev', async () => {
    const page = await open();
    await page.waitForResponse((response) => response.url().includes('/api/v1/grants'));
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#messages .delivered').waitFor();
    const lines = observed.flatMap((observation) => lineFor(observation) ?? []);
    expect(lines.join()).toMatch(/POST .*\/v1\/messages.*202/);
    expect(lines.join()).not.toMatch(/GET +\/v1\/(grants|messages)/);
    expect(observed.filter((each) => each.type === 'request' && each.isWatching).length).toBeGreaterThan(1);
  });
});

describe('the user', () => {
  test('refuses: nothing is sent, and the next tap asks again', async () => {
    const page = await open();
    await page.click('#now');
    await answer(page, 'reject');
    await expect.poll(() => page.locator('#notice').textContent()).toContain('没有同意');
    await page.click('#now');
    await shown(page, 'popup');
    expect(await page.locator('#messages').count()).toBe(0);
  });

  test('refuses for always: no popup comes any more, and the guide leads to the settings, where it can be changed', async () => {
    const page = await open();
    await page.click('#now');
    await answer(page, 'reject', { always: true });
    await page.locator('#notice, #guide').first().waitFor();
    await page.keyboard.press('Escape');
    await page.click('#now');
    await shown(page, 'guide');
    await page.click('#guide-settings');
    await page.click('#keep-accept');
    await page.click('#tab-app');
    await page.click('#now');
    await page.locator('#banner').waitFor();
  });

  test('allows for always: the next tap sends without a popup', async () => {
    const page = await open();
    await page.click('#now');
    await answer(page, 'allow', { always: true });
    await page.locator('#banner').waitFor();
    await page.click('#now');
    await page.click('#tab-messages');
    await expect.poll(() => cards(page).count()).toBe(2);
  });

  test('turns the main switch off: the guide says so', async () => {
    const page = await open();
    await page.click('#tab-settings');
    await page.click('#main-switch');
    await page.click('#tab-app');
    await page.click('#now');
    await shown(page, 'guide');
    expect(await page.locator('#guide').textContent()).toContain('接收通知');
  });
});

describe('the page', () => {
  test.each([
    ['zh-CN', '5 秒后提醒我'],
    ['en-US', 'Remind me in 5 seconds'],
  ])('speaks the language of the browser (%s), and the other at a click', async (locale, text) => {
    const page = await open({ locale });
    expect(await page.locator('#soon').textContent()).toBe(text);
    await page.click('#language');
    expect(await page.locator('#soon').textContent()).not.toBe(text);
  });

  test.each([390, 1080])('fits %d pixels without scrolling sideways', async (width) => {
    const page = await open({ width, height: 844 });
    const overflow = await sidewaysOverflow(page);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#banner').waitFor();
  });

  test('has nothing that axe finds inaccessible, on any screen', async () => {
    const page = await open();
    const findings = () => axeFindings(page);
    expect(await findings()).toEqual([]);
    await page.click('#now');
    await shown(page, 'popup');
    expect(await findings()).toEqual([]);
    await page.click('#allow');
    await page.locator('#banner').waitFor();
    for (const screen of ['messages', 'settings']) {
      await page.click(`#tab-${screen}`);
      expect(await findings()).toEqual([]);
    }
  });

  test('works by keyboard alone, and the focus stays in the popup until it is answered', async () => {
    const page = await open();
    await page.locator('#now').focus();
    await page.keyboard.press('Enter');
    await shown(page, 'popup');
    const focused = () => page.evaluate('document.activeElement.id');
    await expect.poll(focused).toBe('allow');
    const stops = new Set<unknown>();
    for (let n = 0; n < 6; n++) {
      await page.keyboard.press('Tab');
      stops.add(await focused());
    }
    expect(stops).toEqual(new Set(['always', 'reject', 'allow']));
    await page.locator('#always').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#popup').count()).toBe(0);
    await page.locator('#now').focus();
    await page.keyboard.press('Space');
    await shown(page, 'popup');
    await expect.poll(focused).toBe('allow');
    await page.keyboard.press('Enter');
    await page.locator('#banner').waitFor();
  });
});
