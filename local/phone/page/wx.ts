import type { Wx, WxRequests } from '../../../miniprogram/src/index.ts';
import type { WxDevices, WxSubscribeDeviceOptions } from '../../../miniprogram/src/subscribe-device.ts';
import type { WxSubscribeOptions } from '../../../miniprogram/src/wx.ts';
import { type ClickState, noClickState } from '../click-state.ts';
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
  /** What may open a popup, by the rules of the phone's platform. */
  readonly clicks: ClickState;
  readonly platform: () => string;
  readonly begin: Begin;
}

interface Callbacks<A, F> {
  success(answer: A): void;
  fail(failure: F): void;
}

type Told = Awaited<ReturnType<WeChat['subscribe']>>;

const BASE_LIBRARY = '3.12.1';

/** A `wx` for the browser: its popup is the page's, its WeChat the simulated one, its network real. */
export function createBrowserWx({
  wechat,
  openid,
  ask,
  clicks,
  platform,
  begin,
}: PhoneParts): Wx & WxRequests & WxDevices {
  const keyOf = (key: string) => `${openid} ${key}`;
  return {
    getStorageSync(key) {
      const text = sessionStorage.getItem(keyOf(key));
      return text === null ? '' : JSON.parse(text);
    },
    setStorageSync: (key, value) => sessionStorage.setItem(keyOf(key), JSON.stringify(value)),
    getAppBaseInfo: () => ({ SDKVersion: BASE_LIBRARY }),
    getDeviceInfo: () => ({ platform: platform() }),
    login(options) {
      const { success, fail } = calledBack('login', options);
      void wechat.code(openid).then(
        (code) => success({ code }),
        () => fail({ errMsg: 'login:fail' }),
      );
    },
    getSetting(options) {
      const { success, fail } = calledBack('getSetting', options);
      void wechat.settings(openid).then(
        (subscriptionsSetting) => success({ subscriptionsSetting }),
        () => fail({ errMsg: 'getSetting:fail' }),
      );
    },
    requestSubscribeMessage({ tmplIds, ...callbacks }) {
      popUp('requestSubscribeMessage', { tmplIds }, callbacks, () =>
        answer('message', tmplIds, (results, always) => wechat.subscribe(openid, results, always)),
      );
    },
    requestSubscribeDeviceMessage({ tmplIds, sn, modelId, snTicket, ...callbacks }) {
      const device = { sn, modelId, snTicket };
      popUp('requestSubscribeDeviceMessage', { tmplIds, ...device }, callbacks, () =>
        answer('device', tmplIds, (results, always) =>
          wechat.subscribeDevice(openid, results, always, device),
        ),
      );
    },
    request({ url, method, data, header, ...callbacks }) {
      const { success, fail } = calledBack('request', callbacks);
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

  /** The callbacks of a call, each with the click state that it passes on. */
  function calledBack<A, F>(call: string, { success, fail }: Callbacks<A, F>): Callbacks<A, F> {
    const clickIn = clicks.after(call);
    return {
      success: (answer) => clicks.run(clickIn('success'), () => success(answer)),
      fail: (failure) => clicks.run(clickIn('fail'), () => fail(failure)),
    };
  }

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

  /** Asks the user, where the call has the click state of a tap. */
  function popUp(
    call: 'requestSubscribeMessage' | 'requestSubscribeDeviceMessage',
    request: object,
    callbacks: Pick<WxSubscribeOptions | WxSubscribeDeviceOptions, 'success' | 'fail'>,
    askUser: () => Promise<Told>,
  ): void {
    const { success, fail } = calledBack(call, callbacks);
    const ended = begin({ way: 'onPhone', name: `wx.${call}`, request });
    const broken = clicks.use();
    if (broken) {
      const failure = noClickState(call, broken);
      ended({ ok: false, end: broken, answer: failure });
      fail(failure);
      return;
    }
    void askUser().then(
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
