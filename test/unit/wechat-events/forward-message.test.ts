import { expect, test } from 'vitest';
import type { OtherPush } from '../../../lib/wechat-events/event-job.ts';
import { type ForwardedMessage, forwardMessage } from '../../../lib/wechat-events/forward-message.ts';

const MESSAGE: OtherPush = { type: 'other', name: 'text', fields: { MsgType: 'text', Content: '在吗' } };

async function forwarded(appId: string, message: OtherPush): Promise<ForwardedMessage | undefined> {
  const published: ForwardedMessage[] = [];
  const publish = async (one: ForwardedMessage) => published.push(one) === 1;
  await forwardMessage({ appId, publish }, message);
  return published[0];
}

test('a message is forwarded as it was, under an id of its content', async () => {
  const first = await forwarded('wx1', MESSAGE);
  expect(first).toEqual({
    eventId: expect.stringMatching(/^[0-9a-f]{32}$/),
    name: 'text',
    message: MESSAGE.fields,
  });
  expect((await forwarded('wx1', MESSAGE))?.eventId).toBe(first?.eventId);
  expect((await forwarded('wx2', MESSAGE))?.eventId).not.toBe(first?.eventId);
  const other = { ...MESSAGE, fields: { ...MESSAGE.fields, Content: '在' } };
  expect((await forwarded('wx1', other))?.eventId).not.toBe(first?.eventId);
});

test('what the bus does not take fails, so that the queue brings it again', async () => {
  const publish = async () => false;
  await expect(forwardMessage({ appId: 'wx1', publish }, MESSAGE)).rejects.toThrow('did not take');
});

test('without a bus the setting that is missing is named', async () => {
  await expect(forwardMessage({ appId: 'wx1' }, MESSAGE)).rejects.toThrow('EVENT_BUS_NAME');
});
