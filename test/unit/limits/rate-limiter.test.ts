import { describe, expect, test } from 'vitest';
import { type AppRateLimits, NO_LIMIT } from '../../../lib/limits/rate-limit.ts';
import { createRateLimiter } from '../../../lib/limits/rate-limiter.ts';
import type { LimitSignal } from '../../../lib/limits/scope-rate-limiter.ts';
import type { RateLimitStore } from '../../../lib/limits/shared-rate-limit.ts';
import type { Measurement } from '../../../lib/metrics.ts';
import type { Versioned } from '../../../lib/versioned.ts';

const START_MS = Date.UTC(2026, 10, 23, 4);

/** The shared rate limit, and any number of containers that go by it, on one hand-set clock. */
function useAppId() {
  let nowMs = START_MS;
  let stored: Versioned<AppRateLimits> = { value: NO_LIMIT, version: undefined };
  let [reads, writes, conflicts] = [0, 0, 0];
  const lines: string[] = [];
  const measured: Measurement[] = [];
  const note = (message: string) => void lines.push(message);
  const store: RateLimitStore = {
    async load() {
      reads += 1;
      return stored;
    },
    async commit({ value, version }) {
      if (version !== stored.version) {
        conflicts += 1;
        return 'conflict';
      }
      writes += 1;
      stored = { value, version: `v${writes}` };
      return stored;
    },
  };
  let onSleep = async () => {};
  return {
    container: (maxPerSecond?: number) =>
      createRateLimiter({
        store,
        clock: () => nowMs,
        random: () => 0,
        logger: { info: note, warn: note, error: note },
        measure: (measurement) => void measured.push(measurement),
        async sleep(ms) {
          nowMs += ms;
          await onSleep();
        },
        ...(maxPerSecond !== undefined && { maxPerSecond }),
      }),
    pass(ms: number) {
      nowMs += ms;
    },
    now: () => nowMs,
    /** A request that leaves now. */
    left: (templateId = 'T1') => ({ leftAtMs: nowMs, templateId }),
    whileAsleep(deed: () => Promise<void>) {
      onSleep = deed;
    },
    lines,
    measured,
    counts: () => ({ reads, writes, conflicts }),
  };
}

type Limiter = ReturnType<ReturnType<typeof useAppId>['container']>;

describe('without a rate and without a refusal', () => {
  test('everything goes at once, for one read a second and no write', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    for (let n = 0; n < 50; n++) {
      expect(await Promise.all([limiter.acquire(), limiter.acquire()])).toEqual([
        { type: 'go' },
        { type: 'go' },
      ]);
      await limiter.report('passed', appId.left());
      appId.pass(100);
    }
    expect(appId.counts()).toEqual({ reads: 5, writes: 0, conflicts: 0 });
    expect(appId.now()).toBe(START_MS + 5_000);
  });
});

describe('notes that come up a little ahead of one moment', () => {
  test('leave evenly from that moment on under a rate, and not all at the moment', async () => {
    const appId = useAppId();
    const limiter = appId.container(10);
    const dueAtMs = START_MS + 1_500;
    const leftAtMs: number[] = [];
    for (let n = 0; n < 15; n++) {
      const permit = await limiter.acquire(dueAtMs);
      if (permit.type === 'go') leftAtMs.push(appId.now() - dueAtMs);
    }
    expect(leftAtMs).toEqual(Array.from({ length: 15 }, (_, index) => index * 100));
  });

  test('are not kept waiting without one', async () => {
    const appId = useAppId();
    expect(await appId.container().acquire(START_MS + 1_500)).toEqual({ type: 'go' });
    expect(appId.now()).toBe(START_MS);
  });
});

