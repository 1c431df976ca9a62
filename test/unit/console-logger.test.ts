import { describe, expect, it } from 'vitest';
import { createConsoleLogger } from '../../lib/runtime/console-logger.ts';

const NOW_MS = Date.parse('2026-12-01T01:00:00.000Z');
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvLTEifQ.c2lnbmF0dXJl';

function logged(fields: Record<string, unknown>, message = 'Something happened.') {
  const lines: string[] = [];
  const logger = createConsoleLogger({ clock: () => NOW_MS, write: (line) => lines.push(line) });
  logger.warn(message, fields);
  return { line: lines[0] ?? '', event: JSON.parse(lines[0] ?? '{}'), count: lines.length };
}

describe('a log line', () => {
  it('is one line of JSON with level, timestamp and message', () => {
    const { line, event, count } = logged({ messageId: 'm-1' }, 'Two\nlines');
    expect(event).toEqual({
      messageId: 'm-1',
      level: 'WARN',
      timestamp: '2026-12-01T01:00:00.000Z',
      message: 'Two\nlines',
    });
    expect([count, line.indexOf('\n')]).toEqual([1, line.length - 1]);
  });

  it('has the level that was called', () => {
    const lines: string[] = [];
    const logger = createConsoleLogger({ write: (line) => lines.push(line) });
    logger.info('a');
    logger.warn('b');
    logger.error('c');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['INFO', 'WARN', 'ERROR']);
  });

  it.each([
    'secret',
    'appSecret',
    'WECHAT_APP_SECRET',
    'token',
    'accessToken',
    'access_token',
    'authorization',
    'Authorization',
    'session_key',
    'sessionKey',
    'apiKey',
    'aes-key',
    'password',
    'cookie',
    'js_code',
  ])('never holds the value of a field named %s', (name) => {
    expect(logged({ inner: [{ [name]: 'hidden-value' }] }).line).not.toContain('hidden-value');
    expect(logged({ [name]: { deep: 'hidden-value' } }).line).not.toContain('hidden-value');
  });

  it.each([
    `Bearer ${TOKEN}`,
    'bearer hidden-value',
    `refused: ${TOKEN}!`,
    'GET /cgi-bin/x?access_token=hidden-value&lang=en',
    'GET /sns/jscode2session?appid=wx1&secret=hidden-value&js_code=hidden-value',
    '{"session_key":"hidden-value","openid":"o"}',
    'body "{\\"access_token\\":\\"hidden-value\\"}"',
  ])('never holds a secret inside a text: %s', (text) => {
    const error = new Error(text, { cause: new Error(text) });
    for (const { line } of [
      logged({ text }),
      logged({}, text),
      logged({ error }),
      logged({ list: [text] }),
    ]) {
      expect(line).not.toMatch(/hidden-value|eyJ/);
    }
  });

  it('keeps what an operator needs', () => {
    const fields = {
      errcode: 40001,
      errmsg: 'invalid credential, access_token is invalid or not latest rid: 1-2-3',
      code: 'no-grant',
      tokenMode: 'stable',
      requestId: 'r',
      keyName: 'backend',
      at: new Date(NOW_MS),
      big: 12345678901234567890n,
    };
    expect(logged(fields).event).toMatchObject({
      ...fields,
      at: '2026-12-01T01:00:00.000Z',
      big: '12345678901234567890',
    });
  });

  it('shows an error by name, code, message, stack and cause, and not what else hangs on it', () => {
    const cause = Object.assign(new TypeError('inner'), { $response: { body: 'whole answer' } });
    const error = Object.assign(new Error('outer', { cause }), { code: 'token-unavailable' });
    const { event, line } = logged({ error });
    expect(event.error).toMatchObject({
      name: 'Error',
      code: 'token-unavailable',
      message: 'outer',
      stack: expect.stringContaining('console-logger.test'),
      cause: { name: 'TypeError', message: 'inner' },
    });
    expect(line).not.toContain('whole answer');
  });

  it('ends for a structure that does not', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(logged({ circle }).line).toContain('[too deep]');
  });

  it('takes no longer for a hostile text than for another of its length', () => {
    const hostile = ['eyJ-', 'eyJ', 'eyJ.', 'secret ', 'Bearer '].map((part) => part.repeat(60_000));
    expect(logged({ hostile }).count).toBe(1);
  }, 3_000);
});
