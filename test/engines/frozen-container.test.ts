import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useRelay } from './relay.ts';
import { useWorld } from './world.ts';

/*
 * Between two calls Lambda freezes a container, its timers included, and thaws it with the next call in hand. SIGSTOP and
 * SIGCONT do the same to the process that serves the API. Meanwhile its connection to WeChat is forgotten at the other end or
 * on the way, and nothing told it. A login code can be spent once, so the first login after the thaw has to arrive.
 */
const FREEZE_MS = 6_000;
/** A login takes some 100 ms here; one on a dead connection ten seconds. */
const AT_ONCE_MS = 3_000;

test.each(['reset', 'swallow'] as const)(
  'a container thaws, and its connection to WeChat would %s what it sends: the first login arrives, and once',
  async (how) => {
    const world = await useWorld();
    const relay = await useRelay(world.wechat.url);
    const api = await world.start('api', { WECHAT_API_BASE_URL: relay.url });
    const openid = world.wechat.createUser();
    const logIn = (code: string) => world.call('POST', '/v1/sessions', { code }, { apiUrl: api.apiUrl });

    expect(await logIn(world.wechat.login(openid))).toMatchObject({ status: 201 });
    expect(relay.connections()).toBe(1);
    api.freeze();
    relay.lose(how);
    await sleep(FREEZE_MS);
    // It lies in the frozen process's socket when that thaws.
    const second = logIn(world.wechat.login(openid));
    await sleep(100);
    const thawedAtMs = performance.now();
    api.thaw();

    expect(await second).toMatchObject({ status: 201, body: { openid } });
    expect(performance.now() - thawedAtMs).toBeLessThan(AT_ONCE_MS);
    expect(relay.connections()).toBe(2);
    expect(world.wechat.received({ call: 'login' }).items).toHaveLength(2);
    expect(world.complaints()).toBe('');
  },
  30_000,
);