describe('a refusal that one container meets', () => {
  test('stops the others within a second, without a note of theirs being claimed', async () => {
    const appId = useAppId();
    const [one, other] = [appId.container(), appId.container()];
    await Promise.all([one.acquire(), other.acquire()]);
    await one.report('rate', appId.left());
    expect(await one.acquire()).toEqual({ type: 'later', delayMs: 15_000 });
    appId.pass(1_000);
    expect(await other.acquire()).toEqual({ type: 'later', delayMs: 14_000 });
    expect(appId.lines).toHaveLength(1);
    expect(appId.lines[0]).toMatch(/^All sending is stopped.*MAX_SENDS_PER_SECOND/);
  });

  test('is for those too who have a slot already and wait for its moment', async () => {
    const appId = useAppId();
    const [waiting, other] = [appId.container(1), appId.container(1)];
    await waiting.acquire();
    await waiting.acquire();
    appId.whileAsleep(() => other.report('quota', appId.left()));
    expect(await waiting.acquire()).toMatchObject({ type: 'later' });
  });

  test('by many at once is one stop and one line', async () => {
    const appId = useAppId();
    const containers = Array.from({ length: 5 }, () => appId.container());
    await Promise.all(containers.map((limiter) => limiter.acquire()));
    await Promise.all(
      containers.flatMap((limiter) => [1, 2, 3].map(() => limiter.report('rate', appId.left()))),
    );
    expect(appId.counts().writes).toBe(1);
    expect(appId.lines).toHaveLength(1);
  });
});

describe('busy', () => {
  async function told(limiter: Limiter, nowMs: number, ...signals: LimitSignal[]) {
    for (const signal of signals) await limiter.report(signal, { leftAtMs: nowMs, templateId: 'T1' });
    return (await limiter.acquire()).type;
  }

  test('now and then is nothing, three times in a row is a stop', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    expect(await told(limiter, START_MS, 'busy', 'busy', 'passed', 'busy', 'busy')).toBe('go');
    expect(await told(limiter, START_MS, 'busy')).toBe('later');
  });

  test('once in answer to a probe makes the pause longer', async () => {
    const appId = useAppId();
    const [one, other] = [appId.container(), appId.container()];
    await told(one, START_MS, 'busy', 'busy', 'busy');
    appId.pass(5_000);
    expect(await other.acquire()).toEqual({ type: 'go' });
    await other.report('busy', appId.left());
    expect(await other.acquire()).toEqual({ type: 'later', delayMs: 10_000 });
  });
});

describe('one refusal after the other', () => {
  const MINUTE_MS = 60_000;
  const banned: LimitSignal = { type: 'refused', scope: 'account', errcode: 48004 };
  const ofTemplate: LimitSignal = { type: 'refused', scope: 'template', errcode: 43107 };
  const odd = (user: string): LimitSignal => ({ type: 'refused', scope: 'template', errcode: 99999, user });

  /** What all sends, and those of two templates, are told. */
  async function permits(limiter: Limiter) {
    const all = await Promise.all([limiter.acquire(), limiter.acquireFor('T1'), limiter.acquireFor('T2')]);
    return all.map(({ type }) => type);
  }

  test('of the account stops all sending for five minutes, everywhere', async () => {
    const appId = useAppId();
    const [one, other] = [appId.container(), appId.container()];
    for (const templateId of ['T1', 'T2']) await one.report(banned, appId.left(templateId));
    expect(await permits(one)).toEqual(['go', 'go', 'go']);
    await one.report(banned, appId.left());
    for (const limiter of [one, other]) {
      expect(await limiter.acquire()).toEqual({ type: 'later', delayMs: 5 * MINUTE_MS, refused: true });
    }
    expect(appId.lines).toEqual([expect.stringMatching(/^All sending is stopped.*site mail/)]);
    expect(appId.measured).toEqual([{ name: 'Stops', values: [1], dimensions: { Cause: 'refused' } }]);
  });

  test('of one template stops that alone', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    await limiter.report(ofTemplate, appId.left());
    await limiter.report('passed', appId.left('T2'));
    for (let n = 0; n < 2; n++) await limiter.report(ofTemplate, appId.left());
    expect(await permits(limiter)).toEqual(['go', 'later', 'go']);
    expect(await limiter.hasTemplateLimits()).toBe(true);
    expect(appId.lines).toEqual([expect.stringMatching(/^Sending of one template is stopped/)]);
  });

  test('with any other answer in between stops nothing', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    const other: LimitSignal = { type: 'refused', scope: 'account', errcode: 50002 };
    for (const signal of [banned, banned, 'passed', banned, banned, other, banned, 'busy'] as const) {
      await limiter.report(signal, appId.left());
    }
    for (let n = 0; n < 2; n++) await limiter.report(banned, appId.left());
    expect(await permits(limiter)).toEqual(['go', 'go', 'go']);
    expect(appId.measured).toEqual([]);
  });

  test('with an errcode that may be about the user counts each user once', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    for (const user of ['ada', 'ada', 'ada', 'bob', 'ada']) await limiter.report(odd(user), appId.left());
    expect(await permits(limiter)).toEqual(['go', 'go', 'go']);
    await limiter.report(odd('cyd'), appId.left());
    expect(await permits(limiter)).toEqual(['go', 'later', 'go']);
  });

  test('is looked into by one send after each pause, up to an hour apart, and ends by itself', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    for (let n = 0; n < 3; n++) await limiter.report(banned, appId.left());
    const pauses: number[] = [];
    for (let n = 0; n < 6; n++) {
      const permit = await limiter.acquire();
      if (permit.type !== 'later') throw new Error('not stopped');
      pauses.push(permit.delayMs / MINUTE_MS);
      appId.pass(permit.delayMs);
      expect(await limiter.acquire()).toEqual({ type: 'go' });
      await limiter.report(n < 5 ? banned : 'passed', appId.left());
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
    appId.pass(2_000);
    await limiter.report('passed', appId.left());
    expect((await limiter.acquire()).type).toBe('go');
  });

  test('a template that WeChat takes again is no longer remembered', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    for (let n = 0; n < 3; n++) await limiter.report(ofTemplate, appId.left());
    appId.pass(5 * MINUTE_MS);
    for (let n = 0; n < 12; n++) {
      appId.pass(2_000);
      await limiter.report('passed', appId.left());
    }
    expect(await limiter.hasTemplateLimits()).toBe(false);
    expect(appId.lines.at(-1)).toBe('Sending of one template is no longer slowed down.');
  });

  test('a single one after a stop for another reason stops nothing more', async () => {
    const appId = useAppId();
    const limiter = appId.container();
    await limiter.report('rate', appId.left());
    appId.pass(15_000);
    await limiter.acquire();
    await limiter.report(banned, appId.left());
    expect((await limiter.acquire()).type).toBe('go');
  });
});

