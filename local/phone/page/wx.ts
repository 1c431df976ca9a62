import type { Wx, WxRequests } from '../../../miniprogram/src/index.ts';
import type { WxDevices, WxSubscribeDeviceOptions } from '../../../miniprogram/src/subscribe-device.ts';
import type { WxSubscribeOptions } from '../../../miniprogram/src/wx.ts';
import { addresses } from './addresses.ts';
import { curlOf } from './curl.ts';
import type { Begin } from './rows.ts';
import type { Asking } from './state.ts';
import type { WeChat } from './wechat.ts';

/** What the user did with the popup. */
export interface PopupAnswer {
  readonly word: 'accept' | 'acceptWithAudio' | 'reject';
  readonly always: boolean;
}

/** What the phone does for the `wx` of a page. */
export interface PhoneParts {
  readonly wechat: WeChat;
  readonly openid: string;
  /** Shows the popup and resolves when the user has answered. */
  readonly ask: (asking: Asking) => Promise<PopupAnswer>;
  readonly begin: Begin;
}

type Told = Awaited<ReturnType<WeChat['subscribe']>>;

const BASE_LIBRARY = '3.12.1';

/** A `wx` for the browser: its popup is the page's, its WeChat the simulated one, its network real. */
export function createBrowserWx({ wechat, openid, ask, begin }: PhoneParts): Wx & WxRequests & WxDevices {
  const keyOf = (key: string) => `${openid} ${key}`;
  return {
    getStorageSync(key) {
      const text = sessionStorage.getItem(keyOf(key));
      return text === null ? '' : JSON.parse(text);
    },
    setStorageSync: (key, value) => sessionStorage.setItem(keyOf(key), JSON.stringify(value)),
    getAppBaseInfo: () => ({ SDKVersion: BASE_LIBRARY }),
    getDeviceInfo: () => ({ platform: 'android' }),
    login: ({ success, fail }) =>
      void wechat.code(openid).then(
        (code) => success({ code }),
        () => fail({ errMsg: 'login:fail' }),
      ),
    getSetting: ({ success, fail }) =>
      void wechat.settings(openid).then(
        (subscriptionsSetting) => success({ subscriptionsSetting }),
        () => fail({ errMsg: 'getSetting:fail' }),
      ),
    requestSubscribeMessage({ tmplIds, success, fail }) {
      const answered = answer('message', tmplIds, (results, always) =>
        wechat.subscribe(openid, results, always),
      );
      tell('requestSubscribeMessage', { tmplIds }, answered, { success, fail });
    },
    requestSubscribeDeviceMessage({ tmplIds, success, fail, sn, modelId, snTicket }) {
      const device = { sn, modelId, snTicket };
      const answered = answer('device', tmplIds, (results, always) =>
        wechat.subscribeDevice(openid, results, always, device),
      );
      tell('requestSubscribeDeviceMessage', { tmplIds, ...device }, answered, { success, fail });
    },
    request({ url, method, data, header, success, fail }) {
      const path = url.slice(url.indexOf('/v1'));
      const body = method === 'POST' ? data : undefined;
      const ended = begin({
        way: 'toService',
        name: `${method} ${path}`,
        request: body,
        curl: curlOf({ method, url: addresses.api + path, headers: header, body }),
      });
      const headers = { 'content-type': 'application/json', ...header };
      fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }).then(
        async (response) => {
          const answer: unknown = await response.json().catch(() => undefined);
          ended({ ok: response.ok, end: String(response.status), answer });
          success({ statusCode: response.status, data: answer });
        },
        () => {
          ended({ ok: false, end: '' });
          fail({ errMsg: 'request:fail' });
        },
      );
    },
  };

  /** No popup is shown for what was answered for always, nor while the main switch is off. */
  async function answer(
    about: Asking['about'],
    templateIds: readonly string[],
    subscribe: (results: Record<string, string>, always: boolean) => Promise<Told>,
  ): Promise<Told> {
    const { mainSwitch, itemSettings } = await wechat.settings(openid);
    const open = templateIds.filter((id) => !itemSettings[id]);
    const given: PopupAnswer =
      mainSwitch && open.length > 0
        ? await ask({ about, templateIds: open })
        : { word: 'accept', always: false };
    return subscribe(Object.fromEntries(templateIds.map((id) => [id, given.word])), given.always);
  }

  function tell(
    call: 'requestSubscribeMessage' | 'requestSubscribeDeviceMessage',
    request: object,
    answered: Promise<Told>,
    { success, fail }: Pick<WxSubscribeOptions | WxSubscribeDeviceOptions, 'success' | 'fail'>,
  ): void {
    const ended = begin({ way: 'onPhone', name: `wx.${call}`, request });
    void answered.then(
      (given) => {
        const { errCode, errMsg, ...words } = given;
        const isAnswered = typeof errCode !== 'number';
        const end = isAnswered ? [...new Set(Object.values(words))].join(' ') : String(errCode);
        ended({ ok: isAnswered, end, answer: given });
        if (!isAnswered) return fail({ errCode, errMsg: String(errMsg) });
        success(Object.fromEntries(Object.entries(words).map(([id, word]) => [id, String(word)])));
      },
      () => {
        ended({ ok: false, end: '10002' });
        fail({ errMsg: `${call}:fail`, errCode: 10002 });
      },
    );
  }
}
