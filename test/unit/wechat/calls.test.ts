import { describe, expect, test } from 'vitest';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../lib/http/http-client.ts';
import type { OutgoingMessage } from '../../../lib/sends/send-port.ts';
import { code2Session } from '../../../lib/wechat/code-2-session.ts';
import { fetchAccessToken } from '../../../lib/wechat/fetch-access-token.ts';
import { WeChatError } from '../../../lib/wechat/read-answer.ts';
import { sendSubscribeMessage } from '../../../lib/wechat/send-subscribe-message.ts';
import { getPublicKeywords, getPublicTitles, getTemplates } from '../../../lib/wechat/template-calls.ts';

const CREDENTIALS = { appId: 'wx1', appSecret: 'THE-SECRET' };
const MESSAGE: OutgoingMessage = {
  openid: 'o1',
  templateId: 't1',
  data: { thing1: '茶' },
  miniprogramState: 'formal',
  lang: 'zh_CN',
};

/** An HTTP client that answers the same thing always and remembers what it was asked. */
function line(answer: HttpAnswer | string): HttpClient & { asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  return {
    asked,
    async request(request) {
      asked.push(request);
      return typeof answer === 'string' ? { type: 'answered', status: 200, text: answer } : answer;
    },
    close: async () => undefined,
  };
}

async function failure(call: Promise<unknown>): Promise<WeChatError> {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof WeChatError)) throw new Error(`no WeChatError but ${error}`);
  return error;
}

