import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { forEachApp } from '../../../lib/runtime/apps.ts';
import { createRuntime } from '../../../lib/runtime/runtime.ts';
import { openStage } from '../../../lib/runtime/stage.ts';
import { AppNotReadyError, UnknownAppError } from '../../../lib/settings/apps.ts';
import type { Environment } from '../../../lib/settings/settings.ts';
import { keptLogs } from '../../support/log-lines.ts';

const MINUTE_MS = 60_000;
const FIRST = 'wx0000000000000001';
const SECOND = 'wx0000000000000002';
const THIRD = 'wx0000000000000003';

const ENV: Environment = {
  WECHAT_APP_ID: FIRST,
  WECHAT_APP_SECRET_PARAM: '/q/app-secret',
  API_KEYS_PARAM: '/q/api-keys',
  APPS_PATH: '/q/apps',
  MAX_SENDS_PER_SECOND: '9',
  WECHAT_PROXY_URL: 'http://10.0.0.1:8080',
};
const STORED = { '/q/app-secret': 'first-secret', '/q/api-keys': '[]' };
const OTHERS = {
  '/q/apps': `${SECOND}, ${THIRD}`,
  [`/q/apps/${SECOND}/settings`]: JSON.stringify({ name: 'Shop', MAX_SENDS_PER_SECOND: '3' }),
  [`/q/apps/${SECOND}/app-secret`]: 'second-secret',
  [`/q/apps/${THIRD}/app-secret`]: 'third-secret',
};

/** A stage whose parameters and clock a test changes, and whose services are its settings. */
async function useStage(
  stored: Record<string, string>,
  { env = ENV, lockedAway = [] }: { env?: Environment; lockedAway?: readonly string[] } = {},
) {
  const parameters = new Map(Object.entries(stored));
  const asked: (readonly string[])[] = [];
  /** Parameters whose key the function may not use. */
  const locked = new Set(lockedAway);
  const state = { nowMs: 0, isDown: false, isSilent: false, parameters, asked, locked };
  const logs = keptLogs();
  const runtime = createRuntime({ clock: () => state.nowMs, sleep: () => nextTurn(), logger: logs.logger });
  const stage = await openStage(env, ['app', 'wechat', 'sending', 'apiKeys'], runtime, async (names) => {
    asked.push(names);
    if (state.isDown) throw new Error('SSM is down');
    if (state.isSilent) await new Promise(() => undefined);
    // SSM gives none of those asked for in one call, and does not say which it is about.
    if (names.some((name) => [...locked].some((part) => name.includes(part))))
      throw Object.assign(new Error('The ciphertext refers to a key that you may not use.'), {
        name: 'AccessDeniedException',
        $fault: 'client',
      });
    return new Map([...parameters].filter(([name]) => names.includes(name)));
  });
  const apps = await stage.apps(({ app, wechat, sending }) => ({
    appId: app.appId,
    appSecret: wechat.appSecret,
    proxyUrl: wechat.proxyUrl,
    ...sending,
  }));
  return { stage, apps, state, logs, serve: async (appId?: string) => (await apps.of(appId)).services };
}

describe('a stage with one mini program', () => {
  test('reads its secrets and the list of other apps in one call', async () => {
    const { apps, state, serve } = await useStage(STORED);
    expect(state.asked).toEqual([['/q/app-secret', '/q/api-keys', '/q/apps']]);
    expect((await apps.list()).map(({ appId }) => appId)).toEqual([FIRST]);
    expect(await serve()).toMatchObject({ appId: FIRST, appSecret: 'first-secret', maxSendsPerSecond: 9 });
  });

  test('does not start with bad settings of its own, and names all of them', async () => {
    await expect(useStage({ ...STORED, '/q/api-keys': 'no JSON' })).rejects.toMatchObject({
      code: 'bad-settings',
      problems: ['API_KEYS: Expected JSON'],
    });
  });
});