test('sending is taken up slowly and gets unlimited again, each told once', async () => {
  const appId = useAppId();
  const limiter = appId.container();
  await limiter.acquire();
  await limiter.report('rate', appId.left());
  appId.pass(15_000);
  const startedAtMs = appId.now();
  let sent = 0;
  while (appId.lines.length < 3 && appId.now() < startedAtMs + 60_000) {
    const leftAtMs = appId.now();
    if ((await limiter.acquire()).type === 'go') sent += 1;
    await limiter.report('passed', { leftAtMs, templateId: 'T1' });
    appId.pass(10);
  }
  expect(appId.lines.map((line) => line.split(/[.,]/)[0])).toEqual([
    'All sending is stopped for a while',
    'All sending is taken up again',
    'All sending is no longer slowed down',
  ]);
  expect(appId.measured).toEqual([{ name: 'Stops', values: [1], dimensions: { Cause: 'rate' } }]);
  expect(appId.now() - startedAtMs).toBeLessThan(30_000);
  expect(sent).toBeGreaterThan(100);
  const { writes } = appId.counts();
  expect(await limiter.acquire()).toEqual({ type: 'go' });
  expect(appId.counts().writes).toBe(writes);
});

describe('under a rate', () => {
  test('all who ask together share one write', async () => {
    const appId = useAppId();
    const limiter = appId.container(100);
    await Promise.all(Array.from({ length: 10 }, () => limiter.acquire()));
    expect(appId.counts().writes).toBe(1);
  });

  test('a container that stood still for an hour gets no credit for it', async () => {
    const appId = useAppId();
    const limiter = appId.container(10);
    await limiter.acquire();
    appId.pass(3_600_000);
    const fromMs = appId.now();
    for (let n = 0; n < 30; n++) await limiter.acquire();
    expect(appId.now() - fromMs).toBeGreaterThanOrEqual(2_900);
  });

  test('a container with a stale copy finds out by its write', async () => {
    const appId = useAppId();
    const [one, other] = [appId.container(10), appId.container(10)];
    await Promise.all([one.acquire(), other.acquire()]);
    const fromMs = appId.now();
    for (let n = 0; n < 10; n++) await (n % 2 ? one : other).acquire();
    expect(appId.now() - fromMs).toBeGreaterThanOrEqual(900);
    expect(appId.counts().conflicts).toBeGreaterThan(0);
  });
});
