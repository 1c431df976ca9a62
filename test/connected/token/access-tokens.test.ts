import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAccessTokenStore } from '../../../lib/dynamodb/dynamodb-access-token-store.ts';
import { getItem } from '../../../lib/dynamodb/items.ts';
import { accessTokenKey } from '../../../lib/dynamodb/keys.ts';
import type { Table } from '../../../lib/dynamodb/table.ts';
import { type AccessTokens, createAccessTokens } from '../../../lib/token/access-tokens.ts';
import { TokenUnavailableError } from '../../../lib/token/token-unavailable-error.ts';
import { withAccessToken } from '../../../lib/token/with-access-token.ts';
import { WeChatError } from '../../../lib/wechat/read-answer.ts';
import { useTable } from '../../support/dynamodb.ts';
import { watched } from '../../support/watched-table.ts';

const base = await useTable();
const HOUR_MS = 3_600_000;

/** A mini program of its own in the table, a WeChat that hands out tokens, and a clock that moves only when told. */
function account(mode: 'stable' | 'plain' = 'stable', engine: Table = base) {
  const table = { ...engine, appId: `wx${randomUUID().slice(0, 8)}` };
  const world = {
    nowMs: 1_800_000_000_000,
    fetches: [] as boolean[],
    /** What WeChat answers next; by default a new token that lasts two hours. */
    answer: undefined as (() => Promise<{ accessToken: string; expiresInSeconds: number }>) | undefined,
  };
  const fetchToken = async ({ forceRefresh }: { forceRefresh: boolean }) => {
    world.fetches.push(forceRefresh);
    const number = world.fetches.length;
    const { answer } = world;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return answer ? answer() : { accessToken: `token-${number}`, expiresInSeconds: 7200 };
  };
  /** One more function that starts cold. */
  const container = (): AccessTokens =>
    createAccessTokens({
      store: createAccessTokenStore(table, randomUUID),
      fetchToken,
      canForceRefresh: mode === 'stable',
      clock: () => world.nowMs,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 10)),
      random: Math.random,
    });
  return { world, container, table };
}

function refusal(errcode: number, rid?: string) {
  const answer = { errcode, errmsg: `refused ${errcode}`, ...(rid && { rid }) };
  return Promise.reject(new WeChatError('wechat-refused', 'stable_token', 'refused', answer));
}

/** The table seen through a client that makes every call twice, as the real one does when an answer gets lost. */
function sendingTwice(table: Table): Table {
  return watched(table, async (_operation, _input, send) => {
    await send().catch(() => undefined);
    return send();
  });
}

