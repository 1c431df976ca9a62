import { expect, test } from 'vitest';
import { LONG_TERM, ONE_TIME, start } from './support.ts';

const SEND_PATH = '/cgi-bin/message/subscribe/send';

test('gettemplate lists templates in WeChat shape', async () => {
  const { get, token } = await start();
  const reply = await get('/wxaapi/newtmpl/gettemplate', { access_token: await token() });
  expect(reply).toMatchObject({
    status: 200,
    type: 'application/json; encoding=utf-8',
    errcode: 0,
    errmsg: 'ok',
  });
  expect(reply.body['data']).toEqual([
    {
      priTmplId: ONE_TIME.templateId,
      title: '预约提醒',
      content:
        '项目:{{thing3.DATA}}\n时间:{{time1.DATA}}\n编号:{{character_string13.DATA}}\n状态:{{enum_string2.DATA}}\n',
      example: '项目:口腔洁治\n时间:15:01\n编号:A-1\n状态:待缴费\n',
      type: 2,
      keywordEnumValueList: [{ keywordCode: 'enum_string2.DATA', enumValueList: ['待缴费', '已缴费'] }],
    },
    {
      priTmplId: LONG_TERM.templateId,
      title: '复诊提醒',
      content: '科室:{{thing1.DATA}}\n',
      example: '科室:内科\n',
      type: 3,
    },
  ]);
});

test('gettemplate has a verb and a quota of its own', async () => {
  const { get, post, token } = await start({ switches: { templateListsPerDay: 1 } });
  const access_token = await token();
  expect((await post('/wxaapi/newtmpl/gettemplate', {}, { access_token })).errcode).toBe(40400);
  await get('/wxaapi/newtmpl/gettemplate', { access_token });
  expect((await get('/wxaapi/newtmpl/gettemplate', { access_token })).errcode).toBe(45009);
});

test('the quota call counts sends, refused ones too, and clear_quota resets 10 times a month', async () => {
  const { wechat, post, send, token, passMs } = await start({
    switches: { sendsPerDay: 3, sendsPerMinute: 100 },
  });
  const access_token = await token();
  const quota = () => post('/cgi-bin/openapi/quota/get', { cgi_path: SEND_PATH }, { access_token });
  const clear = () => post('/cgi-bin/clear_quota', { appid: wechat.appId }, { access_token });
  await send(access_token);
  await send(access_token);
  expect((await quota()).body).toMatchObject({
    errcode: 0,
    quota: { daily_limit: 3, used: 2, remain: 1 },
    rate_limit: { call_count: 100, refresh_second: 60 },
  });
  for (let i = 0; i < 10; i++) expect((await clear()).errcode).toBe(0);
  expect((await quota()).body).toMatchObject({ quota: { used: 0, remain: 3 } });
  expect((await clear()).errcode).toBe(48006);
  passMs(31 * 86_400_000);
  const later = await token();
  expect((await post('/cgi-bin/clear_quota', { appid: wechat.appId }, { access_token: later })).errcode).toBe(
    0,
  );
});

test('quota calls refuse unknown paths, foreign appids and bad bodies', async () => {
  const { get, post, token } = await start();
  const access_token = await token();
  const quota = (body: unknown) => post('/cgi-bin/openapi/quota/get', body, { access_token });
  expect((await quota({ cgi_path: '/sns/jscode2session' })).errcode).toBe(76021);
  expect((await quota({ cgi_path: 'toString' })).errcode).toBe(76021);
  expect((await quota('')).errcode).toBe(44002);
  expect((await quota('[')).errcode).toBe(47001);
  expect((await get('/cgi-bin/openapi/quota/get', { access_token })).errcode).toBe(43002);
  expect((await post('/cgi-bin/clear_quota', { appid: 'wxother' }, { access_token })).errcode).toBe(40013);
  expect((await post('/cgi-bin/clear_quota', {}, {})).errcode).toBe(41001);
});

test('an unknown path is HTTP 200 with an errcode', async () => {
  const { get, wechat } = await start();
  expect(await get('/cgi-bin/unknown')).toMatchObject({
    status: 200,
    type: 'application/json; encoding=utf-8',
    errcode: 40066,
  });
  expect(wechat.received({ call: 'unknown' }).items).toMatchObject([
    { path: '/cgi-bin/unknown', errcode: 40066 },
  ]);
});

test('a body beyond 1 MiB is refused by the gateway', async () => {
  const { wechat } = await start();
  const response = await fetch(`${wechat.url}${SEND_PATH}`, { method: 'POST', body: 'x'.repeat(1_048_577) });
  expect(response.status).toBe(413);
});
