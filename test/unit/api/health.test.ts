import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../handlers/health.ts';
import { oneApp } from '../../support/api-credentials.ts';
import { call, type HttpRequestParts } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

function setUp(readTable: () => Promise<unknown>) {
  const logs = keptLogs();
  const handler = createHandler({ apps: oneApp({ readTable, logger: logs.logger }), logger: logs.logger });
  const ask = (parts: HttpRequestParts = {}, remainingMs?: () => number) =>
    call(handler, { path: '/v1/health', requestId: 'req-1', ...parts }, remainingMs);
  return { logs, ask };
}

describe('GET /v1/health', () => {
  it('is ok for anyone when the table can be read', async () => {
    const reply = await setUp(async () => undefined).ask();
    expect([reply.status, reply.body]).toEqual([200, { status: 'ok' }]);
  });

  it('is 503 when it cannot, with the reason in the log alone', async () => {
    const { ask, logs } = setUp(() => Promise.reject(new Error('no such table: qingniao-dev')));
    const reply = await ask();
    expect([reply.status, reply.body.code]).toEqual([503, 'table-unreachable']);
    expect(reply.text).not.toContain('qingniao-dev');
    expect(logs.text()).toContain('no such table: qingniao-dev');
    expect(JSON.parse(logs.lines[0] ?? '')).toMatchObject({ level: 'ERROR', requestId: 'req-1' });
  });

  it('is 503 table-unreachable before the time is over when the table stays silent', async () => {
    const { ask, logs } = setUp(() => new Promise(() => undefined));
    const reply = await ask({}, () => 1_010);
    expect([reply.status, reply.body.code]).toEqual([503, 'table-unreachable']);
    expect(logs.text()).toContain('does not answer');
  });
});

describe('what no route has', () => {
  it.each(['/', '/v1', '/v1/health/', '/v2/messages', '/v1/messages/a/b'])(
    'is 404 with a request id: %s',
    async (path) => {
      const reply = await setUp(async () => undefined).ask({ path });
      expect([reply.status, reply.body.code, reply.headers['x-request-id']]).toEqual([
        404,
        'not-found',
        'req-1',
      ]);
    },
  );

  it.each([
    ['POST', '/v1/health', 'GET'],
    ['DELETE', '/v1/sessions', 'POST'],
    ['PUT', '/v1/grants', 'POST, GET'],
    ['PATCH', '/v1/messages/abc', 'GET, DELETE'],
    ['OPTIONS', '/v1/messages', 'POST, GET'],
  ])('is 405 for %s %s, and says what there is: %s', async (method, path, allow) => {
    const reply = await setUp(async () => undefined).ask({ method, path });
    expect([reply.status, reply.body.code, reply.headers['allow']]).toEqual([
      405,
      'method-not-allowed',
      allow,
    ]);
  });
});
