import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../lib/grants/ledger.ts';
import type { Message } from '../../../lib/messages/message.ts';
import { afterReceipt, sendOfReceipt } from '../../../lib/sends/delivery-receipt.ts';

const MINUTE = 60_000;
const AT = 1_000 * MINUTE;

function message(id: string, more: Partial<Message>): Message {
  return {
    id,
    openid: 'u',
    templateId: 'T',
    data: {},
    miniprogramState: 'formal',
    lang: 'zh_CN',
    state: 'pending',
    sendAtMs: AT,
    dueAtMs: AT,
    attempts: 1,
    createdAtMs: AT,
    updatedAtMs: AT,
    ...more,
  };
}

const sent = (id: string, msgid?: string, atMs = AT) =>
  message(id, {
    state: 'sent',
    outcome: { atMs, reason: 'accepted', errcode: 0, ...(msgid && { msgid }) },
  });
const unknown = (id: string, atMs = AT) =>
  message(id, { state: 'unknown', outcome: { atMs, reason: 'no-answer' } });
const lost = (id: string, atMs: number) =>
  message(id, { state: 'unknown', outcome: { atMs, reason: 'sender-lost' } });
const claimOf = (messageId: string, startedAtMs = AT): Claim => ({
  claimId: 'c',
  sendId: messageId,
  templateId: 'T',
  source: 'held',
  epoch: 0,
  grantedBefore: 1,
  startedAtMs,
  leaseUntilMs: startedAtMs + 45_000,
});
const event = (msgid?: string) => ({ createdAtMs: AT, ...(msgid && { msgid }) });

describe('the send that a delivery receipt is about', () => {
  test('is the one that was answered with its msgid', () => {
    expect(
      sendOfReceipt([unknown('a'), sent('b', '7'), sent('c', '8')], event('8'), undefined),
    ).toMatchObject({
      id: 'c',
    });
  });

  test('is the only one of that time without a msgid of its own', () => {
    expect(sendOfReceipt([unknown('a'), sent('b', '7')], event('9'), undefined)).toMatchObject({ id: 'a' });
    expect(sendOfReceipt([sent('a')], event('9'), undefined)).toMatchObject({ id: 'a' });
  });

  test('is the only one of that time where the receipt has no msgid, whether the send has one or not', () => {
    expect(sendOfReceipt([sent('a', '7')], event(), undefined)).toMatchObject({ id: 'a' });
    expect(sendOfReceipt([sent('a', '7'), unknown('b')], event(), undefined)).toBeUndefined();
    expect(sendOfReceipt([sent('a', '7', AT - 60 * MINUTE)], event(), undefined)).toBeUndefined();
  });

  test.each([
    ['two are of unknown fate', [unknown('a'), unknown('b')]],
    [
      'another may have been taken in spite of -1',
      [unknown('a'), message('b', { outcome: { atMs: AT, reason: 'busy', errcode: -1 } })],
    ],
    ['it was another hour', [unknown('a', AT - 60 * MINUTE)]],
    [
      'the table was restored, and with it what was sent since is gone',
      [message('a', { state: 'unknown', outcome: { atMs: AT, reason: 'table-restored' } })],
    ],
    ['a sender was lost that was given up much later', [unknown('a'), lost('b', AT + 60 * MINUTE)]],
    [
      'only the one that is tried again after -1 fits',
      [message('b', { outcome: { atMs: AT, reason: 'busy', errcode: -1 } })],
    ],
    ['all others ended otherwise', [message('a', { state: 'canceled' }), sent('b', '7')]],
  ] as const)('is left open when %s', (_why, messages) => {
    expect(sendOfReceipt(messages, event('9'), undefined)).toBeUndefined();
  });

  test('is waited for while a send of that time has no answer yet', () => {
    const waiting = [message('a', {}), unknown('b')];
    expect(sendOfReceipt(waiting, event('9'), claimOf('a'))).toBe('not-yet');
    expect(sendOfReceipt(waiting, event('9'), claimOf('a', AT + 5 * MINUTE))).toMatchObject({ id: 'b' });
  });

  test('is the same when the receipt comes again, with or without a msgid', () => {
    const named = { openid: 'u', templateId: 'T', errcode: 0, errorStatus: 'success', createdAtMs: AT };
    const again = afterReceipt(unknown('a'), { ...named, msgid: '9' })!;
    expect(sendOfReceipt([again, unknown('b')], event('9'), undefined)).toMatchObject({ id: 'a' });
    const nameless = afterReceipt(unknown('a'), named)!;
    expect(sendOfReceipt([nameless, unknown('b')], event(), undefined)).toMatchObject({ id: 'a' });
  });
});

describe('the record after a delivery receipt', () => {
  const told = { openid: 'u', templateId: 'T', msgid: '9', createdAtMs: AT };

  test('is delivered, and keeps what the send was answered', () => {
    const before = message('a', {
      state: 'sent',
      outcome: { atMs: AT, reason: 'accepted', errcode: 0, rid: 'r-1', msgid: '9' },
    });
    expect(afterReceipt(before, { ...told, errcode: 0, errorStatus: 'success' })).toMatchObject({
      state: 'delivered',
      deliveredAtMs: AT,
      outcome: { rid: 'r-1', msgid: '9', reason: 'delivered' },
    });
  });

  test('is failed with advice, and its grant stays spent', () => {
    const before = { ...unknown('a'), lastClaim: { claimId: 'c', effect: 'spend' as const, epoch: 0 } };
    const after = afterReceipt(before, { ...told, errcode: 10, errorStatus: 'system error' });
    expect(after).toMatchObject({
      state: 'failed',
      lastClaim: { effect: 'spend' },
      outcome: { errcode: 10, errmsg: 'system error', reason: 'not-delivered' },
    });
    expect(after?.outcome.remedy?.zh).toContain('订阅');
  });

  test.each(['pending', 'refused', 'failed', 'canceled', 'delivered'] as const)(
    'of one that is %s stays',
    (state) => {
      expect(
        afterReceipt({ state, attempts: 1 }, { ...told, errcode: 0, errorStatus: 'success' }),
      ).toBeUndefined();
    },
  );
});
