import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployedResources } from './resources.ts';
import { MESSAGE, type Service, type User } from './service.ts';
import { eventually, step } from './steps.ts';

/** Functions that rules call, and nobody by HTTP. */
const SCHEDULED = ['dispatch-due', 'reconcile-schedules', 'sync-templates'] as const;

/** Drives a deployed service along all that callers may rely on first of all. @throws what went wrong */
export async function driveMainPath(service: Service, resources: DeployedResources): Promise<void> {
  const { wechat } = service;
  const later = await bookForTomorrow(service, resources);
  for (const name of SCHEDULED) await step(`${name} runs`, () => resources.invoke(name));
  await step("WeChat's check of the callback URL is answered", async () => {
    assert.equal((await wechat.verifyCallback()).verified, true);
  });
  const user = await step('a user logs in', () => service.logIn());
  await step('what they allow is counted once', async () => {
    await service.allow(user);
    assert.deepEqual(await countsOf(service, user), { available: 1, held: 0, spent: 0 });
  });
  await step('a message leaves at once and is delivered', async () => {
    const { id } = await service.send(user);
    await service.until(id, ['delivered']);
    assert.deepEqual(await countsOf(service, user), { available: 0, held: 0, spent: 1 });
  });
  await step('a tap that no phone reported is counted by WeChat’s event', async () => {
    // WeChat's events tell the second only: two of one second are taken for one that came twice.
    await sleep(1_000);
    await service.allow(user, { isReported: false });
    await eventually(
      'The grant',
      () => service.grantsOf(user),
      (grants) => grants?.available === 1,
    );
  });
  await step('a timed message leaves at its time and not before', () => sendTimed(service, user));
  await step('a campaign reaches everyone who holds a grant', () => runCampaign(service));
  await step('a campaign has its schedule in EventBridge and runs when that comes', () =>
    runSchedule(service, resources),
  );
  await step('a template is added from the library, and deleted with what needs it', () =>
    addAndDelete(service),
  );
  await step('a dead letter is brought back by npm run redrive', () => redriveOne(service, resources));
  await step('a message that waited in the table is found by the rule of dispatch-due', () =>
    service.until(later, ['sent', 'delivered'], 90_000),
  );
  await step('statistics and events come from the table’s stream', async () => {
    const stats = await eventually(
      'The statistics',
      () => service.call('GET', '/v1/stats'),
      ({ items }) => items.some(({ delivered }: { delivered: number }) => delivered > 0),
      60_000,
    );
    const told = stats.items.find(({ delivered }: { delivered: number }) => delivered > 0);
    assert.equal(told.templateId, MESSAGE.templateId);
  });
  await step('a user is erased', async () => {
    // Nobody who was sent to in the last 90 seconds: a sender could still write a record again.
    const [booked] = await granteesOf(service, 1);
    assert.ok(booked);
    await service.send(booked, { sendAt: new Date(Date.now() + 86_400_000).toISOString() });
    await service.call('DELETE', `/v1/users/${booked.openid}`);
    assert.equal(await service.grantsOf(booked), undefined);
  });
}

/** What is due tomorrow waits in the table and not on the queue. Tomorrow comes at once, by a change of the stored message. */
async function bookForTomorrow(service: Service, resources: DeployedResources): Promise<string> {
  const [user] = await granteesOf(service, 1);
  assert.ok(user);
  const { id } = await service.send(user, { sendAt: new Date(Date.now() + 86_400_000).toISOString() });
  await resources.bringForward(user.openid, id);
  return id;
}

async function countsOf(service: Service, user: User) {
  const { available, held, spent } = (await service.grantsOf(user)) ?? assert.fail('There is no ledger.');
  return { available, held, spent };
}

function requestsTo({ wechat }: Service, { openid }: User) {
  return wechat.received({ call: 'send', openid }).items;
}

async function sendTimed(service: Service, user: User): Promise<void> {
  const before = requestsTo(service, user).length;
  const sendAtMs = Date.now() + 6_000;
  const { id } = await service.send(user, { sendAt: new Date(sendAtMs).toISOString() });
  await service.until(id, ['sent', 'delivered']);
  const [request] = requestsTo(service, user).slice(before);
  assert.ok(request && request.startedAtMs >= sendAtMs, 'It left before its time.');
}

async function granteesOf(service: Service, count: number): Promise<User[]> {
  const users: User[] = [];
  for (let n = 0; n < count; n++) {
    const user = await service.logIn();
    await service.allow(user);
    users.push(user);
  }
  return users;
}

