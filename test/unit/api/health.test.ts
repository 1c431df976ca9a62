import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../handlers/health.ts';
import { call } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

function setUp(readTable: () => Promise<unknown>) {
  const logs = keptLogs();
  const handler = createHandler({ readTable, logger: logs.logger });
  return { logs, ask: () => call(handler, { path: '/v1/health', requestId: 'req-1' }) };
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
});
