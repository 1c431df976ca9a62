import type { Row } from '../rows.ts';
import type { Service } from '../service.ts';
import type { Banner, State, Store } from '../state.ts';
import type { WeChat } from '../wechat.ts';
import { cardsAfter } from './cards.ts';
import { rowOfDelivery, rowOfReceived } from './rows-of-wechat.ts';

const EVERY_MS = 400;
const BANNER_MS = 8_000;

/** Whom to follow, and where. */
export interface Followed {
  readonly appid: string;
  readonly wechat: WeChat;
  readonly service: Service;
  readonly openid: string;
  /** The number of the last request at WeChat that was before this user. */
  readonly receivedSoFar: number;
  readonly put: (...rows: readonly Row[]) => void;
}

/** Keeps the state up with what happens to one user: cards that arrive, ledgers, messages, requests. */
export function follow(followed: Followed, store: Store): void {
  const { appid, wechat, service, openid, put } = followed;
  let lastReceived = followed.receivedSoFar;
  let lastDelivery = 0;

  /** Shows a banner for its time; by then others may lie over it. */
  function show(banner: Banner): void {
    store.set({ banners: [banner, ...store.get().banners] });
    setTimeout(
      () => store.set({ banners: store.get().banners.filter(({ key }) => key !== banner.key) }),
      BANNER_MS,
    );
  }

  async function look(): Promise<void> {
    const isOwn = (one: { readonly openid?: string | undefined }) => one.openid === openid;
    const arrived = await wechat.received(lastReceived);
    const received = untilOpen(arrived, (request) => isOwn(request) && request.endedAtMs === undefined);
    lastReceived = received.at(-1)?.number ?? lastReceived;
    const deliveries = await wechat.deliveries(openid, lastDelivery);
    const delivered = untilOpen(deliveries, ({ outcome }) => outcome === undefined);
    lastDelivery = delivered.at(-1)?.number ?? lastDelivery;
    const [grants, wechatGrants, messages, ourCards, settings] = await Promise.all([
      service.grants(openid),
      wechat.ledger(openid),
      service.messages(openid),
      store.get().queue ? service.cards(openid) : [],
      wechat.settings(openid),
    ]);
    const mine = arrived.filter((request) => isOwn(request) || request.call.endsWith('token'));
    if (mine.length + deliveries.length > 0) {
      put(...mine.map(rowOfReceived), ...deliveries.map((delivery) => rowOfDelivery(delivery, appid)));
    }
    const before = store.get();
    const { cards, banners } = cardsAfter(before, received.filter(isOwn));
    const unread = before.screen === 'messages' ? 0 : before.unread + banners.length;
    const now: Partial<State> = { grants, wechatGrants, messages, ourCards, settings };
    store.set({ ...now, ...(cards !== before.cards && { cards, unread }) });
    if (before.screen !== 'messages') banners.forEach(show);
  }

  async function keepLooking(): Promise<void> {
    // What fails while the service is being restarted is looked at again.
    await look().catch(() => undefined);
    setTimeout(keepLooking, EVERY_MS);
  }
  void keepLooking();
}

/** What is under way is looked at again, and with it what came after. */
function untilOpen<T>(items: readonly T[], isOpen: (item: T) => boolean): readonly T[] {
  const open = items.findIndex(isOpen);
  return open < 0 ? items : items.slice(0, open);
}