async function runCampaign(service: Service): Promise<void> {
  const users = await granteesOf(service, 5);
  const { id } = await service.call('POST', '/v1/campaigns', campaign('all'));
  const { id: runId } = await service.call('POST', `/v1/campaigns/${id}/runs`, {});
  const run = await finishedRun(service, `/v1/campaigns/${id}/runs/${runId}`);
  // Whoever was left with a grant before is in it too.
  assert.ok(run.recipients >= users.length);
  assert.equal(run.counts.sent + run.counts.delivered, run.recipients);
  for (const user of users) assert.equal(requestsTo(service, user).length, 1);
}

/** A run under way, which a deletion stops, and a message of tomorrow, which it cancels. */
async function addAndDelete(service: Service): Promise<void> {
  const [user] = await granteesOf(service, 1);
  assert.ok(user);
  const { items: categories } = await service.call('GET', '/v1/template-library/categories');
  assert.ok(categories.length > 0);
  const { templateId } = await service.call('POST', '/v1/templates', { tid: '2001', keywordIds: [1, 2] });
  const { openid } = user;
  const results = service.wechat.subscribe({ openid, results: { [templateId]: 'accept' } });
  await service.call('POST', '/v1/grants', { openid, requestId: 'of-the-library', results });
  const data = { thing1: '茶', amount2: '￥1.00' };
  const sendAt = new Date(Date.now() + 86_400_000).toISOString();
  const booked = { to: openid, templateId, data, sendAt, hold: false };
  const { id: messageId } = await service.call('POST', '/v1/messages', booked);
  const order = { ...campaign('deleted'), templateId, data, quietHours: alwaysQuiet() };
  const { id } = await service.call('POST', '/v1/campaigns', order);
  const { id: runId } = await service.call('POST', `/v1/campaigns/${id}/runs`, {});
  const deleted = await service.call('DELETE', `/v1/templates/${templateId}?force=true`);
  assert.deepEqual([deleted.canceledMessages, deleted.endedCampaigns.length], [1, 1]);
  assert.equal((await service.call('GET', `/v1/messages/${messageId}`)).status, 'canceled');
  assert.equal((await service.call('GET', `/v1/campaigns/${id}/runs/${runId}`)).status, 'stopped');
}

/** From a minute ago for hours. */
function alwaysQuiet() {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  return { from: clock(Date.now() - 60_000), to: clock(Date.now() + 6 * 3_600_000), timezone: 'UTC' };
}

/** The emulator does not fill in the moment that a schedule asks for in its input, so the trigger is given by hand. */
async function runSchedule(service: Service, resources: DeployedResources): Promise<void> {
  const [user] = await granteesOf(service, 1);
  assert.ok(user);
  const scheduledTime = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 86_400_000).toISOString();
  const expression = `at(${scheduledTime.slice(0, 19)})`;
  const { id } = await service.call('POST', '/v1/campaigns', {
    ...campaign('later'),
    schedule: { expression, timezone: 'UTC' },
  });
  const schedule = await resources.scheduleOf(id);
  assert.equal(schedule.expression, expression);
  assert.match(schedule.targetArn, /:function:qingniao-\w+-start-campaign-run$/);
  assert.match(schedule.input, /"<aws\.scheduler\.scheduled-time>"/);
  const trigger = JSON.parse(schedule.input.replace('<aws.scheduler.scheduled-time>', scheduledTime));
  // Delivered twice, it is one run.
  for (let n = 0; n < 2; n++) await resources.invoke('start-campaign-run', trigger);
  const { items } = await service.call('GET', `/v1/campaigns/${id}/runs`);
  assert.deepEqual(
    items.map((run: { trigger: string }) => run.trigger),
    ['schedule'],
  );
  await finishedRun(service, `/v1/campaigns/${id}/runs/${items[0].id}`);
  assert.equal(requestsTo(service, user).length, 1);
}

function campaign(name: string) {
  return { name, ...MESSAGE, audience: { type: 'grantees' } };
}

function finishedRun(service: Service, path: string) {
  return eventually(
    'The run is over',
    () => service.call('GET', path),
    ({ status }) => status === 'finished',
  );
}

/** A user's item whose stored form is spoilt makes sending fail until it is mended, as after a fault in a release. */
async function redriveOne(service: Service, resources: DeployedResources): Promise<void> {
  const [user] = await granteesOf(service, 1);
  assert.ok(user);
  await resources.failOnce();
  const sendAt = new Date(Date.now() + 4_000).toISOString();
  const { id } = await service.send(user, { sendAt });
  const mend = await resources.spoil(user.openid);
  await eventually('A dead letter', resources.deadLetters, (count) => count === 1, 120_000);
  await mend();
  assert.match(await resources.redrive(), /1 of 1 moved/);
  await service.until(id, ['sent', 'delivered']);
  assert.equal(requestsTo(service, user).length, 1);
}
