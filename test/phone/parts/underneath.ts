import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { lineFor } from '../../../local/dev/lines.ts';
import { answer, calls, type PhoneUnderTest } from '../open-phone.ts';

const run = promisify(execFile);

/** The panel beside the phone. */
export function testUnderneath({ stack, observed, open }: PhoneUnderTest): void {
  async function sendOne(): Promise<Page> {
    const page = await open();
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#messages .delivered').waitFor();
    return page;
  }

  /** Opens the row of a call. */
  async function opened(page: Page, name: string) {
    const row = page.locator('#requests li', { has: page.locator('code', { hasText: name }) }).last();
    await row.locator('summary').click();
    return row;
  }

  async function copied(page: Page, row: Awaited<ReturnType<typeof opened>>): Promise<string> {
    await row.getByRole('button', { name: '复制为 curl' }).click();
    await row.getByText('已复制').waitFor();
    return page.evaluate('navigator.clipboard.readText()');
  }

  describe('what happens underneath', () => {
    test('is seen: the ledgers, the requests, the message by its title and time, and opened all that is told of it', async () => {
      const page = await sendOne();
      await expect.poll(() => page.locator('#ledger').textContent()).toMatch(/0 可用.*1 已用/s);
      expect(await page.locator('#messages summary').textContent()).toMatch(/^\d\d:\d\d:\d\d预约提醒已送达/);
      expect(await calls(page)).toEqual(
        expect.arrayContaining([
          'POST /v1/grants 200',
          'POST /v1/messages 202',
          'POST /cgi-bin/message/subscribe/send errcode 0',
          'subscribe_msg_sent_event success',
        ]),
      );
      await page.locator('#messages summary').click();
      const text = await page.locator('#messages pre').first().textContent();
      expect(JSON.parse(text ?? '')).toMatchObject({ status: 'delivered', attempts: 1 });
    });

    test('stands in the order in which it began: no send before the request that caused it', async () => {
      const page = await open();
      const send = page.locator('#requests code', { hasText: '/subscribe/send' });
      // The answer takes so long that the send has been seen by then.
      await page.route('**/api/v1/messages', async (route) => {
        const response = await route.fetch();
        await send.waitFor();
        await route.fulfill({ response });
      });
      await page.click('#now');
      await answer(page, 'allow');
      const caused = [
        'wx.requestSubscribeMessage accept',
        'POST /v1/sessions 201',
        'POST /v1/grants 200',
        'POST /v1/messages 202',
        'POST /cgi-bin/message/subscribe/send errcode 0',
      ];
      await expect
        .poll(async () => (await calls(page)).filter((call) => caused.includes(call)))
        .toEqual(caused);
    });

    test('a row opens: what was asked and answered, line by line, and what it means', async () => {
      const page = await sendOne();
      const row = await opened(page, 'POST /cgi-bin/message/subscribe/send');
      expect(await row.locator('p').textContent()).toContain('errcode 0 表示微信已接受');
      const [request = '', given = ''] = await row.locator('pre').allTextContents();
      expect(JSON.parse(request)).toMatchObject({ data: { thing1: { value: '口腔洁治' } } });
      expect(request).toContain('\n  "template_id"');
      expect(JSON.parse(given)).toMatchObject({
        errcode: 0,
        errmsg: expect.any(String),
        msgid: expect.any(String),
      });
    });

    test('a row that is open stays open when others come', async () => {
      const page = await sendOne();
      await opened(page, 'POST /v1/grants');
      await page.click('#now');
      await answer(page, 'allow');
      await expect.poll(() => page.locator('#messages .delivered').count()).toBe(2);
      expect(await page.locator('#requests details[open]').count()).toBe(1);
    });

    test('a call copied as curl does the same again', async () => {
      const page = await sendOne();
      const curl = await copied(page, await opened(page, 'POST /v1/grants'));
      const { stdout } = await run('bash', ['-c', curl]);
      expect(JSON.parse(stdout)).toMatchObject({ grants: [{ available: 0, spent: 1 }] });
    });

    test('an event copied as curl is pushed once more, signed as WeChat signs it', async () => {
      const page = await sendOne();
      const curl = await copied(page, await opened(page, 'subscribe_msg_sent_event'));
      const { stdout } = await run('bash', ['-c', curl]);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'taken', event: 'subscribe_msg_sent_event' });
    });

    test('no secret stands in it: tokens of WeChat’s are hidden', async () => {
      const page = await open();
      stack.wechat?.addFault({ call: 'send', kind: 'errcode', errcode: 40001, times: 1 });
      await page.click('#now');
      await answer(page, 'allow');
      await page.locator('#messages .delivered').waitFor();
      const row = await opened(page, '_token');
      expect(await row.locator('pre').allTextContents()).toEqual([
        expect.stringContaining('"secret": "***"'),
        expect.stringContaining('"access_token": "***"'),
        expect.any(String),
      ]);
    });

    test('is watched without a line for each look in the log of npm run dev', async () => {
      const before = observed.length;
      const page = await open();
      await page.waitForResponse((response) => response.url().includes('/api/v1/grants'));
      await page.click('#now');
      await answer(page, 'allow');
      await page.locator('#messages .delivered').waitFor();
      const seen = observed.slice(before);
      const lines = seen.flatMap((observation) => lineFor(observation) ?? []);
      expect(lines.join()).toMatch(/POST .*\/v1\/messages.*202/);
      expect(lines.join()).not.toMatch(/GET +\/v1\/(grants|messages)/);
      expect(seen.filter((each) => each.type === 'request' && each.isWatching).length).toBeGreaterThan(1);
    });
  });
}
