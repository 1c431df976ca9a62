import { describe, expect, test } from 'vitest';
import { GOOD_DATA, ONE_TIME, start, USER } from './support.ts';

const PATH = '/wxaapi/newtmpl';

const accept = () => ({ openid: USER, results: { [ONE_TIME.templateId]: 'accept' } }) as const;

async function startWithToken(options: Parameters<typeof start>[0] = {}) {
  const started = await start(options);
  const access_token = await started.token();
  return {
    ...started,
    read: (call: string, query: Record<string, string> = {}) =>
      started.get(`${PATH}/${call}`, { access_token, ...query }),
    write: (call: string, body: unknown) => started.post(`${PATH}/${call}`, body, { access_token }),
    form: async (call: string, text: string) => {
      const url = `${started.wechat.url}${PATH}/${call}?access_token=${access_token}`;
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams(text) });
      return (await response.json()) as Record<string, unknown>;
    },
    access_token,
  };
}

describe('the public library', () => {
  test('has the categories of the account', async () => {
    const { read } = await startWithToken();
    const { errcode, body } = await read('getcategory');
    expect([errcode, body['data']]).toEqual([0, expect.arrayContaining([{ id: 307, name: '服装/鞋/箱包' }])]);
  });

  test('has titles by category, in pages', async () => {
    const { read } = await startWithToken();
    const titles = async (query: Record<string, string>) =>
      (await read('getpubtemplatetitles', { ids: '307,616', start: '0', limit: '30', ...query })).body;
    const all = await titles({});
    expect(all).toMatchObject({ errcode: 0, count: 5 });
    expect(all['data']).toContainEqual({ tid: '403', title: '订单发货通知', type: 2, categoryId: '307' });
    expect(await titles({ start: '4', limit: '3' })).toMatchObject({
      count: 5,
      data: [{ tid: '5311', type: 3 }],
    });
    expect(await titles({ ids: '732' })).toMatchObject({ count: 1 });
  });

  test('writes the ids of titles as numbers where that is asked for', async () => {
    const { wechat, read } = await startWithToken();
    wechat.setSwitches({ titleIds: 'number' });
    const { body } = await read('getpubtemplatetitles', { ids: '307', start: '0', limit: '1' });
    expect(body['data']).toMatchObject([{ tid: 403 }]);
  });

  test.each([
    [{ ids: '' }, 200018],
    [{ ids: '307,1' }, 200019],
    [{ ids: 'x' }, 200019],
    [{ ids: '"307"' }, 200019],
    [{ start: '-1' }, 200016],
    [{ start: '' }, 200016],
    [{ limit: '31' }, 200017],
    [{ limit: '0' }, 200017],
  ])('refuses titles by %j with %i', async (query: Record<string, string>, errcode) => {
    const { read } = await startWithToken();
    const reply = await read('getpubtemplatetitles', { ids: '307', start: '0', limit: '30', ...query });
    expect(reply.errcode).toBe(errcode);
  });

  test('has the keywords of a title', async () => {
    const { read } = await startWithToken();
    const { body } = await read('getpubtemplatekeywords', { tid: '403' });
    expect(body).toMatchObject({ errcode: 0, count: 7 });
    expect(body['data']).toContainEqual({
      kid: 5,
      name: '发货时间',
      example: '2026年11月23日 15:01',
      rule: 'time',
    });
    expect((await read('getpubtemplatekeywords', { tid: '1' })).errcode).toBe(200014);
    expect((await read('getpubtemplatekeywords')).errcode).toBe(200014);
  });

  test.each(['getcategory', 'getpubtemplatetitles', 'getpubtemplatekeywords'])(
    '%s wants a token and GET',
    async (call) => {
      const { get, write } = await startWithToken();
      expect((await get(`${PATH}/${call}`)).errcode).toBe(41001);
      expect((await write(call, {})).errcode).toBe(40400);
    },
  );
});

