import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAccessTokenStore } from '../../../lib/table/access-token-store.ts';
import type { Table } from '../../../lib/table/client.ts';
import type { AccessTokens } from '../../../lib/token/access-tokens.ts';
import { createAccessTokens } from '../../../lib/token/access-tokens.ts';
import { TokenUnavailableError } from '../../../lib/token/token-unavailable-error.ts';
import { withAccessToken } from '../../../lib/token/with-access-token.ts';
import { WeChatError } from '../../../lib/wechat/errors.ts';
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
  return { world, container };
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
  let forced = 0;
  world.answer = async () => {
    if (world.fetches.at(-1)) forced += 1;
    return { accessToken: `sticky-${forced}`, expiresInSeconds: 7200 };
  };
  const containers = Array.from({ length: 4 }, container);
  await Promise.all(containers.map((tokens) => tokens.get()));
  const replaced = await Promise.all(containers.map((tokens) => tokens.replace('sticky-0')));
  expect(new Set(replaced)).toEqual(new Set(['sticky-1']));
  expect(world.fetches).toEqual([false, false, true]);
});

describe('a token that WeChat refuses', () => {
  test('is not handed out again when WeChat still gives the same one', async () => {
    const { world, container } = account();
    world.answer = async () => ({ accessToken: 'stuck', expiresInSeconds: 7200 });
    const tokens = container();
    await tokens.get();
    await expect(tokens.replace('stuck')).rejects.toThrow('keeps handing out');
    world.nowMs += 10_000;
    await expect(tokens.get()).rejects.toThrow('keeps handing out');
    await expect(container().get()).rejects.toThrow('keeps handing out');
    expect(world.fetches.filter((forceRefresh) => forceRefresh)).toHaveLength(1);
  });

  test('is replaced once, however many callers come with it', async () => {
    const { world, container } = account();
    const [a, b] = [container(), container()];
    await Promise.all([a.get(), b.get()]);
    const replaced = await Promise.all([
      a.replace('token-1'),
      a.replace('token-1'),
      b.replace('token-1'),
      b.replace('token-1'),
    ]);
    expect(new Set(replaced)).toEqual(new Set(['token-2']));
    expect(world.fetches).toHaveLength(2);
  });

  test('is left alone if it is not the current one any more', async () => {
    const { world, container } = account();
    const [a, b] = [container(), container()];
    await Promise.all([a.get(), b.get()]);
    await a.replace('token-1');
    expect(await b.replace('token-1')).toBe('token-2');
    expect(world.fetches).toHaveLength(2);
  });

  test('force_refresh comes only when the very same token comes back, and at most once in five minutes', async () => {
    const { world, container } = account();
    const [a, b] = [container(), container()];
    let forced = 0;
    world.answer = async () => {
      if (world.fetches.at(-1)) forced += 1;
      return { accessToken: `sticky-${forced}`, expiresInSeconds: 7200 };
    };
    expect(await a.get()).toBe('sticky-0');
    expect(await a.replace('sticky-0')).toBe('sticky-1');
    await expect(b.replace('sticky-1')).rejects.toThrow(TokenUnavailableError);
    expect(forced).toBe(1);
    world.nowMs += 5 * 60_000 + 1;
    expect(await b.replace('sticky-1')).toBe('sticky-2');
    expect(forced).toBe(2);
  });

  test('the plain endpoint knows no force_refresh', async () => {
    const { world, container } = account('plain');
    const tokens = container();
    world.answer = async () => ({ accessToken: 'same', expiresInSeconds: 7200 });
    await tokens.get();
    await expect(tokens.replace('same')).rejects.toThrow(TokenUnavailableError);
    expect(world.fetches).not.toContain(true);
  });

  test('the call is repeated once with the new one, and not again', async () => {
    const { container } = account();
    const seen: string[] = [];
    const result = await withAccessToken(
      container(),
      async (token) => {
        seen.push(token);
        return 'refused';
      },
      (answer) => answer === 'refused',
    );
    expect(result).toBe('refused');
    expect(seen).toEqual(['token-1', 'token-2']);
  });
});
