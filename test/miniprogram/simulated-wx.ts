import type { Stack } from '../../local/stack/stack.ts';
import type { Wx, WxRequests } from '../../miniprogram/src/index.ts';
import type { WxDevices } from '../../miniprogram/src/subscribe-device.ts';

/** A `wx` whose WeChat is the simulated one of a stack, whose network is real and whose user taps what `taps` says. */
export function simulatedWx(stack: Stack, openid: string) {
  const storage = new Map<string, unknown>();
  const phone = {
    online: true,
    losesAnswers: false,
    baseLibrary: '3.12.1',
    /** What the user taps for each template, and whether "always keep" is ticked. */
    tap: 'accept' as 'accept' | 'reject',
    always: false,
    kept: () => storage.get('qingniao:reports') as unknown[],
  };
  const wechat = stack.wechat!;
  const wx: Wx & WxRequests & WxDevices = {
    getStorageSync: (key) => structuredClone(storage.get(key) ?? ''),
    setStorageSync: (key, value) => void storage.set(key, structuredClone(value)),
    getAppBaseInfo: () => ({ SDKVersion: phone.baseLibrary }),
    getDeviceInfo: () => ({ platform: 'android' }),
    login: ({ success }) => success({ code: wechat.login(openid) }),
    getSetting: ({ success }) => success({ subscriptionsSetting: wechat.settings(openid) }),
    requestSubscribeMessage({ tmplIds, success, fail }) {
      const results = Object.fromEntries(tmplIds.map((id) => [id, phone.tap]));
      const { baseLibrary, always } = phone;
      const answer = wechat.subscribe({ openid, results, always, baseLibrary });
      if ('errCode' in answer) fail(answer as { errMsg: string; errCode: number });
      else success(answer);
    },
    requestSubscribeDeviceMessage({ tmplIds, sn, modelId, snTicket, success, fail }) {
      const results = Object.fromEntries(tmplIds.map((id) => [id, phone.tap]));
      const answer = wechat.subscribeDevice({ openid, results, always: phone.always, sn, modelId, snTicket });
      if ('errCode' in answer) fail(answer as { errMsg: string; errCode: number });
      else success(answer);
    },
    async request({ url, method, data, header, success, fail }) {
      if (!phone.online) return fail({ errMsg: 'request:fail' });
      const init = method === 'POST' ? { body: JSON.stringify(data) } : {};
      const headers = { 'content-type': 'application/json', ...header };
      const response = await fetch(url, { method, headers, ...init }).catch(() => undefined);
      if (!response) return fail({ errMsg: 'request:fail' });
      const body: unknown = await response.json();
      if (phone.losesAnswers) return fail({ errMsg: 'request:fail timeout' });
      success({ statusCode: response.status, data: body });
    },
  };
  return { wx, phone };
}
