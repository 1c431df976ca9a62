import { expect, onTestFinished, test } from 'vitest';
import { buildServices } from '../../../handlers/process-events.ts';
import type { OtherPush } from '../../../lib/wechat-events/event-job.ts';
import { startEventBus } from '../../../local/stack/event-bus.ts';
import { keptLogs } from '../../support/log-lines.ts';

const MESSAGE: OtherPush = {
  type: 'other',
  name: 'text',
  fields: { MsgType: 'text', Content: '在吗', MsgId: '23456789012345678' },
};

async function useForward(
  takes?: () => boolean,
  more: Record<string, string> = { EVENT_BUS_NAME: 'owner-bus' },
) {
  const bus = await startEventBus({ ...(takes && { takes }) });
  onTestFinished(() => bus.close());
  const env = {
    WECHAT_APP_ID: 'wx0123456789abcdef',
    TABLE_NAME: 'no-table',
    EVENT_QUEUE_URL: 'http://127.0.0.1:9/events',
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...more,
  };
  const services = await buildServices(env, { logger: keptLogs().logger });
  onTestFinished(() => services.close());
  return { requests: bus.requests, forward: services.servicesOf().forward };
}

test('a message of WeChat’s reaches the bus as it was, under one id however often it comes', async () => {
  const { requests, forward } = await useForward();
  await forward(MESSAGE);
  await forward(MESSAGE);
  await forward({ ...MESSAGE, fields: { ...MESSAGE.fields, MsgId: '23456789012345679' } });
  const entries = requests().flat();
  expect(entries[0]).toMatchObject({
    busName: 'owner-bus',
    source: 'qingniao',
    detailType: 'WeChat Message',
  });
  const details = entries.map(({ detail }) => detail);
  expect(details[0]).toEqual({
    eventId: expect.stringMatching(/^[0-9a-f]{32}$/),
    appid: 'wx0123456789abcdef',
    name: 'text',
    message: MESSAGE.fields,
  });
  expect(details[1]?.['eventId']).toBe(details[0]?.['eventId']);
  expect(details[2]?.['eventId']).not.toBe(details[0]?.['eventId']);
});

test('what the bus does not take fails, so that the queue brings it again', async () => {
  const { forward } = await useForward(() => false);
  await expect(forward(MESSAGE)).rejects.toThrow('did not take');
});

test('without a bus there is nowhere to put it', async () => {
  const { forward, requests } = await useForward(undefined, {});
  await expect(forward(MESSAGE)).rejects.toThrow('EVENT_BUS_NAME');
  expect(requests()).toEqual([]);
});
