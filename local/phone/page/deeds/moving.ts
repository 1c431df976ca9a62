import type { Deeds, Surroundings } from './deeds.ts';

type Moving = 'show' | 'turnTo' | 'showNotice' | 'openMenu' | 'closeGuide' | 'change' | 'refuseCard';

/** Ways about the phone, and what the user sets there. `onPage` is told which page of the mini program is shown. */
export function movingDeeds(
  { store, wechat, openid, qingniao }: Omit<Surroundings, 'backend' | 'begin' | 'wx' | 'clicks'>,
  onPage: Readonly<Record<string, () => unknown>>,
): Pick<Deeds, Moving> {
  return {
    show(screen) {
      // As App.onShow does when the user comes back from the settings.
      if (screen === 'app') void qingniao.start();
      store.set({ screen, menu: undefined, ...(screen === 'messages' && { unread: 0, banners: [] }) });
    },
    turnTo(page) {
      onPage[page]?.();
      store.set({ screen: 'app', page, notice: undefined, problem: undefined });
    },
    showNotice: (noticeOf) => store.set({ screen: 'notice', noticeOf, menu: undefined }),
    openMenu: (menu) => store.set({ menu }),
    closeGuide: () => store.set({ guide: undefined }),
    change: (change) =>
      void wechat
        .change(openid, change)
        .then(async () => store.set({ settings: await wechat.settings(openid) })),
    refuseCard(code) {
      store.set({ refused: [...store.get().refused, code] });
      void wechat.refuseCard(code);
    },
  };
}