describe('a stage with several mini programs', () => {
  test('gives each its own secrets and settings, and of the first one’s only what is shared', async () => {
    const { serve, apps } = await useStage({ ...STORED, ...OTHERS });
    expect(await serve(SECOND)).toEqual({
      appId: SECOND,
      appSecret: 'second-secret',
      proxyUrl: 'http://10.0.0.1:8080',
      maxSendsPerSecond: 3,
    });
    expect(await serve(THIRD)).toEqual({
      appId: THIRD,
      appSecret: 'third-secret',
      proxyUrl: 'http://10.0.0.1:8080',
    });
    expect((await apps.list()).map(({ name }) => name)).toEqual([undefined, 'Shop', undefined]);
  });

  test('reads only the secrets that the function may read', async () => {
    const { state } = await useStage({ ...STORED, ...OTHERS });
    expect(state.asked[1]).toEqual([
      `/q/apps/${SECOND}/settings`,
      `/q/apps/${SECOND}/app-secret`,
      `/q/apps/${THIRD}/settings`,
      `/q/apps/${THIRD}/app-secret`,
    ]);
  });

  test('reads however many there are, ten parameters in a call', async () => {
    const appIds = Array.from({ length: 12 }, (_, n) => `wx${n}`);
    const secrets = appIds.map((appId) => [`/q/apps/${appId}/app-secret`, `secret-of-${appId}`]);
    const { serve, state } = await useStage({
      ...STORED,
      '/q/apps': appIds.join(','),
      ...Object.fromEntries(secrets),
    });
    expect(await serve('wx11')).toMatchObject({ appSecret: 'secret-of-wx11' });
    expect(Math.max(...state.asked.map(({ length }) => length))).toBe(10);
  });

  test('does not know an appid that is not in its list', async () => {
    const { serve } = await useStage({ ...STORED, ...OTHERS });
    await expect(serve('wx9999999999999999')).rejects.toThrow(UnknownAppError);
  });

  test.each([
    ['no JSON', { settings: '{half' }],
    ['a value that breaks its rule', { settings: '{"MAX_SENDS_PER_SECOND":"many"}' }],
    ['no AppSecret', { settings: '{}', 'app-secret': '' }],
  ])('one whose settings have %s is not ready, and the others are', async (_, broken) => {
    const own = Object.entries(broken).map(([name, value]) => [`/q/apps/${SECOND}/${name}`, value]);
    const { serve, apps, logs } = await useStage({ ...STORED, ...OTHERS, ...Object.fromEntries(own) });
    await expect(serve(SECOND)).rejects.toThrow(AppNotReadyError);
    await expect(serve(SECOND)).rejects.not.toThrow(/many|half/);
    const done: string[] = [];
    const all = forEachApp(apps, logs.logger, async ({ appId }) => void done.push(appId));
    await expect(all).rejects.toThrow(AppNotReadyError);
    expect(done).toEqual([FIRST, THIRD]);
  });

  test('one whose parameters may not be decrypted is not ready, and the others are, however many there are', async () => {
    const appIds = Array.from({ length: 12 }, (_, n) => `wx${n}x`);
    const secrets = appIds.map((appId) => [`/q/apps/${appId}/app-secret`, `secret-of-${appId}`]);
    const stored = { ...STORED, '/q/apps': appIds.join(','), ...Object.fromEntries(secrets) };
    const { serve, state } = await useStage(stored, { lockedAway: ['/wx7x/'] });
    await expect(serve('wx7x')).rejects.toThrow(AppNotReadyError);
    await expect(serve('wx7x')).rejects.toThrow('/q/apps/wx7x/app-secret');
    for (const appId of appIds.filter((one) => one !== 'wx7x'))
      expect(await serve(appId)).toMatchObject({ appSecret: `secret-of-${appId}` });
    expect(await serve()).toMatchObject({ appSecret: 'first-secret' });
    state.locked.clear();
    state.nowMs = 5 * MINUTE_MS;
    expect(await serve('wx7x')).toMatchObject({ appSecret: 'secret-of-wx7x' });
  });

  test('the first needs no AppSecret either once its sending is stopped, and the others go on', async () => {
    const { '/q/app-secret': _, ...without } = STORED;
    await expect(useStage({ ...without, ...OTHERS })).rejects.toThrow('/q/app-secret');
    const { serve } = await useStage({ ...without, ...OTHERS }, { env: { ...ENV, SENDING: 'stopped' } });
    expect((await serve()).appSecret).toBeUndefined();
    expect(await serve(SECOND)).toMatchObject({ appSecret: 'second-secret' });
  });

  test('one whose sending is stopped needs no AppSecret and uses none', async () => {
    const { serve, apps } = await useStage({
      ...STORED,
      '/q/apps': SECOND,
      [`/q/apps/${SECOND}/settings`]: '{"SENDING":"stopped"}',
      [`/q/apps/${SECOND}/app-secret`]: 'left-over',
    });
    expect((await serve(SECOND)).appSecret).toBeUndefined();
    expect((await apps.list()).map(({ isStopped }) => isStopped)).toEqual([false, true]);
  });
});

