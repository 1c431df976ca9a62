import type { Service } from './service.ts';
import type { Card, RequestLine, Store } from './state.ts';
import type { Received, Template, WeChat } from './wechat.ts';

const EVERY_MS = 400;
const LINES_KEPT = 40;
const BANNER_MS = 8_000;

/** Whom to follow, and where. */
export interface Followed {
  readonly wechat: WeChat;
  readonly service: Service;
  readonly openid: string;
  readonly templates: readonly Template[];
}

/** Keeps the state up with what happens to one user: cards that arrive, ledgers, messages, requests. */
export function follow({ wechat, service, openid, templates }: Followed, store: Store) {
  let lastReceived = 0;
  let deliveriesSeen = 0;
  let own: readonly RequestLine[] = [];

  function note(...lines: readonly RequestLine[]): void {
    own = [...own, ...lines].toSorted((one, other) => other.atMs - one.atMs).slice(0, LINES_KEPT);
    store.set({ requests: own });
  }

  /** Shows a banner for its time; by then another may have taken its place. */
  function show(banner: Card): void {
    store.set({ banner });
    setTimeout(() => store.get().banner === banner && store.set({ banner: undefined }), BANNER_MS);
  }

  async function look(): Promise<void> {
    const received = await wechat.received(lastReceived);
    lastReceived = received.at(-1)?.number ?? lastReceived;
    const mine = received.filter((request) => request.openid === openid || request.call.endsWith('token'));
    const cards = mine.flatMap((request) => cardOf(request, templates));
    const deliveries = (await wechat.deliveries(openid)).slice(deliveriesSeen);
    deliveriesSeen += deliveries.length;
    const [grants, wechatGrants, messages, settings] = await Promise.all([
      service.grants(openid),
      wechat.ledger(openid),
      service.messages(openid),
      wechat.settings(openid),
    ]);
    if (mine.length + deliveries.length > 0) {
      note(
        ...mine.map(lineOf),
        ...deliveries.map(
          ({ startedAtMs, event }): RequestLine => ({
            atMs: startedAtMs,
            way: 'fromWeChat',
            text: event ?? 'message',
            ok: true,
          }),
        ),
      );
    }
    const before = store.get();
    store.set({
      grants,
      wechatGrants,
      messages,
      settings,
      ...(cards.length > 0 && {
        cards: [...cards.toReversed(), ...before.cards],
        unread: before.screen === 'messages' ? 0 : before.unread + cards.length,
      }),
    });
    const banner = before.screen === 'messages' ? undefined : cards.at(-1);
    if (banner) show(banner);
  }

  async function keepLooking(): Promise<void> {
    // What fails while the service is being restarted is looked at again.
    await look().catch(() => undefined);
    setTimeout(keepLooking, EVERY_MS);
  }
  void keepLooking();
  return { note };
}

function cardOf(request: Received, templates: readonly Template[]): Card[] {
  const template = templates.find(({ templateId }) => templateId === request.templateId);
  if (request.call !== 'send' || !request.accepted || !template) return [];
  const values = Object.fromEntries(Object.entries(request.data).map(([key, { value }]) => [key, value]));
  return [{ number: request.number, template, values, atMs: request.startedAtMs }];
}

function lineOf({ call, startedAtMs, errcode }: Received): RequestLine {
  return { atMs: startedAtMs, way: 'toWeChat', text: `${call} → ${errcode ?? '…'}`, ok: errcode === 0 };
}