describe('subscribeMessage.send', () => {
  test('sends state and language always, data as objects, and a page without a slash in front', async () => {
    const http = line('{"errcode":0,"errmsg":"ok"}');
    await sendSubscribeMessage(http, 'TOKEN', { ...MESSAGE, page: '/pages/index?a=1' });
    expect(http.asked[0]).toMatchObject({ method: 'POST', query: { access_token: 'TOKEN' } });
    expect(JSON.parse(http.asked[0]?.body ?? '')).toEqual({
      touser: 'o1',
      template_id: 't1',
      page: 'pages/index?a=1',
      miniprogram_state: 'formal',
      lang: 'zh_CN',
      data: { thing1: { value: '茶' } },
    });
  });

  test('of a message about a device goes to the call for devices, with the serial number and the model', async () => {
    const http = line('{"errcode":0,"errmsg":"ok"}');
    await sendSubscribeMessage(http, 'TOKEN', { ...MESSAGE, device: { sn: 'SN-1', modelId: 'M_1' } });
    expect(http.asked[0]).toMatchObject({ method: 'POST', path: '/cgi-bin/message/device/subscribe/send' });
    expect(JSON.parse(http.asked[0]?.body ?? '')).toEqual({
      to_openid_list: ['o1'],
      sn: 'SN-1',
      modelId: 'M_1',
      template_id: 't1',
      miniprogram_state: 'formal',
      lang: 'zh_CN',
      data: { thing1: { value: '茶' } },
    });
  });

  test('takes msgid as text, because it is above 2^53', async () => {
    const answer = await sendSubscribeMessage(
      line('{"errcode":0,"errmsg":"ok","msgid":3248682510344192008}'),
      'T',
      MESSAGE,
    );
    expect(answer).toEqual({ type: 'answered', errcode: 0, errmsg: 'ok', msgid: '3248682510344192008' });
  });

  test.each([
    ['user refuse to accept the msg rid: 69b2c72e-1223c316-5aaab7f9', '69b2c72e-1223c316-5aaab7f9'],
    ['invalid code, rid: 62308e5d-0b0b697e-1db652eb', '62308e5d-0b0b697e-1db652eb'],
    ['user refuse to accept the msg hint: [yXWaVA08193936]', undefined],
  ])('reads the rid out of "%s"', async (errmsg, rid) => {
    const answer = await sendSubscribeMessage(line(JSON.stringify({ errcode: 43101, errmsg })), 'T', MESSAGE);
    expect(answer).toEqual({ type: 'answered', errcode: 43101, errmsg, ...(rid && { rid }) });
  });

  test('takes a rid field of its own', async () => {
    const answer = await sendSubscribeMessage(
      line('{"errcode":200022,"errmsg":"x","rid":"1-2-3"}'),
      'T',
      MESSAGE,
    );
    expect(answer).toMatchObject({ rid: '1-2-3' });
  });

  test.each<[string, HttpAnswer]>([
    ['an HTML page of a gateway', { type: 'answered', status: 502, text: '<html>Bad Gateway' }],
    ['JSON of a gateway with HTTP 500', { type: 'answered', status: 500, text: '{"code":500,"msg":"x"}' }],
    ['words without an errcode', { type: 'answered', status: 200, text: '{"errmsg":"ok"}' }],
    ['an errcode of null', { type: 'answered', status: 200, text: '{"errcode":null,"errmsg":"ok"}' }],
    ['an errcode with a fraction', { type: 'answered', status: 200, text: '{"errcode":43101.5}' }],
    ['a page that quotes an errcode', { type: 'answered', status: 200, text: '<p>{"errcode":43101}</p>' }],
    ['an errcode that is cut off', { type: 'answered', status: 200, text: '{"errcode":4310' }],
    ['half a JSON text', { type: 'answered', status: 200, text: '{"errcode":0,"err' }],
    ['JSON without errcode', { type: 'answered', status: 200, text: '{}' }],
    ['JSON that is no object', { type: 'answered', status: 200, text: 'null' }],
    ['an empty body', { type: 'answered', status: 200, text: '' }],
    ['an errcode that is no number', { type: 'answered', status: 200, text: '{"errcode":{}}' }],
    ['no answer', { type: 'no-answer', reason: 'ECONNRESET' }],
  ])('%s is no answer: it may have been taken', async (_name, http) => {
    expect((await sendSubscribeMessage(line(http), 'T', MESSAGE)).type).toBe('no-answer');
  });

  test('an HTTP 4xx without JSON was turned away before WeChat saw it', async () => {
    const http = line({ type: 'answered', status: 413, text: '<html>' });
    expect((await sendSubscribeMessage(http, 'T', MESSAGE)).type).toBe('turned-away');
  });

  test.each([200, 302, 400, 412, 500, 502, 504])(
    'a readable errcode is a refusal, HTTP %i or not',
    async (status) => {
      const http = line({ type: 'answered', status, text: '{"errcode":48004,"errmsg":"api forbidden"}' });
      expect(await sendSubscribeMessage(http, 'T', MESSAGE)).toEqual({
        type: 'answered',
        errcode: 48004,
        errmsg: 'api forbidden',
      });
    },
  );

  test.each([
    ['as text', '{"errcode":"48004","errmsg":"no"}', 48004, 'no'],
    ['as text with spaces', '{"errcode":" 48004 ","errmsg":"no"}', 48004, 'no'],
    ['as a float', '{"errcode":48004.0,"errmsg":"no"}', 48004, 'no'],
    ['as a float in text', '{"errcode":"48004.0","errmsg":"no"}', 48004, 'no'],
    ['below zero', '{"errcode":"-501001","errmsg":"no"}', -501001, 'no'],
    ['without words', '{"errcode":48004}', 48004, ''],
    ['with words of null', '{"errcode":48004,"errmsg":null,"rid":null}', 48004, ''],
    ['with words that are an object', '{"errcode":48004,"errmsg":{"en":"no"},"rid":7}', 48004, ''],
    ['with a byte-order mark', '\uFEFF{"errcode":48004,"errmsg":"no"}', 48004, 'no'],
    ['with a line break inside the words', '{"errcode":48004,"errmsg":"no\nway"}', 48004, 'no way'],
    ['0 with odd words', '{"errcode":0,"errmsg":"system error"}', 0, 'system error'],
  ])('an errcode %s is readable', async (_form, text, errcode, errmsg) => {
    expect(await sendSubscribeMessage(line(text), 'T', MESSAGE)).toEqual({
      type: 'answered',
      errcode,
      errmsg,
    });
  });

  test('makes one request, whatever happens', async () => {
    const http = line({ type: 'no-answer', reason: 'x' });
    await sendSubscribeMessage(http, 'T', MESSAGE);
    expect(http.asked).toHaveLength(1);
  });
});

describe('code2Session', () => {
  test('gives openid and unionid, and drops the session_key', async () => {
    const http = line('{"openid":"o1","session_key":"KEY","unionid":"u1"}');
    expect(await code2Session(http, CREDENTIALS, 'code')).toEqual({ openid: 'o1', unionid: 'u1' });
  });

  test('an answer with errcode 0 and the fields is a success too', async () => {
    expect(
      await code2Session(line('{"errcode":0,"openid":"o1","session_key":"K"}'), CREDENTIALS, 'c'),
    ).toEqual({ openid: 'o1' });
  });

  test('an answer without openid is not understood', async () => {
    expect((await failure(code2Session(line('{"session_key":"KEY"}'), CREDENTIALS, 'c'))).code).toBe(
      'wechat-unreadable',
    );
  });

  test('a refusal carries errcode, errmsg and rid', async () => {
    const error = await failure(
      code2Session(line('{"errcode":40163,"errmsg":"code been used, rid: 1a-2b-3c"}'), CREDENTIALS, 'c'),
    );
    expect(error).toMatchObject({
      code: 'wechat-refused',
      errcode: 40163,
      rid: '1a-2b-3c',
      call: 'jscode2session',
    });
  });
});

