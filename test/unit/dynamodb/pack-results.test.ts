import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { RecipientResult } from '../../../lib/campaigns/runs/results.ts';
import { packedResults, packResults, unpackResults } from '../../../lib/dynamodb/pack-results.ts';

function sent(atMs: number, outcome: Partial<RecipientResult['outcome']> = {}): RecipientResult {
  return { state: 'sent', attempts: 1, outcome: { atMs, reason: 'accepted', errcode: 0, ...outcome } };
}

const RATE_LIMIT = { reason: 'rate', errcode: 45011, errmsg: 'api minute-quota reach limit' };

/** What is read back after it was stored. */
function stored(results: ReadonlyMap<number, RecipientResult>): ReadonlyMap<number, RecipientResult> {
  const item = {
    ...packResults(results),
    counted: { counts: {}, byErrcode: {} },
    needsRecovery: false,
    done: false,
  };
  return unpackResults(v.parse(packedResults, unmarshall(marshall(item))));
}

test('results come back as they were, whatever they say', () => {
  const results = new Map<number, RecipientResult>([
    [0, sent(5_000)],
    [2, sent(7_250, { msgid: '3248682510344192008' })],
    [3, sent(5_000, { msgid: 'not-a-number' })],
    [6, { state: 'skipped', attempts: 0, outcome: { atMs: 6_100, reason: 'no-grant' } }],
    [
      7,
      {
        ...sent(5_000, { reason: 'delivered', msgid: '9' }),
        state: 'delivered',
        deliveredAtMs: 5_000,
      },
    ],
    [4, { ...sent(5_000), attempts: 2 }],
    [
      5,
      {
        state: 'refused',
        attempts: 1,
        outcome: { atMs: 6_000, reason: 'user-state', errcode: 43101 },
        lastClaim: { effect: 'zero' },
      },
    ],
    [
      8,
      {
        state: 'pending',
        attempts: 1,
        outcome: { atMs: 6_500, ...RATE_LIMIT },
        lastClaim: { claimId: 'claim-1', effect: 'refund' },
        notBeforeMs: 70_000,
        firstAtMs: 6_400,
        retries: { rate: 1 },
      },
    ],
    [
      9,
      {
        state: 'failed',
        attempts: 0,
        outcome: { atMs: 6_600, reason: 'invalid-data' },
        problems: ['data.thing1 too-long'],
      },
    ],
    [
      1,
      {
        state: 'unknown',
        attempts: 1,
        outcome: { atMs: 6_700, reason: 'sender-lost' },
        lastClaim: { claimId: 'claim-2', effect: 'spend' },
      },
    ],
  ]);
  expect(stored(results)).toEqual(results);
  expect(stored(new Map())).toEqual(new Map());
});

test('a state that a later version stored is no recipient who has not been begun: the results are unreadable', () => {
  const packed = { letters: 'sx-', sinceMs: 0, after: [0, 0, 0], msgids: '', details: {} };
  expect(v.safeParse(packedResults, packed).success).toBe(false);
  expect(v.safeParse(packedResults, { ...packed, letters: 'sk-' }).success).toBe(true);
});

test('nothing is kept of what nobody needs once a recipient is done with', () => {
  const lastClaim = { claimId: 'claim-1', effect: 'spend' as const, epoch: 2 };
  const ended = {
    ...sent(5_000, { errmsg: 'ok', rid: 'r-1' }),
    lastClaim,
    firstAtMs: 4_000,
    retries: { rate: 1 },
  };
  expect(stored(new Map([[0, ended]]))).toEqual(new Map([[0, sent(5_000)]]));
  const remedy = { en: 'Wait.', zh: '等待。' };
  const refused = {
    ...ended,
    state: 'refused' as const,
    lastClaim: { ...lastClaim, effect: 'zero' as const },
  };
  const outcome = { atMs: 5_000, reason: 'user-state', errcode: 43101 };
  expect(
    stored(new Map([[0, { ...refused, outcome: { ...outcome, errmsg: 'refused', remedy } }]])).get(0),
  ).toEqual({
    state: 'refused',
    attempts: 1,
    outcome,
    lastClaim: { effect: 'zero' },
  });
});

test('125 sends with msgids, which a shard of a run to 1,000 has, are written for two units', () => {
  const results = new Map(
    Array.from({ length: 125 }, (_, index): [number, RecipientResult] => [
      index,
      sent(5_000 + 17 * index, { msgid: String(3_248_682_510_344_192_008n + BigInt(index * 977)) }),
    ]),
  );
  const { letters, after, msgids, details } = packResults(results);
  expect(details).toEqual({});
  // Keys, names, the lease and what has been counted take less than 400 bytes.
  expect(letters.length + after.length + msgids.byteLength).toBeLessThan(2_048 - 400);
  expect(stored(results)).toEqual(results);
});

test('results are read as 0.2.0 stored them: distances as numbers, msgids in base64', () => {
  const results = new Map([
    [0, sent(5_000, { msgid: '3248682510344192008' })],
    [2, sent(7_250)],
  ]);
  const packed = packResults(results);
  const msgids = Buffer.from(packed.msgids).toString('base64');
  expect(unpackResults(v.parse(packedResults, { ...packed, after: [0, 0, 2_250], msgids }))).toEqual(results);
});

test.each(['0,2 250', '0;5', 'AAAFQA==', ',', '1,'])(
  'moments that a later version stored as %s are not read wrongly',
  (after) => {
    const packed = packResults(new Map([[0, sent(5_000)]]));
    expect(() => v.parse(packedResults, { ...packed, after })).toThrow();
  },
);
