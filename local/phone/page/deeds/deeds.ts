import type { Qingniao, Wx, WxRequests } from '../../../../miniprogram/src/index.ts';
import type { WxDevices } from '../../../../miniprogram/src/subscribe-device.ts';
import type { ClickState } from '../../click-state.ts';
import type { Backend } from '../backend.ts';
import type { Begin } from '../rows.ts';
import type { Page, Platform, Screen, Store } from '../state.ts';
import type { WeChat } from '../wechat.ts';
import type { PopupAnswer } from '../wx.ts';

/** Where a mini program asks from. */
export type Place = 'tap' | 'request' | 'promise' | 'timer' | 'login' | 'onShow';

/** What a person can do on the phone. */
export interface Deeds {
  /** Asks for a grant; books a reminder with it unless the user only allows. */
  remind(when: 'soon' | 'now' | 'only'): void;
  /** Makes the same call at another place of the code, in time or too late. */
  askFrom(place: Place): void;
  choosePlatform(platform: Platform): void;
  /** Asks whether the device may send. */
  allowDevice(): void;
  /** What the device does by itself: its water runs low. */
  runDry(): void;
  /** A tap on `<button open-type="liveActivity">`. */
  takeNumber(): void;
  /** What the restaurant does: it calls the next number. */
  callNext(): void;
  answer(answer: PopupAnswer): void;
  show(screen: Screen): void;
  turnTo(page: Page): void;
  showNotice(templateId: string): void;
  openMenu(menu: 'capsule' | { readonly cardId: string } | undefined): void;
  closeGuide(): void;
  change(change: object): void;
  refuseCard(code: string): void;
}

/** What the deeds of one mini program work with. */
export interface Surroundings {
  readonly store: Store;
  readonly wechat: WeChat;
  readonly openid: string;
  readonly qingniao: Qingniao;
  readonly wx: Wx & WxRequests & WxDevices;
  readonly clicks: ClickState;
  readonly backend: Backend;
  readonly begin: Begin;
}
