import { describe, expect, test } from 'vitest';
import type { Message } from '../../../lib/messages/message.ts';
import { findPlace } from '../../../operate/logs/place.ts';
import { linesAbout } from '../../../operate/logs/read-logs.ts';
import { recipientStanding, recipientStory } from '../../../operate/logs/recipient-story.ts';
import { standing, storyInTable } from '../../../operate/logs/story.ts';
import { subjectIn } from '../../../operate/logs/subject.ts';

const NOON = Date.parse('2026-12-01T04:00:00.000Z');
const RUN = 'run_0193800000007000a000000000000000';
const message: Message = {
  id: 'msg_1',
  openid: 'o1',
  templateId: 'T',
  data: { thing1: 'secretly private' },
  miniprogramState: 'formal',
  lang: 'zh_CN',
  state: 'pending',
  sendAtMs: NOON,
  dueAtMs: NOON,
  attempts: 0,
  createdAtMs: NOON,
  updatedAtMs: NOON,
};
const told = (m: Partial<Message>, claim?: Parameters<typeof storyInTable>[1], nowMs = NOON) =>
  storyInTable({ ...message, ...m }, claim, nowMs).map(({ says }) => says.en);

describe('what the table tells of a message', () => {
  test('an attempt that failed, and when the next is', () => {
    const outcome = { atMs: NOON, errcode: -1, errmsg: 'system error', rid: 'r1', reason: 'wechat-busy' };
    expect(told({ outcome, attempts: 1, dueAtMs: NOON + 5_000 })).toEqual([
      'accepted, without a grant set aside',
      'attempt 1 did not get through and is repeated: wechat-busy, errcode -1, system error, rid r1',
      'the next attempt',
    ]);
  });

  test('a sender that is at it, unless its claim is accounted for', () => {
    const claim = {
      claimId: 'c1',
      sendId: 'msg_1',
      templateId: 'T',
      startedAtMs: NOON,
      leaseUntilMs: NOON + 60_000,
      epoch: 0,
    } as NonNullable<Parameters<typeof storyInTable>[1]>;
    expect(told({}, claim)).toContain('a sender took its turn and the grant');
    expect(told({ lastClaim: { claimId: 'c1', effect: 'spend', epoch: 0 } }, claim)).toEqual([
      'accepted, without a grant set aside',
    ]);
  });

  test('its time, what was fitted, its delivery, that it was canceled', () => {
    const fitted = [{ key: 'thing1', from: 'long', to: 'lo…' }];
    const outcome = { atMs: NOON + 1, errcode: 0, msgid: '7', reason: 'accepted' };
    expect(
      told({ sendAtMs: NOON + 1, fitted, outcome, state: 'delivered', attempts: 1, deliveredAtMs: NOON + 2 }),
    ).toEqual([
      'accepted, without a grant set aside',
      'thing1 was fitted: “long” to “lo…”',
      'its time',
      'delivered after 1 request(s): accepted, errcode 0, msgid 7',
    ]);
    expect(told({ state: 'canceled' })).toContain('canceled');
  });

  test('whose place it took, and that a newer one took its own', () => {
    const took = storyInTable(message, undefined, NOON, ['msg_0']).map(({ says }) => says);
    expect(took[1]).toEqual({
      en: 'took the place of msg_0, and its grant if it had one',
      zh: '取代了 msg_0，并沿用它的授权（如有）',
    });
    const outcome = { atMs: NOON, reason: 'collapsed' };
    expect(told({ state: 'canceled', collapsedInto: 'msg_2', outcome })).toEqual([
      'accepted, without a grant set aside',
      'a newer message took its place: msg_2',
    ]);
  });

  test('when it ends at the latest, and that it did', () => {
    const expiresAtMs = NOON + 60_000;
    const end = 'its end: nothing is sent from then on';
    expect(told({ expiresAtMs })).toEqual(['accepted, without a grant set aside', end]);
    const outcome = { atMs: NOON, errcode: 45009, reason: 'quota' };
    const putOff = told({ expiresAtMs, dueAtMs: expiresAtMs, outcome, attempts: 1 });
    expect(putOff.slice(1)).toEqual([
      'attempt 1 did not get through and is repeated: quota, errcode 45009',
      end,
    ]);
    const expired = { atMs: expiresAtMs, reason: 'expired' };
    expect(told({ expiresAtMs, state: 'failed', outcome: expired, attempts: 1 }).slice(1)).toEqual([
      'failed after 1 request(s): expired',
    ]);
  });

  test('never the texts of the message', () => {
    expect(
      JSON.stringify([storyInTable(message, undefined, NOON), standing(message, undefined, NOON)]),
    ).not.toContain('secretly');
  });

  test.each([
    ['refused', 'wx.requestSubscribeMessage'],
    ['unknown', '/settle'],
    ['failed', 'not tried again'],
  ] as const)('%s comes with what to do', (state, words) => {
    const { status, says } = standing({ ...message, state }, undefined, NOON);
    expect(status).toBe(state);
    expect(says.en).toContain(words);
    expect(says.zh).not.toBe('');
  });
});

