import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { openQueue } from '../../lib/runtime/aws.ts';
import { PRICE_DROP } from '../contract/running-service.ts';
import { lookAt, startConsole } from './console-world.ts';

const { stack, call, open, userWith } = await startConsole();

test.each([
  { language: 'en', width: 1280 },
  { language: 'zh', width: 390 },
] as const)(
  'an address that WeChat does not allow is told, with the address to put on the list, in $language',
  async (view) => {
    const zh = view.language === 'zh';
    stack.wechat?.addFault({
      kind: 'errcode',
      call: 'token',
      errcode: 40164,
      errmsg: 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2-3',
      times: 100,
    });
    const openid = await userWith(PRICE_DROP.templateId, 1);
    await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    const sqs = openQueue(stack.env);
    await sqs.send(new SendMessageCommand({ QueueUrl: stack.deadLetterQueueUrl, MessageBody: '{}' }));
    sqs.destroy();
    const page = await open('/', view);
    await page.getByText(zh ? '微信不给 access_token' : 'WeChat gives no access token').waitFor();
    await page.getByText(zh ? /已进入死信队列/ : /in a dead-letter queue/).waitFor();
    await page.getByRole('button', { name: zh ? '重新向微信查询' : 'Ask WeChat again' }).click();
    await page.getByText('203.0.113.7').first().waitFor();
    await lookAt(page, 'trouble', view);
    expect(await page.getByText(zh ? '一切正常' : 'Nothing is wrong').count()).toBe(0);
  },
);