describe('one token for all functions', () => {
  test('8 cold containers with 10 callers each fetch one token', async () => {
    const { world, container } = account();
    const callers = Array.from({ length: 8 }, container).flatMap((tokens) =>
      Array.from({ length: 10 }, () => tokens.get()),
    );
    expect(new Set(await Promise.all(callers))).toEqual(new Set(['token-1']));
    expect(world.fetches).toEqual([false]);
  });

  test('why there is none is known for as long as there is none, whenever the old one ended', async () => {
    const { world, container, table } = account();
    const kept = async () => (await getItem(table, accessTokenKey(table)))?.['expiresAt'];
    await container().get();
    expect(await kept()).toBeGreaterThan(world.nowMs / 1000);
    world.nowMs += 4 * HOUR_MS;
    world.answer = () => refusal(40125);
    await expect(container().get()).rejects.toThrow(TokenUnavailableError);
    expect(await kept()).toBeUndefined();
    world.answer = undefined;
    world.nowMs += HOUR_MS;
    await container().get();
    expect(await kept()).toBeGreaterThan(world.nowMs / 1000);
  });

  test('it is renewed in its last minutes, by one container', async () => {
    const { world, container } = account();
    const containers = Array.from({ length: 8 }, container);
    await Promise.all(containers.map((tokens) => tokens.get()));
    world.nowMs += 2 * HOUR_MS - 2 * 60_000;
    const renewed = await Promise.all(containers.map((tokens) => tokens.get()));
    expect(new Set([...renewed, await container().get()])).toContain('token-2');
    expect(world.fetches).toHaveLength(2);
  });

  test('a token past its expiry is never used, although its item still stands', async () => {
    const { world, container } = account();
    await container().get();
    world.nowMs += 3 * HOUR_MS;
    expect(await container().get()).toBe('token-2');
  });

  test('while WeChat is busy the old token is served as long as it is valid, and no longer', async () => {
    const { world, container } = account();
    const tokens = container();
    await tokens.get();
    world.nowMs += 2 * HOUR_MS - 3 * 60_000;
    world.answer = () => refusal(-1);
    expect(await tokens.get()).toBe('token-1');
    expect(await container().get()).toBe('token-1');
    world.nowMs += 5 * 60_000;
    await expect(tokens.get()).rejects.toThrow(TokenUnavailableError);
  });

  test('nobody waits long for a container that takes long', async () => {
    const { world, container } = account();
    world.answer = () => new Promise(() => undefined);
    void container().get();
    await expect.poll(() => world.fetches.length).toBe(1);
    const waiting = container()
      .get()
      .catch((thrown) => thrown);
    world.nowMs += 5_000;
    expect(await waiting).toMatchObject({
      code: 'token-unavailable',
      reason: expect.stringContaining('for too long'),
    });
    expect(world.fetches).toHaveLength(1);
  });

  test('a container that died with the lease keeps the others back for its length only', async () => {
    const { world, container } = account();
    world.answer = () => new Promise(() => undefined);
    void container().get();
    await expect.poll(() => world.fetches.length).toBe(1);
    world.answer = undefined;
    world.nowMs += 16_000;
    expect(await container().get()).toBe('token-2');
  });
});

describe('a refusal by WeChat', () => {
  test('carries errcode, errmsg and rid, and is not asked for again by every caller', async () => {
    const { world, container } = account();
    world.answer = () => refusal(40125, 'a-b-c');
    const tokens = container();
    const error = await tokens.get().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'token-unavailable', wechat: { errcode: 40125, rid: 'a-b-c' } });
    await Promise.allSettled(Array.from({ length: 20 }, () => tokens.get()));
    expect(world.fetches).toHaveLength(1);
    world.nowMs += 61_000;
    world.answer = undefined;
    expect(await tokens.get()).toBe('token-2');
  });
});

describe('what a failure leaves behind', () => {
  test('no container asks again before the pause is over, and each knows the reason', async () => {
    const { world, container } = account();
    world.answer = () => refusal(40164);
    const errors = await Promise.all(
      Array.from({ length: 8 }, () =>
        container()
          .get()
          .catch((thrown) => thrown),
      ),
    );
    for (const error of errors) expect(error.wechat).toEqual({ errcode: 40164, errmsg: 'refused 40164' });
    expect(world.fetches).toHaveLength(1);
    world.nowMs += 59_000;
    await expect(container().get()).rejects.toThrow('allow-list');
    expect(world.fetches).toHaveLength(1);
  });

  test.each([
    [-1, 2_000],
    [45011, 60_000],
    [45009, 15 * 60_000],
    [40013, 60_000],
    [50007, 60_000],
    [89507, HOUR_MS],
  ])('after errcode %i the endpoint is left alone for %i ms', async (errcode, pauseMs) => {
    const { world, container } = account();
    const tokens = container();
    world.answer = () => refusal(errcode);
    await expect(tokens.get()).rejects.toThrow(TokenUnavailableError);
    world.answer = undefined;
    world.nowMs += pauseMs - 1;
    await expect(tokens.get()).rejects.toThrow(TokenUnavailableError);
    world.nowMs += 1;
    expect(await tokens.get()).toBe('token-2');
  });

  test('without any answer of WeChat it is tried again soon, and nobody is told to mend the settings', async () => {
    const { world, container } = account();
    world.answer = () => Promise.reject(new WeChatError('wechat-not-reached', 'stable_token', 'x'));
    const error = await container()
      .get()
      .catch((thrown) => thrown);
    expect(error.wechat).toBeUndefined();
    expect(error.message).not.toContain('AppSecret');
    world.nowMs += 2_000;
    world.answer = undefined;
    expect(await container().get()).toBe('token-2');
  });
});

