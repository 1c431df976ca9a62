import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;
const BUSY = JSON.stringify({
  type: 'about:blank',
  title: 'Too many requests',
  status: 429,
  detail: 'Too many requests',
  code: 'busy',
  remedy: { en: 'Wait a moment.', zh: '请稍候。' },
});

/** What the page does when the service is not there, or has no time. */
export function brokenNetworkJourneys({ call, open, userWith }: World, view: View): void {
  const say = speaking(view);

  test('without a network the page says so, goes on showing what it has, and comes back by itself', async () => {
    const openid = await userWith(T, 1);
    const page = await open(`/users/${openid}`, view, { isFresh: true });
    const grants = page.getByRole('table', { name: say('Grants', '授权') });
    await grants.waitFor();
    await page.getByRole('button', { name: say('Send a message', '发送消息') }).click();
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    const send = page.getByRole('button', { name: say('Send now', '立即发送') });
    await expect.poll(() => send.isEnabled()).toBe(true);
    await page.context().setOffline(true);
    await send.click();
    const trouble = page.getByText(say('The service was not reached', '未能连接到服务')).first();
    await trouble.waitFor();
    expect(await grants.isVisible()).toBe(true);
    await lookAt(page, 'offline', view);
    await page.context().setOffline(false);
    // What was given up is not sent behind the operator's back when the network returns.
    expect((await call('GET', `/v1/messages?openid=${openid}`)).body.items).toEqual([]);
    await send.click();
    await page.getByText(say('The message was accepted', '消息已接受')).waitFor();
  });

  test('a message whose acceptance was lost on the way is not sent twice by a second press', async () => {
    const openid = await userWith(T, 2);
    const page = await open(`/users/${openid}`, view);
    await page.getByRole('button', { name: say('Send a message', '发送消息') }).click();
    await page.getByRole('button', { name: say('Fill in the examples', '填入示例') }).click();
    const send = page.getByRole('button', { name: say('Send now', '立即发送') });
    await expect.poll(() => send.isEnabled()).toBe(true);
    await page.route('**/v1/messages', (route) => route.fetch().then(() => route.abort()), { times: 1 });
    await send.click();
    await page.getByText(say('The service was not reached', '未能连接到服务')).waitFor();
    await send.click();
    await page.getByText(say('The message was accepted', '消息已接受')).waitFor();
    expect((await call('GET', `/v1/messages?openid=${openid}`)).body.items).toHaveLength(1);
  });

  test('a 429 and a 503 in the middle of an export are tried again, and nobody is left out', async () => {
    const page = await open('/campaigns', view);
    const recipients = 1_000;
    let [calls, atOnce, mostAtOnce] = [0, 0, 0];
    const run = {
      id: 'run_many',
      campaignId: 'cmp_many',
      status: 'finished',
      trigger: 'manual',
      dryRun: false,
      startedAt: '2026-11-28T01:00:00.000Z',
      recipients,
      counts: { pending: 0, sent: recipients, delivered: 0, refused: 0, failed: 0, unknown: 0, skipped: 0 },
      byErrcode: { 0: recipients },
    };
    await page.route('**/v1/**/runs/run_many', (route) => route.fulfill({ json: run }));
    await page.route('**/v1/**/runs/run_many/recipients?*', async (route) => {
      const query = new URL(route.request().url()).searchParams;
      if (query.get('limit') === '200') {
        calls += 1;
        if (calls === 2)
          return route.fulfill({ status: 429, contentType: 'application/problem+json', body: BUSY });
        if (calls === 4) return route.fulfill({ status: 503, body: 'Service Unavailable' });
      }
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      const from = Number(query.get('cursor') ?? '0');
      const limit = Number(query.get('limit'));
      const items = Array.from({ length: Math.min(limit, recipients - from) }, (_, n) => ({
        openid: `o-many-${from + n}`,
        status: 'sent',
        attempts: 1,
      }));
      const next = from + items.length;
      await route.fulfill({ json: { items, ...(next < recipients && { nextCursor: String(next) }) } });
      atOnce -= 1;
    });
    await page.goto(page.url().replace('/campaigns', '/campaigns/cmp_many/runs/run_many'));
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: say('Export as CSV', '导出 CSV') }).click();
    const lines = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\r\n').slice(1);
    expect(lines.map((line) => line.split(',')[0])).toEqual(
      Array.from({ length: recipients }, (_, n) => `o-many-${n}`),
    );
    // Page by page, one after the other: five pages and the two that were tried again.
    expect([calls, mostAtOnce]).toEqual([7, 1]);
    expect(await page.getByRole('table').getByRole('row').count()).toBe(51);
  });
}
