import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { expect, onTestFinished, test } from 'vitest';
import { removeSchedules } from '../../../lib/campaigns/schedule/sync-schedule.ts';
import { createScheduleGateway } from '../../../lib/scheduler/eventbridge-schedule-gateway.ts';
import { startScheduler } from '../../../local/stack/scheduler/scheduler.ts';
import { LOCAL_AWS } from '../../../local/stack/table.ts';

const PLACE = {
  groupName: 'campaigns',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:start-campaign-run',
  roleArn: 'arn:aws:iam::000000000000:role/campaign-schedules',
  app: { appId: 'wx0123456789abcdef', isFirst: true },
};
const DAILY = { expression: 'cron(0 9 * * ? *)', timezone: 'Asia/Shanghai' };

/** A book over the SDK's own client, and the calls that its schedules made. */
async function useBook(startsAt = '2026-11-23T00:00:00Z') {
  let nowMs = Date.parse(startsAt);
  const scheduler = await startScheduler(() => nowMs);
  const client = new SchedulerClient({ ...LOCAL_AWS, endpoint: scheduler.endpoint });
  onTestFinished(async () => {
    client.destroy();
    await scheduler.close();
  });
  const calls: unknown[] = [];
  scheduler.start(async (arn, input) => void calls.push([arn, input]), { byItself: false });
  return {
    scheduler,
    calls,
    client,
    book: createScheduleGateway(client, PLACE),
    elsewhere: createScheduleGateway(client, { ...PLACE, functionArn: `${PLACE.functionArn}-other` }),
    async until(moment: string) {
      nowMs = Date.parse(moment);
      await scheduler.tick();
    },
  };
}

test('what is written is read as it was written, and written over', async () => {
  const { book } = await useBook();
  expect(await book.read('cmp_1')).toBeUndefined();
  expect(await book.write('cmp_1', DAILY)).toEqual({ type: 'written' });
  expect(await book.read('cmp_1')).toEqual(DAILY);
  const rate = {
    expression: 'rate(7 days)',
    timezone: 'UTC',
    startsAtMs: Date.parse('2026-12-01T00:00:00Z'),
  };
  await book.write('cmp_1', rate);
  expect(await book.read('cmp_1')).toEqual(rate);
});

test('every campaign that has a schedule is listed, over pages', async () => {
  const { book } = await useBook();
  const ids = Array.from({ length: 120 }, (_, index) => `cmp_${String(index).padStart(3, '0')}`);
  for (const id of ids) await book.write(id, DAILY);
  expect(await book.campaignIds()).toEqual(ids);
});

test('what is removed is gone; removing it again is no error', async () => {
  const { book } = await useBook();
  await book.write('cmp_1', DAILY);
  await book.remove('cmp_1');
  await book.remove('cmp_1');
  expect(await book.read('cmp_1')).toBeUndefined();
});

test('what EventBridge refuses is answered with its reason, and the schedule before stays', async () => {
  const { book } = await useBook();
  await book.write('cmp_1', DAILY);
  const past = { expression: 'rate(1 day)', timezone: 'UTC', startsAtMs: Date.parse('2026-11-22T00:00:00Z') };
  expect(await book.write('cmp_1', past)).toEqual({
    type: 'refused',
    reason: expect.stringContaining('5 minutes ago'),
  });
  expect(await book.read('cmp_1')).toEqual(DAILY);
});

test('a schedule that calls another function is none of ours', async () => {
  const { book, elsewhere } = await useBook();
  await elsewhere.write('cmp_1', DAILY);
  expect(await book.read('cmp_1')).toBe('other');
});

test('when its time comes the function is called with the campaign and the moment', async () => {
  const { book, calls, until } = await useBook();
  await book.write('cmp_1', DAILY);
  await until('2026-11-23T00:59:59Z');
  expect(calls).toEqual([]);
  await until('2026-11-23T01:00:30Z');
  await until('2026-11-23T01:00:31Z');
  expect(calls).toEqual([
    [
      PLACE.functionArn,
      { appid: 'wx0123456789abcdef', campaignId: 'cmp_1', scheduledTime: '2026-11-23T01:00:00Z' },
    ],
  ]);
});

test('a trigger can be delivered twice at once', async () => {
  const { book, calls, scheduler } = await useBook();
  await book.write('cmp_1', DAILY);
  const response = await fetch(`${scheduler.endpoint}/_control/fire`, {
    method: 'POST',
    body: JSON.stringify({ name: 'cmp_1', scheduledTime: '2026-11-25T01:00:00Z', times: 2 }),
  });
  expect(response.status).toBe(200);
  const once = [
    PLACE.functionArn,
    { appid: 'wx0123456789abcdef', campaignId: 'cmp_1', scheduledTime: '2026-11-25T01:00:00Z' },
  ];
  expect(calls).toEqual([once, once]);
});

test('two mini programs have schedules in one group, and each sees its own', async () => {
  const { book, client } = await useBook();
  const second = { appId: 'wx0000000000000002', isFirst: false };
  const other = createScheduleGateway(client, { ...PLACE, app: second });
  await book.write('cmp_1', DAILY);
  await other.write('cmp_1', { ...DAILY, timezone: 'UTC' });
  await other.write('cmp_2', DAILY);
  expect(await book.campaignIds()).toEqual(['cmp_1']);
  expect((await other.campaignIds()).toSorted()).toEqual(['cmp_1', 'cmp_2']);
  expect(await other.read('cmp_1')).toMatchObject({ timezone: 'UTC' });
  await book.remove('cmp_1');
  expect(await book.read('cmp_1')).toBeUndefined();
  expect(await other.read('cmp_1')).toMatchObject({ timezone: 'UTC' });
  expect(await removeSchedules(other)).toBe(2);
  expect(await other.campaignIds()).toEqual([]);
});
