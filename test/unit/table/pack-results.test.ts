import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { RecipientResult } from '../../../lib/campaigns/runs/results.ts';
import { packResults, unpackResults } from '../../../lib/table/pack-results.ts';
import { resultsItem } from '../../../lib/table/run-items.ts';

const SENT: RecipientResult = { state: 'sent', atMs: 5_000, reason: 'accepted', errcode: 0, attempts: 1 };

/** What is read back after it was stored. */
function stored(results: ReadonlyMap<number, RecipientResult>): ReadonlyMap<number, RecipientResult> {
  const item = {
    ...packResults(results),
    counted: { counts: {}, byErrcode: {} },
    doubtful: false,
    done: false,
  };
  return unpackResults(v.parse(resultsItem, JSON.parse(JSON.stringify(item))));
}

test('results come back as they were, whatever they say', () => {
  const results = new Map<number, RecipientResult>([
    [0, SENT],
    [2, { ...SENT, atMs: 7_250, msgid: '3248682510344192008' }],
    [3, { ...SENT, msgid: 'not-a-number' }],
    [6, { state: 'skipped', atMs: 6_100, reason: 'no-grant', attempts: 0 }],
    [7, { ...SENT, state: 'delivered', reason: 'delivered', msgid: '9' }],
    [4, { ...SENT, attempts: 2 }],
    [5, { state: 'refused', atMs: 6_000, reason: 'user-state', errcode: 43101, attempts: 1, effect: 'zero' }],
    [
      8,
      {
        state: 'pending',
        atMs: 6_500,
        reason: 'rate',
        errcode: 45011,
        errmsg: 'api minute-quota reach limit',
        attempts: 1,
        effect: 'refund',
        settledClaimId: 'claim-1',
        notBeforeMs: 70_000,
        firstAtMs: 6_400,
        retries: { rate: 1 },
      },
    ],
    [
      9,
      {
        state: 'failed',
        atMs: 6_600,
        reason: 'invalid-data',
        attempts: 0,
        problems: ['data.thing1 too-long'],
      },
    ],
  ]);
  expect(stored(results)).toEqual(results);
  expect(stored(new Map())).toEqual(new Map());
});

test('a page of sends with msgids is written for two units', () => {
  const results = new Map(
    Array.from({ length: 100 }, (_, index): [number, RecipientResult] => [
      index,
      { ...SENT, atMs: 5_000 + 17 * index, msgid: String(3_248_682_510_344_192_008n + BigInt(index * 977)) },
    ]),
  );
  expect(packResults(results).notes).toEqual({});
  expect(JSON.stringify(packResults(results)).length).toBeLessThan(1_800);
  expect(stored(results)).toEqual(results);
});
