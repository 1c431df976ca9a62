import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../console/src/api/api-error.ts';
import { mayPass, patiently } from '../../../console/src/parts/patiently.ts';
import { whileFirstPage } from '../../../console/src/parts/polling.ts';

const shown = (...pages: (readonly string[])[]) => ({
  state: { data: { pages: pages.map((items) => ({ items })) } },
});

test('a list is asked for anew by what its first page holds, and no more once a second is shown', () => {
  const interval = whileFirstPage((rows: readonly string[]) => (rows.includes('sending') ? 3_000 : 30_000));
  expect(interval({ state: { data: undefined } })).toBe(30_000);
  expect(interval(shown(['sent']))).toBe(30_000);
  expect(interval(shown(['sent', 'sending']))).toBe(3_000);
  expect(interval(shown(['sending'], ['sent']))).toBe(false);
});

describe('a part of a long job', () => {
  const refusal = (status: number) =>
    new ApiError(
      { status, title: '', detail: '', code: 'x', remedy: { en: '', zh: '' }, errors: [] },
      undefined,
    );

  test.each([
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [401, false],
    [404, false],
    [409, false],
    [422, false],
  ])('that is answered %s may pass later: %s', (status, passes) => {
    expect(mayPass(refusal(status))).toBe(passes);
  });

  test('that never came back is done again; what is refused for good, or given up, is not', async () => {
    let calls = 0;
    const once = async () => {
      calls += 1;
      if (calls === 1) throw new TypeError('Failed to fetch');
      return 'done';
    };
    expect(await patiently(once)).toBe('done');
    expect(calls).toBe(2);
    const refused = async () => {
      calls += 1;
      throw refusal(409);
    };
    await expect(patiently(refused)).rejects.toThrow(ApiError);
    const stop = new AbortController();
    stop.abort(new Error('left'));
    await expect(patiently(once, stop.signal)).rejects.toThrow('left');
    expect(calls).toBe(3);
  });
});
