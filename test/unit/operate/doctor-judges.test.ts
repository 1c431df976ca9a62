import { describe, expect, test } from 'vitest';
import type { Probe } from '../../../operate/doctor/finding.ts';
import { judgeAlarms, judgeLag, judgeQueue, judgeSecrets } from '../../../operate/doctor/judge-aws.ts';
import { judgeCallback } from '../../../operate/doctor/judge-callback.ts';
import {
  judgeClock,
  judgeHealth,
  judgeTemplates,
  judgeToken,
} from '../../../operate/doctor/judge-service.ts';

const NOW_MS = Date.parse('2026-12-01T00:00:00Z');
const UNREACHABLE: Probe = { type: 'unreachable', reason: 'connect ECONNREFUSED' };

function answered(status: number, body: unknown = '', date?: string): Probe {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { type: 'answered', status, text, date, sentAtMs: NOW_MS, receivedAtMs: NOW_MS + 200 };
}

const PROBLEM = {
  code: 'wechat-credentials',
  detail: 'WeChat refused.',
  remedy: { en: 'Mend it.', zh: '请处理。' },
};

test.each([
  [answered(200), 'ok'],
  [answered(503, PROBLEM), 'fail'],
  [UNREACHABLE, 'fail'],
])('health by what is answered, %#', (probe, level) => {
  expect(judgeHealth(probe).level).toBe(level);
});

test.each([
  ['Tue, 01 Dec 2026 00:00:00 GMT', 'ok'],
  ['Mon, 30 Nov 2026 23:59:40 GMT', 'warn'],
  ['Tue, 01 Dec 2026 00:00:20 GMT', 'warn'],
  ['Tue, 01 Dec 2026 00:03:00 GMT', 'fail'],
])('the clock against %s', (date, level) => {
  expect(judgeClock(answered(200, '', date))?.level).toBe(level);
});

describe('the access token', () => {
  test.each([
    [answered(200), 'ok'],
    [answered(403), 'skip'],
    [answered(401), 'fail'],
    [answered(502, PROBLEM), 'fail'],
    [UNREACHABLE, 'fail'],
  ])('by what a sync is answered, %#', (probe, level) => {
    expect(judgeToken(probe).level).toBe(level);
  });

  test('a proxy that refuses is named with its status, and is what to look at', () => {
    const detail = 'The templates could not be read. … the proxy proxy.example:3128 refused with HTTP 407.';
    const { says, advice } = judgeToken(answered(503, { ...PROBLEM, code: 'wechat-unavailable', detail }));
    expect(says.en).toContain('proxy.example:3128 refused with HTTP 407');
    expect(advice).toEqual({
      en: expect.stringContaining('WECHAT_PROXY_URL'),
      zh: expect.stringContaining('WECHAT_PROXY_URL'),
    });
  });

  test('comes with the remedy that the service names', () => {
    expect(judgeToken(answered(502, PROBLEM)).advice).toEqual(PROBLEM.remedy);
  });
});

test.each([
  [[{ syncedAt: '2026-11-30T20:00:00Z', warnings: [] }], 'ok'],
  [[{ syncedAt: '2026-11-30T20:00:00Z', warnings: [{}] }], 'warn'],
  [[{ syncedAt: '2026-11-28T00:00:00Z', warnings: [] }], 'warn'],
  [[], 'warn'],
])('templates by number, warnings and age, %#', (templates, level) => {
  const items = templates.map((template, n) => ({ templateId: `t${n}`, ...template }));
  expect(judgeTemplates(answered(200, { items }), NOW_MS)?.level).toBe(level);
});

test.each([
  ['right', answered(200, 'echo'), answered(403), 'ok'],
  ['off', answered(404), answered(404), 'warn'],
  ['with another Token', answered(403), answered(403), 'fail'],
  ['answered with something else', answered(200, '<html>'), answered(403), 'fail'],
  ['taking forgeries', answered(200, 'echo'), answered(200, 'echo'), 'fail'],
  ['not there', UNREACHABLE, UNREACHABLE, 'fail'],
])('a callback that is %s', (_, signed, forged, level) => {
  expect(judgeCallback(signed, forged, 'echo').level).toBe(level);
});

test.each([
  [{ waiting: 0, dead: 0 }, 'ok'],
  [{ waiting: 5000, dead: 0 }, 'warn'],
  [{ waiting: 0, dead: 1 }, 'fail'],
])('a queue with %o', (depth, level) => {
  expect(judgeQueue({ name: 'send', ...depth }).level).toBe(level);
});

test('each alarm that rings is told with its own words', () => {
  expect(judgeAlarms([], 4)).toMatchObject([{ level: 'ok' }]);
  expect(judgeAlarms([], 0)).toMatchObject([{ level: 'warn' }]);
  expect(judgeAlarms([{ name: 'A', description: 'Run it.' }], 4)).toMatchObject([
    { level: 'fail', says: { en: 'A' }, advice: { en: 'Run it.' } },
  ]);
});

test.each([
  [undefined, 'ok'],
  [2_000, 'ok'],
  [90_000, 'ok'],
  [150_000, 'warn'],
  [400_000, 'fail'],
] as const)('a stream %s ms behind', (lagMs, level) => {
  for (const [follower, what] of [
    ['publish-changes', 'events'],
    ['count-statistics', 'statistics'],
  ] as const) {
    const { level: found, says, advice } = judgeLag(follower, lagMs);
    expect([found, says.en.includes(what)]).toEqual([level, true]);
    if (found !== 'ok') expect(advice?.en).toContain(follower);
  }
});

test('missing secrets are named with the command that makes them', () => {
  expect(judgeSecrets([], 'dev').level).toBe('ok');
  const { level, says, advice } = judgeSecrets(['/qingniao/dev/api-keys'], 'dev');
  expect([level, says.en, advice?.en]).toEqual([
    'fail',
    expect.stringContaining('/qingniao/dev/api-keys'),
    expect.stringContaining('--stage dev'),
  ]);
});
