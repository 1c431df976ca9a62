import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { openQueue } from '../../../lib/runtime/aws.ts';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;

/** The numbers, and what is wrong now. */
export function overviewJourneys({ wechat, call, open, userWith }: World, view: View): void {
  const say = speaking(view);

  test('the overview tells the numbers of today and of two weeks, and what is wrong now', async () => {
    const openid = await userWith(T, 3);
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    wechat.addFault({ kind: 'errcode', call: 'send', errcode: 47003, times: 1, openid });
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    const page = await open('/', view);
    await page.getByText(say('Grants left', '剩余授权')).first().waitFor();
    await page.getByRole('radio', { name: say('Today', '今日') }).waitFor({ state: 'attached' });
    await lookAt(page, 'overview', view);
  });
}

/** The last of a file: what is in a dead-letter queue stays there. */
export function troubleJourneys(
  { stack, wechat, call, open }: World,
  view: View,
  { appId: appid }: { readonly appId: string },
): void {
  const say = speaking(view);

  test('an address that WeChat does not allow is told, with the address to put on the list', async () => {
    const app = wechat.apps().find(({ appId }) => appId === appid);
    app?.addFault({
      kind: 'errcode',
      call: 'token',
      errcode: 40164,
      errmsg: 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2-3',
      times: 100,
    });
    expect((await call('POST', '/v1/templates/sync', undefined, { appid })).status).toBe(502);
    const sqs = openQueue(stack.env);
    await sqs.send(new SendMessageCommand({ QueueUrl: stack.deadLetterQueueUrl, MessageBody: '{}' }));
    sqs.destroy();
    const page = await open('/', view, { appid });
    await page.getByText(say('WeChat gives no access token', '微信不给 access_token')).waitFor();
    await page.getByText(say(/in a dead-letter queue/, /已进入死信队列/)).waitFor();
    await page.getByRole('button', { name: say('Ask WeChat again', '重新向微信查询') }).click();
    await page.getByText('203.0.113.7').first().waitFor();
    await lookAt(page, 'trouble', view);
    expect(await page.getByText(say('Nothing is wrong', '一切正常')).count()).toBe(0);
  });
}
