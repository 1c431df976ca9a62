import { describe, expect, test } from 'vitest';
import type { Template } from '../../../local/wechat-simulator/index.ts';
import { LONG_TERM, ONE_TIME, OTHER, start, USER } from './support.ts';

const DAY_MS = 86_400_000;
const LIMITED: Template = {
  templateId: 'limited',
  title: '保单到期提醒',
  kind: 'limited',
  rate: { key: 'character_string1', every: 'month' },
  keywords: [{ key: 'character_string1', label: '保单编号', example: 'P-1' }],
};
const OF_DEVICE: Template = {
  templateId: 'device',
  title: '设备缺水提醒',
  kind: 'device',
  modelId: 'model-1',
  keywords: [{ key: 'enum_string1', label: '位置', example: '客厅', values: ['客厅'] }],
};
const DEVICE = { sn: 'SN_1', modelId: 'model-1' };

async function started(options: Parameters<typeof start>[0] = {}) {
  const base = await start({ templates: [ONE_TIME, LONG_TERM, LIMITED, OF_DEVICE], ...options });
  const access_token = await base.token();
  const { wechat, post } = base;
  return {
    ...base,
    access_token,
    policy: async (value: string, touser = USER) => {
      const data = { character_string1: { value } };
      return (await base.send(await base.token(), { touser, template_id: LIMITED.templateId, data })).errcode;
    },
    ticketFor: (device: object) => post('/wxa/getsnticket', device, { access_token }),
    /** The user allows the template for a device, with a ticket that the server has just got. */
    allow: (device = DEVICE, openid = USER) =>
      wechat.subscribeDevice({
        openid,
        results: { [OF_DEVICE.templateId]: 'accept' },
        ...device,
        snTicket: wechat.deviceTicket(device),
      }),
    sendTo: async (changes: object = {}) =>
      post(
        '/cgi-bin/message/device/subscribe/send',
        {
          to_openid_list: [USER],
          template_id: OF_DEVICE.templateId,
          ...DEVICE,
          data: { enum_string1: { value: '客厅' } },
          ...changes,
        },
        { access_token },
      ),
  };
}

describe('a frequency-limited template', () => {
  test('is listed as long-term, as a device template is', async () => {
    const { get, access_token } = await started();
    const { body } = await get('/wxaapi/newtmpl/gettemplate', { access_token });
    const types = (body['data'] as { priTmplId: string; type: number }[]).map((each) => [
      each.priTmplId,
      each.type,
    ]);
    expect(types).toEqual([
      ['one-time', 2],
      ['long-term', 3],
      ['limited', 3],
      ['device', 3],
    ]);
  });

  test('takes one message a month for each value of its required field, of each user', async () => {
    const { wechat, policy, passMs } = await started();
    for (const openid of [USER, OTHER]) wechat.subscribe({ openid, results: { limited: 'accept' } });
    expect([await policy('P-1'), await policy('P-2'), await policy('P-1', OTHER)]).toEqual([0, 0, 0]);
    expect([await policy('P-1'), await policy('P-2')]).toEqual([999_999, 999_999]);
    passMs(31 * DAY_MS);
    expect(await policy('P-1')).toBe(0);
    expect(wechat.ledger({ openid: USER, templateId: 'limited' })).toMatchObject([
      { subscribed: true, spent: 3 },
    ]);
  });

  test('may have another rate, and another errcode over it', async () => {
    const rate = { key: 'character_string1', every: 'day', times: 2 } as const;
    const { wechat, policy, passMs } = await started({
      templates: [{ ...LIMITED, rate }],
      switches: { overRateErrcode: 43_999 },
    });
    wechat.subscribe({ openid: USER, results: { limited: 'accept' } });
    expect([await policy('P-1'), await policy('P-1'), await policy('P-1')]).toEqual([0, 0, 43_999]);
    // It was noon in Beijing.
    passMs(DAY_MS / 2);
    expect(await policy('P-1')).toBe(0);
  });

  test('needs a subscription before anything else, and a refused message counts for no rate', async () => {
    const { wechat, policy } = await started();
    expect(await policy('P-1')).toBe(43101);
    wechat.subscribe({ openid: USER, results: { limited: 'accept' } });
    expect([await policy(''), await policy('P-1')]).toEqual([47003, 0]);
  });

  test('shares a popup with long-term ones, never with one-time ones', async () => {
    const { wechat } = await started();
    const ask = (...ids: string[]) =>
      wechat.subscribe({ openid: USER, results: Object.fromEntries(ids.map((id) => [id, 'accept'])) });
    expect(ask('limited', 'long-term')).toMatchObject({ limited: 'accept', 'long-term': 'accept' });
    expect(ask('limited', 'one-time')).toMatchObject({ errCode: 20002 });
  });

  test('must name its required field', async () => {
    const { control } = await started();
    const { rate: _, ...without } = LIMITED;
    expect((await control('POST', '/templates', { templates: [without] })).status).toBe(400);
    const other = { ...LIMITED, rate: { key: 'thing9', every: 'day' } };
    expect((await control('POST', '/templates', { templates: [other] })).status).toBe(400);
  });
});

