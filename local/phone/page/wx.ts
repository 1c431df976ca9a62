import type { Wx, WxRequests } from '../../../miniprogram/src/index.ts';
import type { WeChat } from './wechat.ts';

/** What the user did with the popup. */
export interface PopupAnswer {
  readonly word: 'accept' | 'reject';
  readonly always: boolean;
}

/** What the phone does for the `wx` of a page. */
export interface PhoneParts {
  readonly wechat: WeChat;
  readonly openid: string;
  /** Shows the popup and resolves when the user has answered. */
  readonly ask: (templateIds: readonly string[]) => Promise<PopupAnswer>;
  /** Is told of each request to the service when it has been answered, or has failed: then `status` is undefined. */
  readonly onRequest: (request: {
    method: string;
    path: string;
    startedAtMs: number;
    status: number | undefined;
  }) => void;
}

const BASE_LIBRARY = '3.12.1';

/** A `wx` for the browser: its popup is the page's, its WeChat the simulated one, its network real. */
export function createBrowserWx({ wechat, openid, ask, onRequest }: PhoneParts): Wx & WxRequests {
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
      void answer(tmplIds).then(
        (given) => {
          const { errCode, errMsg, ...words } = given;
          if (typeof errCode === 'number') fail({ errCode, errMsg: String(errMsg) });
          else success(Object.fromEntries(Object.entries(words).map(([id, word]) => [id, String(word)])));
        },
        () => fail({ errMsg: 'requestSubscribeMessage:fail', errCode: 10002 }),
      );
    },
    request({ url, method, data, header, success, fail }) {
      const init = method === 'POST' ? { body: JSON.stringify(data) } : {};
      const headers = { 'content-type': 'application/json', ...header };
      const asked = { method, path: url.slice(url.indexOf('/v1')), startedAtMs: Date.now() };
      fetch(url, { method, headers, ...init }).then(
        async (response) => {
          onRequest({ ...asked, status: response.status });
          const data: unknown = await response.json().catch(() => undefined);
          success({ statusCode: response.status, data });
        },
        () => {
          onRequest({ ...asked, status: undefined });
          fail({ errMsg: 'request:fail' });
        },
      );
    },
  };

  /** No popup is shown for what was answered for always, nor while the main switch is off. */
  async function answer(templateIds: readonly string[]) {
    const { mainSwitch, itemSettings } = await wechat.settings(openid);
    const open = templateIds.filter((id) => !itemSettings[id]);
    const given: PopupAnswer =
      mainSwitch && open.length > 0 ? await ask(open) : { word: 'accept', always: false };
    const results = Object.fromEntries(templateIds.map((id) => [id, given.word]));
    return wechat.subscribe(openid, results, given.always);
  }
}
