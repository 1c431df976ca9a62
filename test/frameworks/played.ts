import { ClickState, noClickState } from '../../local/phone/click-state.ts';
import type { Stack } from '../../local/stack/stack.ts';
import type { Wx, WxRequestOptions } from '../../miniprogram/src/index.ts';
import { openMiniApp, type ShownPage } from '../miniprogram/mini-app.ts';
import { simulatedWx } from '../miniprogram/simulated-wx.ts';
import { withClicks } from '../miniprogram/with-clicks.ts';

/** The service's address in the config of each sample. */
const BASE_URL = 'http://127.0.0.1:3000';

const DIALOGS = ['showModal', 'request', 'login', 'getSetting', 'requestSubscribeMessage'];

/** A compiled sample on the phone of a new user. */
export interface Played {
  readonly openid: string;
  readonly page: ShownPage;
  /** What the user does, and what they saw. */
  readonly user: {
    /** What they tap in the popup, and whether they tick "always keep". */
    answer: 'accept' | 'reject';
    keep: boolean;
    /** Whether they agree to a dialog. */
    agree: boolean;
    readonly dialogs: string[];
    /** The templates of each popup that WeChat was asked for with a tap. */
    readonly popups: (readonly string[])[];
    /** WeChat's words to each popup that it refused for want of one. */
    readonly refusals: string[];
  };
  /** The user comes back to the mini program, as from the settings. */
  comeBack(): void;
}

/**
 * Plays what a framework has compiled: starts the mini program and opens a page, on `ios` or `android`, over the services of
 * a stack. Callbacks and timers have the click state that WeChat documents.
 */
export function play(stack: Stack, compiled: string, path: string, platform: 'ios' | 'android'): Played {
  const clicks = new ClickState(() => platform);
  const openid = stack.wechat!.createUser();
  const { wx, phone } = simulatedWx(stack, openid);
  const user: Played['user'] = {
    answer: 'accept',
    keep: false,
    agree: true,
    dialogs: [],
    popups: [],
    refusals: [],
  };
  const about = { SDKVersion: phone.baseLibrary, platform };
  const full = {
    ...wx,
    getSystemInfoSync: () => ({ ...about, windowWidth: 390, pixelRatio: 3 }),
    getAppBaseInfo: () => about,
    getDeviceInfo: () => about,
    getWindowInfo: () => ({ windowWidth: 390, pixelRatio: 3 }),
    getLaunchOptionsSync: () => ({ path, query: {}, scene: 1001 }),
    getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }),
    canIUse: () => true,
    showModal({ content, success }: { content: string; success(answer: object): void }) {
      user.dialogs.push(content);
      success({ errMsg: 'showModal:ok', confirm: user.agree, cancel: !user.agree });
    },
    request: (options: WxRequestOptions) =>
      wx.request({ ...options, url: options.url.replace(BASE_URL, stack.apiUrl) }),
    requestSubscribeMessage(options: Parameters<NonNullable<Wx['requestSubscribeMessage']>>[0]) {
      const broken = clicks.use();
      if (broken) {
        const failure = noClickState('requestSubscribeMessage', broken);
        user.refusals.push(failure.errMsg);
        return options.fail(failure);
      }
      user.popups.push(options.tmplIds);
      phone.tap = user.answer;
      phone.always = user.keep;
      return wx.requestSubscribeMessage!(options);
    },
  };
  const mini = openMiniApp(compiled, withClicks(full, clicks, DIALOGS), clicks);
  mini.launch();
  const page = mini.show(path);
  return {
    openid,
    page,
    user,
    comeBack: () => {
      mini.launch();
      page.call('onShow');
    },
  };
}

/** The messages of a user, as the service has them. */
export async function messagesOf(stack: Stack, openid: string): Promise<Record<string, unknown>[]> {
  const headers = { authorization: 'Bearer dev-key' };
  const response = await fetch(`${stack.apiUrl}/v1/messages?openid=${openid}`, { headers });
  return ((await response.json()) as { items: Record<string, unknown>[] }).items;
}