describe('addtemplate', () => {
  const order = { tid: 403, kidList: [2, 5, 1], sceneDesc: '发货后通知' };

  test('adds a template that can be listed, subscribed to and sent', async () => {
    const { write, read, wechat, send, access_token } = await startWithToken();
    const { body } = await write('addtemplate', order);
    const id = String(body['priTmplId']);
    expect([body['errcode'], id]).toEqual([0, expect.stringMatching(/^[\w-]{43}$/)]);
    expect((await read('gettemplate')).body['data']).toContainEqual({
      priTmplId: id,
      title: '订单发货通知',
      content: '商品名称:{{thing2.DATA}}\n发货时间:{{time5.DATA}}\n订单编号:{{character_string1.DATA}}\n',
      example: '商品名称:云南高山普洱茶饼\n发货时间:2026年11月23日 15:01\n订单编号:DD202611230018\n',
      type: 2,
    });
    wechat.subscribe({ openid: USER, results: { [id]: 'accept' } });
    const data = { thing2: { value: '茶' }, time5: { value: '15:01' }, character_string1: { value: 'A1' } };
    expect((await send(access_token, { template_id: id, data })).errcode).toBe(0);
  });

  test('adds the template of a service card, which has no keywords and is neither sent nor subscribed to', async () => {
    const { write, read, send, wechat, access_token } = await startWithToken({ templates: [] });
    const { errcode, body } = await write('addtemplate', { tid: 10000001, kidList: [] });
    const id = String(body['priTmplId']);
    expect(errcode).toBe(0);
    expect((await read('gettemplate')).body['data']).toMatchObject([{ priTmplId: id, content: '' }]);
    expect((await write('addtemplate', { tid: '10000001' })).body).toMatchObject({
      errcode: 200022,
      priTmplId: id,
    });
    expect((await write('addtemplate', { tid: 10000001, kidList: [1, 2] })).errcode).toBe(200020);
    expect((await write('addtemplate', { tid: 10000099, kidList: [] })).errcode).toBe(200014);
    expect((await send(access_token, { template_id: id, data: {} })).errcode).toBe(40037);
    expect(wechat.subscribe({ openid: USER, results: { [id]: 'accept' } })).toMatchObject({ errCode: 20001 });
    expect((await write('deltemplate', { priTmplId: id })).errcode).toBe(0);
    expect((await write('deltemplate', { priTmplId: id })).errcode).toBe(20002);
  });

  test('takes a form too, in the ways that SDKs write a list', async () => {
    const { form, wechat } = await startWithToken({ templates: [] });
    for (const text of [
      'tid=403&kidList=1&kidList=2&sceneDesc=通知',
      'tid=403&kidList[]=1&kidList[]=3&sceneDesc=',
      'tid=403&kidList[0]=2&kidList[1]=3',
    ]) {
      expect(await form('addtemplate', text)).toMatchObject({ errcode: 0, priTmplId: expect.any(String) });
    }
    expect(wechat.templates().map(({ keywords }) => keywords.map(({ key }) => key))).toEqual([
      ['character_string1', 'thing2'],
      ['character_string1', 'thing3'],
      ['thing2', 'thing3'],
    ]);
  });

  test('JSON is JSON, whatever it is called', async () => {
    const { wechat, access_token } = await startWithToken();
    const response = await fetch(`${wechat.url}${PATH}/addtemplate?access_token=${access_token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: JSON.stringify({ ...order, tid: '403', kidList: ['1', '2'] }),
    });
    expect(await response.json()).toMatchObject({ errcode: 0 });
  });

  test('of the same title and keywords is 200022 with the id of the first', async () => {
    const { write, wechat } = await startWithToken();
    const first = await write('addtemplate', order);
    const again = await write('addtemplate', { ...order, kidList: [1, 2, 5], sceneDesc: '别的场景' });
    expect(again.errmsg).toMatch(/^template has added already rid: /);
    expect(again.body).toMatchObject({ errcode: 200022, priTmplId: first.body['priTmplId'] });
    expect((await write('addtemplate', { ...order, kidList: [1, 2] })).errcode).toBe(0);
    expect(wechat.templates().filter(({ title }) => title === '订单发货通知')).toHaveLength(2);
  });

  test('takes an enum, with the values it lists', async () => {
    const { write, read } = await startWithToken();
    const { body } = await write('addtemplate', { tid: 7102, kidList: [1, 2] });
    const listed = (await read('gettemplate')).body['data'];
    expect(listed).toContainEqual(
      expect.objectContaining({
        priTmplId: body['priTmplId'],
        keywordEnumValueList: [
          { keywordCode: 'enum_string2.DATA', enumValueList: ['待缴费', '已缴费', '已超时'] },
        ],
      }),
    );
  });

  test.each([
    [{ tid: 1 }, 200014],
    [{ tid: '' }, 200014],
    [{ kidList: [1] }, 200020],
    [{ kidList: [1, 2, 3, 4, 5, 6] }, 200020],
    [{ kidList: [1, 1] }, 200020],
    [{ kidList: [1, 99] }, 200020],
    [{ kidList: null }, 200020],
    [{ kidList: '1,2' }, 200020],
    [{ sceneDesc: '一二三四五六七八九十一二三四五六' }, 200021],
    [{ sceneDesc: 1 }, 200021],
  ])('refuses %j with %i', async (changes, errcode) => {
    const { write } = await startWithToken();
    expect((await write('addtemplate', { ...order, ...changes })).errcode).toBe(errcode);
  });

  test.each([
    ['', 44002],
    ['{', 47001],
    ['[]', 47001],
  ])('refuses the body %j with %i', async (body, errcode) => {
    const { write } = await startWithToken();
    expect((await write('addtemplate', body)).errcode).toBe(errcode);
  });

  test('knows a most, a ban, and what a fault says', async () => {
    const { write, wechat } = await startWithToken({ switches: { privateTemplates: 3 } });
    expect((await write('addtemplate', order)).errcode).toBe(0);
    expect((await write('addtemplate', { ...order, kidList: [1, 2] })).errcode).toBe(200012);
    wechat.setSwitches({ accountBanned: true });
    expect((await write('addtemplate', { ...order, kidList: [1, 3] })).errcode).toBe(200011);
    wechat.setSwitches({ accountBanned: false, privateTemplates: null });
    wechat.addFault({ call: 'add-template', kind: 'errcode', errcode: 200001 });
    expect((await write('addtemplate', { ...order, kidList: [1, 3] })).errcode).toBe(200001);
    expect((await write('addtemplate', { ...order, kidList: [1, 3] })).errcode).toBe(0);
    expect(wechat.received({ call: 'add-template' }).items).toHaveLength(5);
  });
});

describe('deltemplate', () => {
  test('deletes one, and sends of it draw 40037', async () => {
    const { write, form, wechat, send, access_token } = await startWithToken();
    wechat.subscribe(accept());
    expect((await write('deltemplate', { priTmplId: ONE_TIME.templateId })).errcode).toBe(0);
    expect((await send(access_token)).errcode).toBe(40037);
    expect((await write('deltemplate', { priTmplId: ONE_TIME.templateId })).errcode).toBe(20002);
    expect((await write('deltemplate', { priTmplId: '' })).errcode).toBe(20002);
    expect(await form('deltemplate', 'priTmplId=long-term')).toMatchObject({ errcode: 0 });
    expect(wechat.templates()).toEqual([]);
  });

  test('wants a token and POST', async () => {
    const { post, read } = await startWithToken();
    expect((await post(`${PATH}/deltemplate`, {})).errcode).toBe(41001);
    expect((await read('deltemplate')).errcode).toBe(40400);
  });
});

describe('an optional member that is empty or null counts as absent', () => {
  test.each(['', null])('%j in a send, as SDKs write it', async (nothing) => {
    const { wechat, send, access_token } = await startWithToken();
    wechat.subscribe(accept());
    const reply = await send(access_token, {
      page: nothing,
      miniprogram_state: nothing,
      lang: nothing,
      data: GOOD_DATA,
    });
    expect(reply.errcode).toBe(0);
  });

  test.each(['', null])('%j for force_refresh', async (nothing) => {
    const { stableToken } = await start();
    const first = await stableToken();
    expect((await stableToken({ force_refresh: nothing })).body).toMatchObject({
      access_token: first.body['access_token'],
    });
  });

  test.each(['', null])('%j for sceneDesc', async (nothing) => {
    const { write } = await startWithToken();
    const body = { tid: 403, kidList: [1, 2], sceneDesc: nothing };
    expect((await write('addtemplate', body)).errcode).toBe(0);
  });

  test('but what is given must be right', async () => {
    const { wechat, send, access_token, stableToken } = await startWithToken();
    wechat.subscribe(accept());
    expect((await send(access_token, { miniprogram_state: 'prod' })).errcode).toBe(40097);
    expect((await send(access_token, { lang: 'en' })).errcode).toBe(40097);
    expect((await stableToken({ force_refresh: 'true' })).errcode).toBe(47001);
  });
});
