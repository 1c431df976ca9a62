import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../lib/api/access.ts';
import { isServedWhileStopped, type RouteSpec } from '../../../lib/api/route.ts';
import { healthSpecs } from '../../../lib/api/routes/health.ts';
import { routeSpecs } from '../../../lib/api/routes/index.ts';
import { appOfCall } from '../../../lib/api/which-app.ts';
import { AppNotReadyError, UnknownAppError } from '../../../lib/settings/apps.ts';

const STOPPED = new Set(['wx-stopped']);
const BROKEN = new Set(['wx-broken']);
const KNOWN = new Set(['wx-first', 'wx-second', ...STOPPED, ...BROKEN]);

async function find(appId = 'wx-first') {
  if (!KNOWN.has(appId)) throw new UnknownAppError(appId);
  if (BROKEN.has(appId)) throw new AppNotReadyError(appId, ['MAX_SENDS_PER_SECOND: Expected …']);
  return { app: { appId, isStopped: STOPPED.has(appId) }, services: {} };
}

const anyone: Caller = { type: 'anyone' };
const user: Caller = { type: 'user', appid: 'wx-second', openid: 'o1' };
const anyApp: Caller = { type: 'operator', keyName: 'all', scopes: ['read'] };
const someApps: Caller = { ...anyApp, keyName: 'some', appids: ['wx-second', 'wx-stopped'] };

async function chosen(caller: Caller, asked?: string, served: Partial<RouteSpec> = {}) {
  return (await appOfCall(find, { caller, asked, spec: { ...healthSpecs.getHealth, ...served } })).app.appId;
}

describe('the app of a call', () => {
  test.each([
    ['anyone', anyone, undefined, 'wx-first'],
    ['anyone who names one', anyone, 'wx-second', 'wx-second'],
    ['a user', user, undefined, 'wx-second'],
    ['a user who names their own', user, 'wx-second', 'wx-second'],
    ['a key for all', anyApp, undefined, 'wx-first'],
    ['a key for all that names one', anyApp, 'wx-second', 'wx-second'],
    ['a key for some', someApps, undefined, 'wx-second'],
    ['a key for some that names one of them', someApps, 'wx-stopped', 'wx-stopped'],
  ])('of %s', async (_, caller, asked, appId) => {
    expect(await chosen(caller, asked)).toBe(appId);
  });

  test('that the stage does not have, or the caller may not use, is unknown in the same words', async () => {
    const refusal = (caller: Caller, asked: string) => chosen(caller, asked).catch((error) => error);
    const problems = [
      await refusal(anyApp, 'wx-nobody'),
      await refusal(someApps, 'wx-first'),
      await refusal(someApps, 'wx-broken'),
      await refusal(user, 'wx-first'),
      await refusal(anyone, 'wx-nobody'),
    ].map((error) => error.toProblem());
    expect(problems[0]).toMatchObject({ status: 404, code: 'unknown-app' });
    for (const problem of problems) expect(problem).toEqual(problems[0]);
  });

  test('that a session is for and the stage has no more makes the session none', async () => {
    const error = await chosen({ ...user, appid: 'wx-gone' }).catch((problem) => problem);
    expect(error.toProblem()).toMatchObject({ status: 401, code: 'invalid-token' });
  });

  test('whose settings are wrong is not ready, and nothing of them is told', async () => {
    const error = await chosen(anyApp, 'wx-broken').catch((problem) => problem);
    expect(error.toProblem()).toMatchObject({ status: 503, code: 'app-not-ready' });
    expect(JSON.stringify(error.toProblem())).not.toContain('MAX_SENDS');
  });

  test('whose sending is stopped serves what sends nothing', async () => {
    for (const served of [
      { method: 'GET' },
      { method: 'DELETE' },
      { method: 'POST', whileStopped: true },
    ] as const)
      expect(await chosen(someApps, 'wx-stopped', served)).toBe('wx-stopped');
    const refused = chosen(someApps, 'wx-stopped', { method: 'POST' });
    await expect(refused).rejects.toMatchObject({ code: 'sending-stopped' });
  });

  test('counts what users allowed and takes what WeChat tells while sending is stopped', () => {
    const served = routeSpecs
      .filter(({ method }) => method !== 'GET' && method !== 'DELETE')
      .filter(isServedWhileStopped);
    expect(served.map(({ operationId }) => operationId).toSorted()).toEqual([
      'pauseRun',
      'receiveEvent',
      'receiveEventOfApp',
      'reportGrants',
      'settleMessage',
      'stopRun',
    ]);
  });
});
