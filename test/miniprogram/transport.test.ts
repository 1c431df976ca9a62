import { expect, test } from 'vitest';
import type { WxRequestOptions } from '../../miniprogram/src/index.ts';
import { ownBackend, ownDomain } from './built.ts';

function scripted(answer: (options: WxRequestOptions) => void) {
  const sent: WxRequestOptions[] = [];
  const wx = {
    request: (options: WxRequestOptions) => {
      sent.push(options);
      answer(options);
    },
  };
  return { sent, transport: ownDomain({ wx, baseUrl: 'https://api.example.com' }) };
}

test('the own domain is asked by wx.request, with the session and the key', async () => {
  const { sent, transport } = scripted(({ success }) => success({ statusCode: 202, data: { id: 'm1' } }));
  const request = {
    method: 'POST',
    path: '/v1/messages',
    body: { to: 'o' },
    token: 't',
    idempotencyKey: 'k',
  } as const;
  await expect(transport.send(request)).resolves.toEqual({ status: 202, body: { id: 'm1' } });
  expect(transport.sessions).toBe(true);
  expect(sent).toMatchObject([
    {
      url: 'https://api.example.com/v1/messages',
      method: 'POST',
      data: { to: 'o' },
      header: { authorization: 'Bearer t', 'idempotency-key': 'k' },
      timeout: 10_000,
    },
  ]);
});

test('one of several mini programs says in each request which it is', async () => {
  const sent: WxRequestOptions[] = [];
  const wx = { request: (options: WxRequestOptions) => void sent.push(options) };
  void ownDomain({ wx, baseUrl: '', appId: 'wx2' }).send({ method: 'POST', path: '/v1/sessions' });
  void ownDomain({ wx, baseUrl: '' }).send({ method: 'POST', path: '/v1/sessions' });
  expect(sent.map(({ header }) => header)).toEqual([{ 'x-wechat-appid': 'wx2' }, {}]);
});

test('a refusal is an answer, a lost connection is none', async () => {
  const refused = scripted(({ success }) => success({ statusCode: 409, data: { code: 'no-grant' } }));
  await expect(refused.transport.send({ method: 'GET', path: '/' })).resolves.toMatchObject({ status: 409 });
  const lost = scripted(({ fail }) => fail({ errMsg: 'request:fail timeout' }));
  await expect(lost.transport.send({ method: 'GET', path: '/' })).rejects.toEqual({
    errMsg: 'request:fail timeout',
  });
});

test('an own backend is handed the request as it is', async () => {
  const request = { method: 'GET', path: '/v1/grants?templateId=a' } as const;
  const transport = ownBackend(async (given) => ({ status: 200, body: given }));
  expect(transport.sessions).toBe(false);
  await expect(transport.send(request)).resolves.toEqual({ status: 200, body: request });
});
