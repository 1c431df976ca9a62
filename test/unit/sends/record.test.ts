import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../lib/grants/ledger.ts';
import type { SendDecision } from '../../../lib/sends/judge-answer.ts';
import { afterAttempt, claimFate, givenUp, mergeLateAnswer } from '../../../lib/sends/record-transitions.ts';
import type { SendRecord, SettledClaim } from '../../../lib/sends/send-record.ts';

const claim: Claim = {
  claimId: 'claim-2',
  sendId: 'send',
  templateId: 'T',
  source: 'available',
  epoch: 3,
  grantedBefore: 1,
  startedAtMs: 0,
  leaseUntilMs: 45_000,
};

const record = (state: SendRecord['state'], lastClaim?: SettledClaim): SendRecord => ({
  state,
  attempts: 1,
  outcome: { atMs: 1_000, reason: 'test' },
  ...(lastClaim && { lastClaim }),
});
const under = (claimId: string, effect: SettledClaim['effect'] = 'spend'): SettledClaim => ({
  claimId,
  effect,
});

describe('the fate of an open claim', () => {
  const fate = (of: SendRecord | undefined, nowMs = 1_000) => claimFate(claim, of, nowMs);

  test('is spent where the record is gone, or has ended under another claim', () => {
    expect(fate(undefined)).toEqual({ type: 'settled', effect: 'spend' });
    expect(fate(record('failed', under('claim-1', 'refund')))).toEqual({ type: 'settled', effect: 'spend' });
    expect(fate(record('sent'))).toEqual({ type: 'settled', effect: 'spend' });
  });

  test('is what the record says of it, while pending and at the end', () => {
    const kept = record('pending', under('claim-2', 'keep'));
    expect(fate(kept)).toEqual({ type: 'settled', effect: 'keep' });
    const refused = record('refused', under('claim-2', 'zero'));
    expect(fate(refused)).toEqual({ type: 'settled', effect: 'zero' });
  });

  test('is what an end without the id of its claim says: no other can be open', () => {
    expect(fate(record('failed', { effect: 'refund' }))).toEqual({ type: 'settled', effect: 'refund' });
  });

  test('is open within the lease, and abandoned after it', () => {
    const before = record('pending', under('claim-1', 'keep'));
    expect([fate(before, 44_999), fate(before, 45_000)]).toEqual([
      { type: 'under-way' },
      { type: 'abandoned' },
    ]);
  });
});

describe('the record after an attempt', () => {
  const again: SendDecision = {
    state: 'pending',
    effect: 'keep',
    outcome: { atMs: 2_000, reason: 'rate' },
    retry: { policy: 'rate', atMs: 60_000 },
  };

  test('counts the request and the retry, and says what became of the grant', () => {
    expect(afterAttempt(record('pending'), claim, again, { keepsGrant: true })).toEqual({
      state: 'pending',
      attempts: 2,
      outcome: again.outcome,
      retries: { rate: 1 },
      lastClaim: { claimId: 'claim-2', effect: 'keep', epoch: 3 },
    });
  });

  test('gives the grant back between attempts where nothing was set aside before', () => {
    const after = afterAttempt(record('pending'), claim, again, { keepsGrant: false });
    expect(after.lastClaim.effect).toBe('refund');
  });

  test.each(['not-reached', 'token-unavailable'])('does not count what never left: %s', (reason) => {
    const outcome = { atMs: 2_000, reason };
    const after = afterAttempt(record('pending'), claim, { ...again, outcome }, { keepsGrant: true });
    expect(after.attempts).toBe(1);
  });
});

describe('a record that is written where others have written', () => {
  const lost = givenUp(record('pending'), claim, 50_000);

  test('takes the place of what it was made from, and of nothing that has ended', () => {
    const sent = record('sent', under('claim-2'));
    const before = record('pending', under('claim-1', 'keep'));
    expect(mergeLateAnswer(undefined, sent, undefined)).toBe(sent);
    expect(mergeLateAnswer(before, sent, before.lastClaim)).toBe(sent);
    for (const state of [
      'sent',
      'delivered',
      'refused',
      'failed',
      'canceled',
      'skipped',
      'unknown',
    ] as const) {
      expect(mergeLateAnswer(record(state), sent, undefined)).toEqual(record(state));
    }
  });

  test('that was given up takes the late answer on, keeps the grant spent, and is never tried again', () => {
    const refused = record('refused', under('claim-2', 'zero'));
    expect(mergeLateAnswer(lost, refused, undefined)).toEqual({
      ...refused,
      attempts: 2,
      lastClaim: lost.lastClaim,
    });
    expect(mergeLateAnswer(lost, record('pending', under('claim-2', 'keep')), undefined)).toBe(lost);
  });

  test('is no late answer where nothing was sent, or under another claim', () => {
    expect(mergeLateAnswer(lost, record('skipped'), undefined)).toBe(lost);
    expect(mergeLateAnswer(lost, record('failed', under('claim-1')), undefined)).toBe(lost);
  });

  test('is not written once more over what came later', () => {
    const first = record('pending', under('claim-1', 'keep'));
    const second = record('pending', under('claim-2', 'keep'));
    expect(mergeLateAnswer(second, first, undefined)).toBe(second);
  });
});

test('a send whose sender was lost is of unknown fate, its grant spent and its request counted', () => {
  expect(givenUp(record('pending', under('claim-1', 'keep')), claim, 50_000)).toMatchObject({
    state: 'unknown',
    attempts: 2,
    outcome: {
      atMs: 50_000,
      reason: 'sender-lost',
      remedy: { en: expect.stringContaining('do not send it again') },
    },
    lastClaim: { claimId: 'claim-2', effect: 'spend', epoch: 3 },
  });
});
