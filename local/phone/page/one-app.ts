import { createQingniao, ownDomain } from '../../../miniprogram/src/index.ts';
import { ClickState } from '../click-state.ts';
import { backendOf } from './backend.ts';
import { bookingDeeds } from './deeds/booking.ts';
import type { Deeds, Surroundings } from './deeds/deeds.ts';
import { deviceDeeds } from './deeds/device.ts';
import { movingDeeds } from './deeds/moving.ts';
import { queueDeeds } from './deeds/queue.ts';
import { tapDeeds } from './deeds/tap.ts';
import { follow } from './follow/follow.ts';
import { createRows } from './rows.ts';
import { serviceOf } from './service.ts';
import { createStore, EMPTY, type State, type Store } from './state.ts';
import type { Language } from './texts/texts.ts';
import { wechatOf } from './wechat.ts';
import { createBrowserWx, type PopupAnswer } from './wx.ts';

/** A mini program on the phone, with a user of its own. */
export interface OneApp {
  readonly store: Store;
  readonly deeds: Deeds;
}

/** Opens the mini program that is the phone's `app`th, for a new user; `changed` is told of each change. */
export async function openApp(
  { appid, app, language }: { readonly appid: string; readonly app: number; readonly language: Language },
  changed: (state: State) => void,
): Promise<OneApp> {
  const wechat = wechatOf(appid);
  const [openid, templates, receivedSoFar] = await Promise.all([
    wechat.newUser(),
    wechat.templates(),
    wechat.receivedSoFar(),
  ]);
  const store = createStore({ ...EMPTY, language, app, templates }, changed);
  const { put, begin } = createRows((rows) => store.set({ rows }));
  let answered: ((answer: PopupAnswer) => void) | undefined;
  const platform = () => store.get().platform;
  const clicks = new ClickState(platform);
  const wx = createBrowserWx({
    wechat,
    openid,
    clicks,
    platform,
    begin,
    ask(asking) {
      store.set({ asking, notice: 'asking' });
      return new Promise((resolve) => {
        answered = resolve;
      });
    },
  });
  const qingniao = createQingniao({
    wx,
    transport: ownDomain({ wx, baseUrl: '/api', appId: appid }),
    note: () => {},
  });
  const backend = backendOf(appid, begin);
  const surroundings: Surroundings = { store, wechat, openid, qingniao, wx, clicks, backend, begin };
  const booking = bookingDeeds(surroundings);
  const device = deviceDeeds(surroundings);
  const deeds: Deeds = {
    ...device.deeds,
    ...tapDeeds(surroundings),
    remind: (when) => clicks.tap(() => booking.remind(when)),
    allowDevice: () => clicks.tap(device.deeds.allowDevice),
    ...queueDeeds(surroundings),
    ...movingDeeds(surroundings, { device: device.onShow }),
    answer(given) {
      store.set({ asking: undefined, notice: undefined });
      answered?.(given);
    },
  };
  follow({ appid, wechat, service: serviceOf(appid), openid, receivedSoFar, put }, store);
  void qingniao.start();
  return { store, deeds };
}