test('where WeChat cannot be reached, the reason that all functions read says why, such as a proxy', async () => {
  const { world, container } = account();
  const why = 'could not be reached: the proxy proxy.example:3128 refused with HTTP 407.';
  world.answer = () => Promise.reject(new WeChatError('wechat-not-reached', 'stable_token', why));
  for (const tokens of [container(), container()]) {
    await expect(tokens.get()).rejects.toThrow('the proxy proxy.example:3128 refused with HTTP 407');
  }
  expect(world.fetches).toHaveLength(1);
});

describe('the life of a token', () => {
  test('is counted from before the request that brought it', async () => {
    const { world, container } = account();
    world.answer = async () => {
      world.nowMs += 9_000;
      return { accessToken: 'slow', expiresInSeconds: 7200 };
    };
    const tokens = container();
    await tokens.get();
    world.answer = () => refusal(-1);
    world.nowMs += 2 * HOUR_MS - 9_000 - 15_000;
    await expect(tokens.get()).rejects.toThrow(TokenUnavailableError);
  });

  test('a short one is used for half of it before another is fetched', async () => {
    const { world, container } = account();
    world.answer = async () => ({ accessToken: `short-${world.fetches.length}`, expiresInSeconds: 120 });
    const tokens = container();
    for (let i = 0; i < 10; i++) expect(await tokens.get()).toBe('short-1');
    world.nowMs += 60_000;
    expect(await tokens.get()).toBe('short-2');
  });
});

test('writes that arrive twice change nothing', async () => {
  const { world, container } = account('stable', sendingTwice(base));
  sticky(world);
  const containers = Array.from({ length: 4 }, container);
  await Promise.all(containers.map((tokens) => tokens.get()));
  const forced = await Promise.all(containers.map((tokens) => tokens.force('sticky-0', REFUSED)));
  expect(new Set(forced)).toEqual(new Set(['sticky-1']));
  expect(world.fetches).toEqual([false, true]);
});

const REFUSED = { errcode: 40001, errmsg: 'invalid credential' };

/** A WeChat that sticks to its token until it is forced to give another, as stable_token does. */
function sticky(world: ReturnType<typeof account>['world']) {
  let forced = 0;
  world.answer = async () => {
    if (world.fetches.at(-1)) forced += 1;
    return { accessToken: `sticky-${forced}`, expiresInSeconds: 7200 };
  };
}

/** Calls that WeChat refuses as often as told, whatever the token. Answers what was called with, and how it ended. */
async function callThrough(tokens: AccessTokens, isRefused: (token: string, calls: number) => boolean) {
  const seen: string[] = [];
  const result = await withAccessToken(tokens, {
    async call(token) {
      seen.push(token);
      return isRefused(token, seen.length) ? REFUSED : 'fine';
    },
    refusalOf: (answer) => (answer === 'fine' ? undefined : REFUSED),
  }).catch((error: unknown) => error);
  return { seen, result };
}

