import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;

/** A run while it goes on, and after its end. */
export function runJourneys({ stack, wechat, call, open, userWith }: World, view: View): void {
  const say = speaking(view);
  const heading = (en: string, zh: string) => ({ level: 2, name: say(en, zh) });

  async function start(openids: readonly string[], more: object = {}) {
    const recipients = openids.map((openid) => ({ openid }));
    const { body } = await call('POST', '/v1/campaigns', {
      name: 'For some',
      ...PRICE_DROP,
      audience: { type: 'recipients', recipients },
      ...more,
    });
    const run = await call('POST', `/v1/campaigns/${body.id}/runs`, {});
    return { campaignId: body.id as string, path: `/campaigns/${body.id}/runs/${run.body.id}` };
  }

  test('a run is watched, paused, resumed and stopped', async () => {
    // It would go on for longer than a busy machine takes to come to its end here.
    const openids = await Promise.all(Array.from({ length: 40 }, () => userWith(T, 1)));
    const { campaignId, path } = await start(openids, { maxPerSecond: 1 });
    const page = await open(path, view);
    await page.getByRole('button', { name: say('Pause', '暂停'), exact: true }).click();
    await page.getByRole('heading', heading('Paused', '已暂停')).waitFor();
    await lookAt(page, 'campaign-paused', view);
    await page.getByRole('button', { name: say('Resume', '继续'), exact: true }).click();
    await page.getByRole('heading', heading('Running', '发送中')).waitFor();
    await page.getByRole('button', { name: say('Stop for good', '停止发送') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(say('stop', '停止'));
    await dialog.getByRole('button', { name: say('Stop for good', '停止发送') }).click();
    await page.getByRole('heading', heading('Stopped', '已停止')).waitFor();
    await page.goto(`${stack.apiUrl}/console/campaigns/${campaignId}`);
    await page.getByRole('table').waitFor();
    await lookAt(page, 'campaign', view);
  });

  test('what became of each is found and exported, and the failed are sent to again, each once', async () => {
    const openids = await Promise.all(Array.from({ length: 5 }, () => userWith(T, 1)));
    const [failed = '', refused = ''] = openids;
    wechat.addFault({ kind: 'errcode', call: 'send', errcode: 47003, times: 1, openid: failed });
    wechat.addFault({ kind: 'errcode', call: 'send', errcode: 43101, times: 1, openid: refused });
    const { path } = await start([...openids, 'o-nobody']);
    const page = await open(path, view);
    await page.getByRole('heading', heading('Finished', '已完成')).waitFor();
    await page.getByLabel(say('One user’s openid', '某个用户的 openid')).fill(failed);
    await page.getByRole('button', { name: say('Find', '查找'), exact: true }).click();
    const found = page.getByRole('table', { name: say('One user’s openid', '某个用户的 openid') });
    await found.getByText('47003').waitFor();
    await lookAt(page, 'campaign-outcome', view);
    await page
      .getByRole('textbox', { name: say('One user’s openid', '某个用户的 openid') })
      .fill('o-stranger');
    await page.getByRole('button', { name: say('Find', '查找'), exact: true }).click();
    await page.getByText(say('is not among the recipients of this run', '不在这次群发的收件人中')).waitFor();

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: say('Export as CSV', '导出 CSV') }).click();
    const csv = await readFile(await (await downloading).path(), 'utf8');
    const lines = csv.trimEnd().split('\r\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe('\uFEFFopenid,status,attempts,at,errcode,reason,problems');
    expect(lines.find((line) => line.startsWith(failed))).toMatch(/,failed,1,[^,]+,47003,/);
    expect(lines.find((line) => line.startsWith(refused))).toMatch(/,refused,1,[^,]+,43101,/);

    // The answer to the first press is lost on its way: the second starts no second run.
    await page.route('**/resend-failed', (route) => route.fetch().then(() => route.abort()), { times: 1 });
    await page.getByRole('button', { name: say('Send the failed again', '补发失败的') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('1');
    const again = dialog.getByRole('button', { name: say('Send the failed again', '补发失败的') });
    await again.click();
    await dialog.getByText(say('The service was not reached', '未能连接到服务')).waitFor();
    await again.click();
    await page.getByText(say('A run for the failed ones has begun', '已开始补发')).waitFor();
    await page.getByRole('heading', heading('Finished', '已完成')).waitFor();
    const { body } = await call('GET', `/v1${path.replace(/\/[^/]+$/, '')}`);
    expect(body.items.map(({ trigger }: { trigger: string }) => trigger)).toEqual([
      'resend-failed',
      'manual',
    ]);
    const sends = (openid: string) => wechat.received({ call: 'send', openid }).items.length;
    expect(openids.map(sends)).toEqual([2, 1, 1, 1, 1]);
  });
}