describe('the access token', () => {
  test('stable_token is asked by POST, force_refresh told', async () => {
    const http = line('{"access_token":"T","expires_in":7200}');
    const token = await fetchAccessToken(http, CREDENTIALS, { mode: 'stable', forceRefresh: true });
    expect(token).toEqual({ accessToken: 'T', expiresInSeconds: 7200 });
    expect(http.asked[0]).toMatchObject({ method: 'POST', path: '/cgi-bin/stable_token' });
    expect(http.asked[0]?.body).toContain('"force_refresh":true');
  });

  test('the plain token is asked by GET', async () => {
    const http = line('{"access_token":"T","expires_in":7200}');
    await fetchAccessToken(http, CREDENTIALS, { mode: 'plain', forceRefresh: false });
    expect(http.asked[0]).toMatchObject({ method: 'GET', path: '/cgi-bin/token' });
  });
});

describe('gettemplate', () => {
  test.each(['{}', '{"errcode":0,"errmsg":"ok"}', '{"data":{}}'])(
    '%s is not an account without templates',
    async (text) => {
      expect((await failure(getTemplates(line(text), 'T'))).code).toBe('wechat-unreadable');
    },
  );

  test('an account may have none', async () => {
    expect(await getTemplates(line('{"errcode":0,"errmsg":"ok","data":[]}'), 'T')).toEqual([]);
  });

  test('an entry without all that pages describe costs no other', async () => {
    const data = [{ priTmplId: 'card', title: null, keywordEnumValueList: null }, { priTmplId: 'bare' }];
    const read = await getTemplates(line(JSON.stringify({ errcode: 0, errmsg: 'ok', data })), 'T');
    const rest = { title: '', content: '', example: '', type: '', enumValues: {} };
    expect(read).toEqual([
      { templateId: 'card', ...rest },
      { templateId: 'bare', ...rest },
    ]);
  });

  test('so it is in the lists of the library', async () => {
    const listed = (data: object[]) => line(JSON.stringify({ errcode: 0, count: 1, data }));
    expect(
      await getPublicTitles(listed([{ tid: 10000001, type: null }]), 'T', { categoryIds: ['1'], start: 0 }),
    ).toEqual({ count: 1, titles: [{ tid: '10000001', title: '', type: '', categoryId: '' }] });
    expect(await getPublicKeywords(listed([{ kid: 1, rule: null }]), 'T', '403')).toEqual([
      { keywordId: 1, name: '', example: '', rule: '' },
    ]);
  });

  test('takes type as number or text, and enum values by key', async () => {
    const data = [
      {
        priTmplId: 't',
        title: '停车',
        content: '状态:{{enum_string2.DATA}}\n',
        example: '状态:待缴费\n',
        type: '2',
        keywordEnumValueList: [{ keywordCode: 'enum_string2.DATA', enumValueList: ['待缴费'] }],
      },
    ];
    expect(await getTemplates(line(JSON.stringify({ errcode: 0, errmsg: 'ok', data })), 'T')).toEqual([
      {
        templateId: 't',
        title: '停车',
        content: '状态:{{enum_string2.DATA}}\n',
        example: '状态:待缴费\n',
        type: '2',
        enumValues: { 'enum_string2.DATA': ['待缴费'] },
      },
    ]);
  });
});

test('no error of any call names a secret', async () => {
  const answers: HttpAnswer[] = [
    { type: 'not-sent', reason: 'ECONNREFUSED' },
    { type: 'no-answer', reason: 'ECONNRESET' },
    { type: 'answered', status: 500, text: 'appsecret THE-SECRET token TOKEN' },
    { type: 'answered', status: 200, text: '{"errcode":40125,"errmsg":"invalid appsecret"}' },
  ];
  for (const answer of answers) {
    const errors = await Promise.all([
      failure(code2Session(line(answer), CREDENTIALS, 'CODE')),
      failure(fetchAccessToken(line(answer), CREDENTIALS, { mode: 'plain', forceRefresh: false })),
      failure(getTemplates(line(answer), 'TOKEN')),
    ]);
    for (const error of errors)
      expect(`${error.message} ${error.stack}`).not.toMatch(/THE-SECRET|TOKEN|CODE/);
  }
});
