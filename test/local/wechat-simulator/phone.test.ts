import { expect, test } from 'vitest';
import type { PopupStatus } from '../../../local/wechat-simulator/index.ts';
import { LONG_TERM, ONE_TIME, start, USER } from './support.ts';

const OK = 'requestSubscribeMessage:ok';
const ID = ONE_TIME.templateId;
const tap = (status: PopupStatus, more: { always?: boolean } = {}) => ({
  openid: USER,
  results: { [ID]: status },
  ...more,
});

test.each(['accept', 'acceptWithAlert', 'acceptWithAudio', 'acceptWithForcePush'] as const)(
  '%s adds one grant',
  async (status) => {
    const { wechat } = await start();
    expect(wechat.subscribe(tap(status))).toEqual({ errMsg: OK, [ID]: status });
    expect(wechat.ledger()).toMatchObject([{ granted: 1, left: 1 }]);
  },
);

test('reject, ban and filter add none and take none away', async () => {
  const { wechat } = await start();
  wechat.subscribe(tap('accept'));
  for (const status of ['reject', 'ban', 'filter'] as const) {
    expect(wechat.subscribe(tap(status))).toEqual({ errMsg: OK, [ID]: status });
  }
  expect(wechat.ledger()).toMatchObject([{ granted: 1, left: 1 }]);
});

test('a kept accept answers without a tap and adds a grant each time', async () => {
  const { wechat } = await start();
  wechat.subscribe(tap('accept', { always: true }));
  expect(wechat.subscribe(tap('reject'))).toEqual({ errMsg: OK, [ID]: 'accept' });
  expect(wechat.ledger()).toMatchObject([{ granted: 2, left: 2 }]);
  expect(wechat.settings(USER)).toEqual({ mainSwitch: true, itemSettings: { [ID]: 'accept' } });
});

test('a kept reject answers silently until the user changes it', async () => {
  const { wechat } = await start();
  wechat.subscribe(tap('reject', { always: true }));
  expect(wechat.subscribe(tap('accept'))).toEqual({ errMsg: OK, [ID]: 'reject' });
  expect(wechat.ledger()).toEqual([]);
  wechat.changeSettings({ openid: USER, askAgain: [ID] });
  expect(wechat.settings(USER)).toEqual({ mainSwitch: true });
  expect(wechat.subscribe(tap('accept'))).toEqual({ errMsg: OK, [ID]: 'accept' });
});

test('a template turned off refuses sends, and by default its grants are gone when it is on again', async () => {
  const { wechat, send, token } = await start();
  const access_token = await token();
  wechat.subscribe(tap('accept'));
  wechat.changeSettings({ openid: USER, templateOff: [ID] });
  expect((await send(access_token)).errcode).toBe(43101);
  wechat.changeSettings({ openid: USER, templateOn: [ID] });
  expect((await send(access_token)).errcode).toBe(43101);
  wechat.subscribe(tap('accept'));
  expect((await send(access_token)).errcode).toBe(0);
});

test('grants can be told to survive a template being off', async () => {
  const { wechat, send, token } = await start({ switches: { grantsSurviveOff: true } });
  const access_token = await token();
  wechat.subscribe(tap('accept'));
  wechat.changeSettings({ openid: USER, templateOff: [ID] });
  expect((await send(access_token)).errcode).toBe(43101);
  wechat.changeSettings({ openid: USER, templateOn: [ID] });
  expect((await send(access_token)).errcode).toBe(0);
});

test('the main switch off refuses sends and fails the popup', async () => {
  const { wechat, send, token } = await start();
  const access_token = await token();
  wechat.subscribe(tap('accept'));
  wechat.changeSettings({ openid: USER, mainSwitch: false });
  expect((await send(access_token)).errcode).toBe(43101);
  expect(wechat.subscribe(tap('accept'))).toEqual({
    errMsg: 'requestSubscribeMessage:fail The main switch is switched off',
    errCode: 20004,
  });
  wechat.changeSettings({ openid: USER, mainSwitch: true });
  expect((await send(access_token)).errcode).toBe(0);
});

test('a banned template answers ban, a second of the same title filter', async () => {
  const { wechat } = await start();
  wechat.addTemplates([
    { ...ONE_TIME, templateId: 'twin' },
    { ...ONE_TIME, templateId: 'banned', title: '别的', banned: true },
  ]);
  const results = { [ID]: 'accept', twin: 'accept', banned: 'accept' } as const;
  expect(wechat.subscribe({ openid: USER, results })).toEqual({
    errMsg: OK,
    [ID]: 'accept',
    twin: 'filter',
    banned: 'ban',
  });
  expect(wechat.ledger()).toMatchObject([{ templateId: ID, granted: 1 }]);
});

test('the popup fails as wx.requestSubscribeMessage does', async () => {
  const { wechat } = await start();
  const ask = (ids: readonly string[], baseLibrary = '3.12.1') =>
    wechat.subscribe({
      openid: USER,
      results: Object.fromEntries(ids.map((id) => [id, 'accept' as const])),
      baseLibrary,
    });
  const fails = (errCode: number, text: string) => ({
    errMsg: `requestSubscribeMessage:fail ${text}`,
    errCode,
  });
  expect(ask([])).toEqual(fails(10001, "TmplIds can't be empty"));
  expect(ask(['unknown'])).toEqual(fails(20001, 'No template data return, verify the template id exist'));
  expect(ask([ID, LONG_TERM.templateId])).toEqual(fails(20002, 'Templates type must be same'));

  const more = ['a', 'b', 'c', 'd', 'e', 'f'];
  wechat.addTemplates(more.map((templateId) => ({ ...ONE_TIME, templateId, title: templateId })));
  expect(ask(more)).toEqual(fails(20003, 'Templates count out of max bounds'));
  expect(ask(more.slice(0, 4), '3.12.0')).toEqual(fails(20003, 'Templates count out of max bounds'));
  expect(ask(more.slice(0, 5))).toMatchObject({ errMsg: OK });

  wechat.setSwitches({ accountBanned: true });
  expect(ask([ID])).toEqual(fails(20005, 'This mini program was banned from subscribing messages'));
  expect(wechat.ledger({ templateId: ID })).toEqual([]);
});