describe('what the table tells of a recipient', () => {
  const texts = (recipient: Parameters<typeof recipientStory>[1]) =>
    recipientStory(RUN, recipient).map(({ says }) => says.en);

  test('one whose turn has not come', () => {
    expect(texts({ openid: 'o1', state: 'pending', attempts: 0 })).toEqual(['the run began, or was due']);
    expect(recipientStanding({ openid: 'o1', state: 'pending', attempts: 0 }).says.en).toContain(
      'turn has not come',
    );
  });

  test('a retry, and its moment', () => {
    const outcome = { atMs: NOON, reason: 'wechat-busy', errcode: -1 };
    const tried = { attempts: 2, outcome, notBeforeMs: NOON + 9 };
    expect(texts({ openid: 'o1', state: 'pending', ...tried }).slice(1)).toEqual([
      'attempt 2 did not get through and is repeated: wechat-busy, errcode -1',
      'the next attempt',
    ]);
  });

  test('one who was skipped for want of a grant', () => {
    const outcome = { atMs: NOON, reason: 'no-grant' };
    const skipped = { openid: 'o1', state: 'skipped', attempts: 0, outcome } as const;
    expect(texts(skipped).at(-1)).toBe('skipped after 0 request(s): no-grant');
    expect(recipientStanding(skipped).says.zh).toContain('授权已用完');
  });
});

describe('lines of a log', () => {
  const line = (fields: object) =>
    JSON.stringify({
      level: 'WARN',
      timestamp: '2026-12-01T04:00:00.000Z',
      message: 'message not sent',
      ...fields,
    });

  test('are found by id, told with their facts in both languages, and those that are none of ours left out', () => {
    const lines = [line({ messageId: 'm1', errcode: 45009 }), line({ messageId: 'm12' }), 'START "m1"'];
    expect(linesAbout('send-messages', lines, 'm1')).toEqual([
      {
        atMs: NOON,
        source: 'send-messages',
        says: { en: 'message not sent  errcode=45009', zh: '未发送成功' },
        isTrouble: true,
      },
    ]);
  });

  test('tell an error by its message', () => {
    const error = { name: 'TimeoutError', message: 'too slow', stack: 'at …' };
    expect(linesAbout('f', [line({ messageId: 'm1', error })], 'm1')[0]?.says.en).toBe(
      'message not sent  error=TimeoutError: too slow',
    );
  });
});

describe('the command line', () => {
  test.each([
    ['no id', [], undefined, 'Give the id of one message'],
    ['two ids', ['msg_1_o1', 'msg_2_o1'], undefined, 'Give the id of one message'],
    ['what is no id', ['order-7'], undefined, 'Give the id of one message'],
    ['a run without a recipient', [RUN], undefined, 'Add --openid'],
  ])('refuses %s and says what to give', (_, words, openid, says) => {
    expect(() => subjectIn(words, openid)).toThrow(says);
  });

  test('takes a recipient of a run', () => {
    expect(subjectIn([RUN], 'o1')).toEqual({ id: RUN, openid: 'o1' });
  });

  test.each([
    ['neither stage nor table', { local: false }, 'Give one of --stage'],
    ['two places', { local: true, stage: 'dev' }, 'Give one of --stage'],
    ['a table without a mini program', { local: false, table: 'T' }, '--app APPID'],
  ])('refuses %s and says what to give', async (_, options, says) => {
    await expect(findPlace(options)).rejects.toThrow(says);
  });

  test('says so where no local stack runs', async () => {
    const { PORT } = process.env;
    process.env['PORT'] = '1';
    await expect(findPlace({ local: true })).rejects.toThrow('start npm run dev');
    if (PORT === undefined) delete process.env['PORT'];
    else process.env['PORT'] = PORT;
  });
});