describe('a change of the settings', () => {
  test('takes effect within five minutes, without another deployment', async () => {
    const { serve, state, stage } = await useStage(STORED);
    for (const [name, value] of Object.entries(OTHERS)) state.parameters.set(name, value);
    const key = { name: 'new', sha256: 'a'.repeat(64), scopes: ['read'] };
    state.parameters.set('/q/api-keys', JSON.stringify([key]));
    await expect(serve(SECOND)).rejects.toThrow(UnknownAppError);
    state.nowMs = 5 * MINUTE_MS;
    expect(await serve(SECOND)).toMatchObject({ appSecret: 'second-secret' });
    expect((await stage.current()).apiKeys).toEqual([key]);
  });

  test('of one app leaves the services of the others as they are', async () => {
    const { serve, state } = await useStage({ ...STORED, ...OTHERS });
    const [second, third] = [await serve(SECOND), await serve(THIRD)];
    state.parameters.set(`/q/apps/${SECOND}/app-secret`, 'another-secret');
    state.nowMs = 5 * MINUTE_MS;
    expect(await serve(SECOND)).toMatchObject({ appSecret: 'another-secret' });
    expect(await serve(SECOND)).not.toBe(second);
    expect(await serve(THIRD)).toBe(third);
  });

  test('that cannot be read, or is wrong, leaves what is known in use, and is looked for again soon', async () => {
    const { serve, state, stage, logs } = await useStage(STORED);
    state.isDown = true;
    state.nowMs = 5 * MINUTE_MS;
    expect(await serve()).toMatchObject({ appSecret: 'first-secret' });
    state.isDown = false;
    state.parameters.set('/q/api-keys', 'no JSON');
    state.nowMs += MINUTE_MS;
    expect((await stage.current()).apiKeys).toEqual([]);
    state.parameters.set('/q/app-secret', 'changed');
    state.parameters.set('/q/api-keys', '[]');
    state.nowMs += MINUTE_MS;
    expect(await serve()).toMatchObject({ appSecret: 'changed' });
    expect(logs.lines.filter((line) => line.includes('could not be read again'))).toHaveLength(2);
  });

  test('of one app that may not be decrypted leaves what is known of it in use, and the others change', async () => {
    const { serve, state, logs } = await useStage({ ...STORED, ...OTHERS });
    state.locked.add(`/${SECOND}/`);
    state.parameters.set(`/q/apps/${THIRD}/app-secret`, 'another-secret');
    state.nowMs = 5 * MINUTE_MS;
    expect(await serve(SECOND)).toMatchObject({ appSecret: 'second-secret' });
    expect(await serve(THIRD)).toMatchObject({ appSecret: 'another-secret' });
    const told = logs.lines.filter((line) => line.includes('could not be read again'));
    expect(told).toEqual([expect.stringContaining(SECOND)]);
  });

  test('holds up nobody while SSM is silent', async () => {
    const { serve, state } = await useStage(STORED);
    state.isSilent = true;
    state.nowMs = 5 * MINUTE_MS;
    expect(await serve()).toMatchObject({ appSecret: 'first-secret' });
    expect(await serve()).toMatchObject({ appSecret: 'first-secret' });
    expect(state.asked).toHaveLength(2);
  });

  test('is read once, however many ask for it at the same time', async () => {
    const { serve, state } = await useStage(STORED);
    state.nowMs = 5 * MINUTE_MS;
    await Promise.all(Array.from({ length: 20 }, () => serve()));
    expect(state.asked).toHaveLength(2);
  });
});
