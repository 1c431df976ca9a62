import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, startService } from './running-service.ts';

/*
 * Mini programs whose parameters are wrong, each in its own way, beside one that is well: it goes on in every function, and
 * each of the others says what is the matter.
 */
const OPENID = 'o-everywhere';
const T = PRICE_DROP.templateId;
const APPS = '/qingniao/local/apps';
const HALF_AN_HOUR_MS = 30 * 60_000;
const WELL = 'wx5e1fa0c0ffee0002';
const BROKEN = { noJson: 'wxbad0json', badRate: 'wxbad0rate', noSecret: 'wxno0secret', noPush: 'wxno0push' };
const keyFor = (appid: string) => ({
  name: appid,
  sha256: createHash('sha256').update(`key-of-${appid}`).digest('hex'),
  scopes: ['read', 'send', 'manage'],
  appids: [appid],
});

let aheadMs = 0;
const templates = SAMPLE_TEMPLATES;
const { stack, call, apps } = await startService({
  moreApps: [WELL, ...Object.values(BROKEN)].map((appId) => ({ appId, templates })),
  clock: () => Date.now() + aheadMs,
  dispatchEverySeconds: 0,
  settings: { API_KEYS: JSON.stringify(Object.values(BROKEN).map(keyFor)) },
});
const [first, well] = apps;
const appOf = (appId: string) => {
  const found = apps.find((app) => app.appId === appId);
  if (!found) throw new Error(`The stack has no ${appId}.`);
  return found;
};
if (!first || !well) throw new Error('The stack has several mini programs.');
const healthy = [first, well, appOf(BROKEN.noPush)];

beforeAll(async () => {
  for (const app of apps) {
    await app.logIn(OPENID);
    await app.allow(app.wechat, OPENID, T, 3);
  }
  const parameter = (appId: string, name: string) => `${APPS}/${appId}/${name}`;
  stack.parameters?.set(parameter(BROKEN.noJson, 'settings'), '{"name": "half');
  stack.parameters?.set(parameter(BROKEN.badRate, 'settings'), '{"MAX_SENDS_PER_SECOND":"fast"}');
  stack.parameters?.delete(parameter(BROKEN.noSecret, 'app-secret'));
  for (const name of ['push-token', 'push-aes-key']) stack.parameters?.delete(parameter(BROKEN.noPush, name));
  aheadMs += 5 * 60_000;
});

describe('one whose parameters are wrong', () => {
  test('is listed as such, also to a key that is for it alone', async () => {
    const stateOf = async (appid: string) => {
      const { status, body } = await call('GET', '/v1/apps', { token: `key-of-${appid}` });
      return [status, body.items?.map((app: { status: string }) => app.status)];
    };
    expect(await stateOf(BROKEN.noJson)).toEqual([200, ['credentials-refused']]);
    expect(await stateOf(BROKEN.badRate)).toEqual([200, ['credentials-refused']]);
    expect(await stateOf(BROKEN.noPush)).toEqual([200, ['ready']]);
  });

  test('is not ready to send, in words that tell nothing of its settings', async () => {
    for (const appId of [BROKEN.noJson, BROKEN.noSecret]) {
      const { status, body } = await appOf(appId).operator('POST', '/v1/messages', {
        to: OPENID,
        ...PRICE_DROP,
      });
      expect([appId, status, body.code]).toEqual([appId, 503, 'app-not-ready']);
      expect(JSON.stringify(body)).not.toContain(APPS);
    }
  });

  test('stops no function’s work for the others: now, at a time, by a schedule', async () => {
    for (const { operator: asked, wechat } of healthy) {
      const sendAt = new Date(Date.now() + aheadMs + HALF_AN_HOUR_MS).toISOString();
      for (const more of [{}, { sendAt }]) {
        const { status } = await asked('POST', '/v1/messages', { to: OPENID, ...PRICE_DROP, ...more });
        expect(status).toBe(202);
      }
      const audience = { type: 'recipients', recipients: [{ openid: OPENID }] };
      const schedule = { expression: 'rate(30 minutes)', timezone: 'UTC' };
      const made = await asked('POST', '/v1/campaigns', { name: 'c', ...PRICE_DROP, audience, schedule });
      expect(made.status).toBe(201);
      expect(wechat.received({ call: 'send' }).items.length).toBeLessThan(3);
    }
    await stack.idle();
    aheadMs += HALF_AN_HOUR_MS + 60_000;
    // It did what it could, and tells of those for which it could not.
    await expect(stack.dispatchNow()).rejects.toThrow(BROKEN.noJson);
    await stack.scheduler.tick();
    await stack.idle();
    for (const { wechat } of healthy) expect(wechat.received({ call: 'send' }).items).toHaveLength(3);
  });

  test('stops neither the daily sync of the others nor the repair of their schedules', async () => {
    const asked = () => healthy.map(({ wechat }) => wechat.received({ call: 'templates' }).items.length);
    const before = asked();
    await expect(stack.fire('sync-templates')).rejects.toThrow(/wxbad0json|wxno0secret/);
    expect(asked()).toEqual(before.map((times) => times + 1));
    const name = `${well.appId}.${(await well.operator('GET', '/v1/campaigns')).body.items[0].id}`;
    const schedule = `${stack.scheduler.endpoint}/schedules/${name}?groupName=campaigns`;
    await fetch(schedule, { method: 'DELETE' });
    expect((await fetch(schedule)).status).toBe(404);
    await expect(stack.fire('reconcile-schedules')).rejects.toThrow(BROKEN.noJson);
    expect((await fetch(schedule)).status).toBe(200);
  });

  test('has no callback address where it has no message push, and the others have theirs', async () => {
    const verify = async (appId: string) =>
      (await fetch(`${stack.apiUrl}/v1/wechat/events/${appId}?signature=0&timestamp=0&nonce=0`)).status;
    expect([await verify(BROKEN.noPush), await verify(well.appId)]).toEqual([404, 403]);
  });
});
