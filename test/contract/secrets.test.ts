import { expect, test } from 'vitest';
import { createConsoleLogger } from '../../lib/runtime/console-logger.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { PRICE_DROP, startService } from './running-service.ts';

const lines: string[] = [];
const { stack, wechat, call, operator, logIn, allow, ended } = await startService({
  logger: createConsoleLogger({ write: (line) => lines.push(line) }),
  settings: { USER_SENDABLE_TEMPLATES: '*' },
});

/** A simulated access token: some digits, an underscore and about 150 characters. */
const ACCESS_TOKEN = /\d+_[\w-]{60,}/;

test('no secret, token or session_key is in any log line, error or answer of a run full of trouble', async () => {
  const answers: string[] = [];
  const keep = async (reply: Promise<{ body: unknown }>) =>
    void answers.push(JSON.stringify((await reply).body));
  const { openid, session } = await logIn();
  await allow(wechat, openid, PRICE_DROP.templateId, 8);
  const order = { to: openid, ...PRICE_DROP };

  // Logins that fail in each way.
  await keep(call('POST', '/v1/sessions', { body: { code: 'wrong-code' } }));
  for (const errcode of [40125, 40164, 45011, -1]) {
    wechat.addFault({ call: 'login', kind: 'errcode', errcode });
    await keep(call('POST', '/v1/sessions', { body: { code: wechat.login(openid) } }));
  }
  wechat.addFault({ call: 'login', kind: 'half-json', afterAccept: true });
  await keep(call('POST', '/v1/sessions', { body: { code: wechat.login(openid) } }));

  // Sends that fail in each way, one after the other.
  for (const fault of [
    { kind: 'errcode', errcode: 40001 },
    { kind: 'errcode', errcode: 47003 },
    { kind: 'half-json' },
    { kind: 'http-502' },
    { kind: 'reset' },
  ] as const) {
    wechat.addFault({ call: 'send', ...fault });
    const { body } = await operator('POST', '/v1/messages', order);
    answers.push(JSON.stringify(await ended(body.id)));
  }

  // Callers who show what they should not, where they should not.
  await keep(call('GET', `/v1/messages?openid=${session}`, { token: session }));
  await keep(call('POST', '/v1/messages', { token: `${session}x`, body: order }));
  await keep(call('POST', '/v1/messages', { token: session, body: '{"broken' }));
  await keep(call('GET', '/v1/access-token', { token: DEV_API_KEY }));
  await keep(operator('GET', `/v1/grants?openid=${openid}`));

  // What an access token looks like, so that looking for one can find one.
  const query = new URLSearchParams({
    grant_type: 'client_credential',
    appid: wechat.appId,
    secret: wechat.appSecret,
  });
  expect(await (await fetch(`${wechat.url}/cgi-bin/token?${query}`)).text()).toMatch(ACCESS_TOKEN);

  const log = lines.join('');
  const spoken = answers.join('\n');
  expect(lines.length).toBeGreaterThan(5);
  expect(answers.length).toBeGreaterThan(12);
  for (const secret of [wechat.appSecret, stack.env['SESSION_SECRET'] ?? '', session, DEV_API_KEY]) {
    expect(secret.length).toBeGreaterThan(6);
    expect(log).not.toContain(secret);
    expect(spoken).not.toContain(secret);
  }
  for (const text of [log, spoken]) {
    expect(text).not.toMatch(ACCESS_TOKEN);
    expect(text).not.toMatch(/session_key/i);
  }
}, 60_000);