describe('a device template', () => {
  test('is asked for with a ticket of the device, and then sent any number of times', async () => {
    const { wechat, ticketFor, sendTo } = await started();
    const { body } = await ticketFor({ sn: DEVICE.sn, model_id: DEVICE.modelId });
    const answer = wechat.subscribeDevice({
      openid: USER,
      results: { device: 'accept' },
      ...DEVICE,
      snTicket: String(body['sn_ticket']),
    });
    expect(answer).toEqual({ errMsg: 'requestSubscribeDeviceMessage:ok', device: 'accept' });
    expect([(await sendTo()).errcode, (await sendTo()).errcode]).toEqual([0, 0]);
    expect(wechat.received({ call: 'device-send', openid: USER }).items).toMatchObject([
      { device: DEVICE, accepted: true },
      { device: DEVICE, accepted: true },
    ]);
  });

  test.each([
    [{ sn: 'x'.repeat(129), model_id: 'model-1' }, 9800001],
    [{ sn: 'SN 1', model_id: 'model-1' }, 9800002],
    [{ sn: 'SN_1', model_id: 'model-9' }, 9800003],
    [{ sn: 'SN_1' }, 47001],
  ])('has no ticket for %j: %i', async (device, errcode) => {
    const { ticketFor } = await started();
    expect((await ticketFor(device)).errcode).toBe(errcode);
  });

  test('is not asked for with a ticket of another device, a made-up one, or one over five minutes old', async () => {
    const { wechat, passMs } = await started();
    const snTicket = wechat.deviceTicket(DEVICE);
    const ask = (changes: object = {}) =>
      wechat.subscribeDevice({
        openid: USER,
        results: { device: 'accept' },
        ...DEVICE,
        snTicket,
        ...changes,
      });
    expect(ask({ snTicket: 'made-up' })).toMatchObject({ errCode: 19720726 });
    expect(ask({ sn: 'SN_2' })).toMatchObject({ errCode: 19720726 });
    passMs(299_999);
    expect(ask()).toMatchObject({ device: 'accept' });
    passMs(1);
    expect(ask()).toEqual({
      errMsg: 'requestSubscribeDeviceMessage:fail sn_ticket expire',
      errCode: 19720727,
    });
  });

  test.each([
    [{ results: {} }, 10001],
    [{ results: { a: 'accept', b: 'accept', c: 'accept', device: 'accept' } }, 20003],
    [{ results: { nowhere: 'accept' } }, 19720728],
    [{ results: { 'long-term': 'accept' } }, 19720736],
    [{ modelId: 'model-9' }, 19720736],
  ] as const)('is not asked for with %j: %i', async (changes, errCode) => {
    const { wechat } = await started();
    const snTicket = wechat.deviceTicket(DEVICE);
    const taps = { openid: USER, results: { device: 'accept' as const }, ...DEVICE, snTicket };
    expect(wechat.subscribeDevice({ ...taps, ...changes })).toMatchObject({ errCode });
  });

  test('has a call and a popup of its own', async () => {
    const { wechat, send, sendTo, access_token, allow } = await started();
    expect(wechat.subscribe({ openid: USER, results: { device: 'accept' } })).toMatchObject({
      errCode: 20013,
    });
    allow();
    expect((await send(access_token, { template_id: 'device' })).errcode).toBe(40037);
    expect((await sendTo({ template_id: 'long-term' })).errcode).toBe(40037);
  });

  test.each([
    [{ to_openid_list: [] }, 40032],
    [{ to_openid_list: USER }, 40032],
    [{ to_openid_list: ['oNobody'] }, 40003],
    [{ sn: undefined }, 47001],
    [{ modelId: undefined, model_id: 'model-1' }, 47001],
    [{ sn: 'SN_2' }, 9800006],
    [{ modelId: 'model-2' }, 9800006],
    [{ to_openid_list: [OTHER] }, 43101],
    [{ data: { enum_string1: { value: '厨房' } } }, 47003],
  ])('refuses a send with %j: %i', async (changes, errcode) => {
    const { sendTo, allow } = await started();
    allow();
    expect((await sendTo(changes)).errcode).toBe(errcode);
  });

  test('is off for every device once it is turned off', async () => {
    const { wechat, sendTo, allow } = await started();
    allow();
    allow({ ...DEVICE, sn: 'SN_2' });
    expect((await sendTo({ sn: 'SN_2' })).errcode).toBe(0);
    wechat.changeSettings({ openid: USER, templateOff: ['device'] });
    expect([(await sendTo()).errcode, (await sendTo({ sn: 'SN_2' })).errcode]).toEqual([43101, 43101]);
  });
});