describe('a token that WeChat refuses', () => {
  test('once, though it is good: the call is repeated with the same one, and nothing stops', async () => {
    const { world, container } = account();
    sticky(world);
    const tokens = container();
    for (const waitMs of [0, 1_000, 60_000, 6 * 60_000, 0]) {
      world.nowMs += waitMs;
      const { seen, result } = await callThrough(tokens, (_token, calls) => calls === 1);
      expect([seen, result]).toEqual([['sticky-0', 'sticky-0'], 'fine']);
      expect(await container().get()).toBe('sticky-0');
    }
    expect(world.fetches).not.toContain(true);
  });

  test('once, for each of fifty senders at the same time: WeChat is asked anew a few times, and none stops', async () => {
    const { world, container } = account();
    sticky(world);
    const containers = [container(), container()];
    await Promise.all(containers.map((tokens) => tokens.get()));
    world.nowMs += 1_000;
    const calls = Array.from({ length: 50 }, (_, index) =>
      callThrough(containers[index % 2]!, (_token, count) => count === 1),
    );
    for (const { result } of await Promise.all(calls)) expect(result).toBe('fine');
    expect(world.fetches).not.toContain(true);
    expect(world.fetches.length).toBeLessThan(10);
  });

  test('a second time: a new one is forced, and the call made once more', async () => {
    const { world, container } = account();
    sticky(world);
    const { seen, result } = await callThrough(container(), (token) => token === 'sticky-0');
    expect([seen, result]).toEqual([['sticky-0', 'sticky-0', 'sticky-1'], 'fine']);
    expect(world.fetches.filter((forceRefresh) => forceRefresh)).toHaveLength(1);
  });

  test('and so the forced one: everybody waits for a minute, and is not made to wait for longer', async () => {
    const { world, container } = account();
    sticky(world);
    const { seen, result } = await callThrough(container(), () => true);
    expect(seen).toEqual(['sticky-0', 'sticky-0', 'sticky-1']);
    expect(result).toMatchObject({ code: 'token-unavailable', wechat: REFUSED });
    world.nowMs += 59_000;
    await expect(container().get()).rejects.toThrow(TokenUnavailableError);
    world.nowMs += 1_000;
    expect(await container().get()).toBe('sticky-1');
    expect(world.fetches.filter((forceRefresh) => forceRefresh)).toHaveLength(1);
  });

  test('twice within five minutes of a forced one: nothing is forced, the call is made once more, and nothing stops', async () => {
    const { world, container } = account();
    sticky(world);
    await callThrough(container(), (token) => token === 'sticky-0');
    const { seen, result } = await callThrough(container(), (_token, calls) => calls < 3);
    expect([seen, result]).toEqual([['sticky-1', 'sticky-1', 'sticky-1'], 'fine']);
    expect(await container().get()).toBe('sticky-1');
    expect(world.fetches.filter((forceRefresh) => forceRefresh)).toHaveLength(1);
  });

  test('three times within five minutes of a forced one: nothing is forced, everybody waits', async () => {
    const { world, container } = account();
    sticky(world);
    await callThrough(container(), (token) => token === 'sticky-0');
    const { seen, result } = await callThrough(container(), () => true);
    expect(seen).toEqual(['sticky-1', 'sticky-1', 'sticky-1']);
    expect(result).toBeInstanceOf(TokenUnavailableError);
    await expect(container().get()).rejects.toThrow(TokenUnavailableError);
    expect(world.fetches.filter((forceRefresh) => forceRefresh)).toHaveLength(1);
    world.nowMs += 5 * 60_000 + 1;
    expect((await callThrough(container(), (token) => token === 'sticky-1')).seen).toEqual([
      'sticky-1',
      'sticky-1',
      'sticky-2',
    ]);
  });

  test('for good, with twenty senders at it: it is forced once, and all go on with the new one', async () => {
    const { world, container } = account();
    sticky(world);
    const containers = Array.from({ length: 4 }, container);
    await Promise.all(containers.map((tokens) => tokens.get()));
    world.nowMs += 1_000;
    const calls = containers.flatMap((tokens) =>
      Array.from({ length: 5 }, () => callThrough(tokens, (token) => token === 'sticky-0')),
    );
    for (const { result } of await Promise.all(calls)) expect(result).toBe('fine');
    expect(world.fetches.filter((forceRefresh) => forceRefresh)).toHaveLength(1);
  });

  test('once, while WeChat gives out none: it goes on being used', async () => {
    const { world, container } = account();
    const tokens = container();
    await tokens.get();
    for (const errcode of [-1, 45009]) {
      world.answer = () => refusal(errcode);
      const { seen, result } = await callThrough(tokens, (_token, calls) => calls === 1);
      expect([seen, result]).toEqual([['token-1', 'token-1'], 'fine']);
      expect(await container().get()).toBe('token-1');
      world.nowMs += 60_000;
    }
  });

  test('twice, while WeChat gives out none: it is used no more, and WeChat is left alone for its pause', async () => {
    const { world, container } = account();
    const tokens = container();
    await tokens.get();
    world.answer = () => refusal(45009);
    expect((await callThrough(tokens, () => true)).result).toMatchObject({ wechat: { errcode: 45009 } });
    const fetches = world.fetches.length;
    world.nowMs += 14 * 60_000;
    await expect(container().get()).rejects.toThrow(TokenUnavailableError);
    expect(world.fetches).toHaveLength(fetches);
  });

  test('is replaced once, however many callers come with it', async () => {
    const { world, container } = account();
    const [a, b] = [container(), container()];
    await Promise.all([a.get(), b.get()]);
    const refusedAtMs = world.nowMs;
    const replaced = await Promise.all([a, a, b, b].map((tokens) => tokens.replace('token-1', refusedAtMs)));
    expect(new Set(replaced)).toEqual(new Set(['token-2']));
    expect(world.fetches).toHaveLength(2);
  });

  test('is left alone if it is not the current one any more', async () => {
    const { world, container } = account();
    const [a, b] = [container(), container()];
    await Promise.all([a.get(), b.get()]);
    await a.replace('token-1', world.nowMs);
    expect(await b.replace('token-1', world.nowMs)).toBe('token-2');
    expect(await b.force('token-1', REFUSED)).toBe('token-2');
    expect(world.fetches).toHaveLength(2);
  });

  test('the plain endpoint knows no force_refresh; it gives another one at once', async () => {
    const { world, container } = account('plain');
    const tokens = container();
    const { seen, result } = await callThrough(tokens, (_token, calls) => calls === 1);
    expect([seen, result]).toEqual([['token-1', 'token-2'], 'fine']);
    world.answer = async () => ({ accessToken: 'same', expiresInSeconds: 7200 });
    const stuck = await callThrough(tokens, () => true);
    expect(stuck.seen).toEqual(['token-2', 'same', 'same']);
    expect(stuck.result).toBeInstanceOf(TokenUnavailableError);
    expect(world.fetches).not.toContain(true);
  });

  test('expired, and its replacement refused once: three calls, and nothing is forced', async () => {
    const { world, container } = account();
    const tokens = container();
    await tokens.get();
    world.answer = async () => ({ accessToken: 'new', expiresInSeconds: 7200 });
    const { seen, result } = await callThrough(tokens, (_token, calls) => calls < 3);
    expect([seen, result]).toEqual([['token-1', 'new', 'new'], 'fine']);
    expect(world.fetches).not.toContain(true);
  });

  test('each of them new: four calls, no more', async () => {
    const { container } = account();
    const { seen, result } = await callThrough(container(), () => true);
    expect(seen).toEqual(['token-1', 'token-2', 'token-3', 'token-4']);
    expect(result).toBeInstanceOf(TokenUnavailableError);
  });

  test('without time left for another call none is made', async () => {
    const { world, container } = account();
    const calls: string[] = [];
    const sending = withAccessToken(container(), {
      async call(token) {
        calls.push(token);
        return REFUSED;
      },
      refusalOf: (answer) => answer,
      hasTimeFor: (step) => step === 'token' || calls.length === 0,
    });
    await expect(sending).rejects.toThrow('no time left');
    expect(calls).toHaveLength(1);
    expect(world.fetches).toEqual([false, false]);
  });
});
