import { expect, test } from 'vitest';
import {
  difference,
  isNothing,
  type NewResult,
  NO_TALLY,
  type RecipientResult,
  tallyOf,
  UNTOUCHED,
  withNewResults,
} from '../../../../lib/campaigns/runs/results.ts';
import { tookGrant } from '../../../../operate/audit/campaign-sends.ts';

const result = (state: RecipientResult['state'], errcode?: number): RecipientResult => ({
  state,
  attempts: 1,
  outcome: { atMs: 1_000, reason: 'test', ...(errcode !== undefined && { errcode }) },
});

/** What stands there after a worker that has the page, or has lost it, found this out. */
function after(before: RecipientResult | undefined, finding: NewResult, hasPage: boolean) {
  const page = { ...UNTOUCHED, results: new Map(before ? [[0, before]] : []) };
  return withNewResults(page, new Map([[0, finding]]), hasPage).results.get(0);
}

test('a worker that has lost the batch says nothing of recipients that it did not send to', () => {
  const skipped = { result: result('skipped') };
  expect(after(undefined, skipped, true)).toEqual(skipped.result);
  expect(after(undefined, skipped, false)).toBeUndefined();
  const sent = { result: { ...result('sent'), lastClaim: { claimId: 'claim-1', effect: 'spend' as const } } };
  expect(after(undefined, sent, false)).toEqual(sent.result);
});

test('a grant is taken for good by what left and was neither refused nor given back', () => {
  expect(tookGrant(result('sent'))).toBe(true);
  expect(tookGrant(result('unknown'))).toBe(true);
  expect(tookGrant(result('failed'))).toBe(true);
  expect(tookGrant(result('refused', 43101))).toBe(false);
  expect(tookGrant({ ...result('failed'), lastClaim: { effect: 'refund' } })).toBe(false);
  expect(tookGrant({ ...result('skipped'), attempts: 0 })).toBe(false);
});

test('counts move by what has changed since they were last counted', () => {
  const results = new Map([
    [0, result('sent', 0)],
    [1, result('refused', 43101)],
    [2, result('pending', 45011)],
  ]);
  const first = tallyOf({ results });
  expect(first).toEqual({ counts: { sent: 1, refused: 1 }, byErrcode: { 43101: 1 } });
  expect(difference(NO_TALLY, first)).toEqual(first);
  results.set(0, result('delivered')).set(2, result('unknown'));
  expect(difference(first, tallyOf({ results }))).toEqual({
    counts: { sent: -1, delivered: 1, unknown: 1 },
    byErrcode: {},
  });
  expect(isNothing(difference(first, first))).toBe(true);
});
