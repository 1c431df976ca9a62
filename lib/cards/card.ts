import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Page } from '../paginate.ts';
import { outcomeSchema } from '../sends/send-record.ts';
import { count, instant, storedObject } from '../stored-schemas.ts';
import type { Versioned } from '../versioned.ts';

/** How a card stands after its last change. */
export const CARD_STATES = ['activating', 'active', 'refused', 'failed', 'expired', 'unknown'] as const;

/** One of {@link CARD_STATES}. */
export type CardState = (typeof CARD_STATES)[number];

/** What WeChat checks a pay order by (WeChat contract §8.2). */
export const payCheck = storedObject({
  /** In fen. */
  payAmount: count,
  payTimeMs: instant,
  /** 0 WeChat Pay, 1001 pay score. */
  payChannel: v.exactOptional(count),
});

/** What WeChat checks a pay order by. */
export type PayCheck = Readonly<v.InferOutput<typeof payCheck>>;

/** A change of a card: its content with its state, or its further facts. Both are JSON texts. */
const changeSchema = storedObject({ kind: v.picklist(['content', 'ext']), text: v.string() });

/** See {@link changeSchema}. */
export type CardChange = Readonly<v.InferOutput<typeof changeSchema>>;

/** A request that is under way. While it is, no other change of the card leaves. */
const claimSchema = storedObject({ ...changeSchema.entries, claimId: v.string(), leaseUntilMs: instant });

/** How often each way of trying again has been used for the change that waits. */
const retriesSchema = storedObject({
  soon: v.exactOptional(count),
  order: v.exactOptional(count),
  rate: v.exactOptional(count),
  quota: v.exactOptional(count),
  connection: v.exactOptional(count),
  gateway: v.exactOptional(count),
});

/** Why a change is tried again. */
export type CardRetry = keyof v.InferOutput<typeof retriesSchema>;

/** What WeChat told of a notification that it could not deliver. */
const notificationSchema = storedObject({ state: v.picklist(['refused', 'failed']), outcome: outcomeSchema });

/** The same, before the answer to its change was known. */
const receiptSchema = storedObject({ ...notificationSchema.entries, status: v.number() });

/** One service card of one user: everything about it in one item. */
export const cardSchema = storedObject({
  id: v.string(),
  openid: v.string(),
  notifyType: v.number(),
  /** WeChat's `notify_code`: the number of a pay order, or what a tap gave. */
  code: v.string(),
  /** What a repeat of the request for the card must say. */
  requestHash: v.string(),
  /** The change that was stored last, by which its job knows that it need not wait for it. */
  changeId: v.string(),
  /** Kept until WeChat has activated the card. */
  check: v.exactOptional(payCheck),
  /** The content that the owner wants to be shown, and the further facts. */
  wanted: v.string(),
  wantedExt: v.exactOptional(v.string()),
  /** What WeChat has. */
  accepted: v.exactOptional(v.string()),
  acceptedExt: v.exactOptional(v.string()),
  /** WeChat may have something else than `accepted`: an answer was lost since. */
  isUnsure: v.exactOptional(v.boolean()),
  /** Contents that are still to be sent, the wanted one last. */
  waiting: v.pipe(v.array(v.string()), v.readonly()),
  /** Whether the further facts are still to be sent. */
  extWaits: v.exactOptional(v.boolean()),
  claim: v.exactOptional(claimSchema),
  /**
   * A change of unknown fate, by the claim under which it left; how often WeChat was asked about it, and whether
   * what WeChat had before it is known.
   */
  doubt: v.exactOptional(
    storedObject({ ...changeSchema.entries, claimId: v.string(), asks: count, isOnly: v.boolean() }),
  ),
  receipt: v.exactOptional(receiptSchema),
  /** That of `accepted`, which counts again when the card is wanted to show that again. */
  notification: v.exactOptional(notificationSchema),
  state: v.picklist(CARD_STATES),
  outcome: v.exactOptional(outcomeSchema),
  /** The kind of change that ended in this state, where it did not end well. */
  endedBy: v.exactOptional(v.picklist(['content', 'ext'])),
  /** Requests that left for WeChat. */
  attempts: count,
  retries: v.exactOptional(retriesSchema),
  /** Until when nothing more is tried. */
  heldUntilMs: v.exactOptional(instant),
  /** The end of the code's time. */
  expiresAtMs: instant,
  activatedAtMs: v.exactOptional(instant),
  createdAtMs: instant,
  updatedAtMs: instant,
});

/** One service card of one user. */
export type Card = Readonly<v.InferOutput<typeof cardSchema>>;

const CARD_ID = /^card_([0-9a-f]{32})_([A-Za-z0-9_-]{1,128})$/;

/** What names a card to WeChat. */
export type CardName = Pick<Card, 'openid' | 'notifyType' | 'code'>;

/**
 * The id of a card, which callers take as opaque. The code makes it, so that one code never makes two cards,
 * and an event finds its card without an index.
 */
export function cardIdOf({ openid, notifyType, code }: CardName): string {
  const name = createHash('sha256').update(`${notifyType}\n${code}`).digest('hex').slice(0, 32);
  return `card_${name}_${openid}`;
}

/** The user that a card id belongs to; undefined for what is no card id of this service. */
export function cardOwner(cardId: string): string | undefined {
  return CARD_ID.exec(cardId)?.[2];
}

/** The part of a card id that does not name the user. */
export function cardStem(cardId: string): string {
  return CARD_ID.exec(cardId)?.[1] ?? cardId;
}

/** Whether a change is under way or waits. */
export function isChanging({ claim, waiting, extWaits, activatedAtMs }: Card): boolean {
  return claim !== undefined || waiting.length > 0 || (extWaits === true && activatedAtMs !== undefined);
}

/** Whether the code's time is over: by our clock, or as WeChat said. */
export function hasExpired({ state, expiresAtMs }: Card, nowMs: number): boolean {
  return state === 'expired' || nowMs >= expiresAtMs;
}

/** The state that callers see: the end of the code's time ends a card that had not ended otherwise. */
export function stateAt(card: Card, nowMs: number): CardState {
  const hasEnded = card.state !== 'activating' && card.state !== 'active';
  return hasEnded || nowMs < card.expiresAtMs ? card.state : 'expired';
}

/** What WeChat shows of a card (WeChat contract §8.2, `get_user_notify`). */
export interface CardReading {
  /** The content that it last notified of, as JSON; empty where there was none. */
  readonly content: string;
  /** The user refuses this code. */
  readonly isRefused: boolean;
  readonly expiresAtMs?: number;
}

/** Where cards are kept. Every read sees the latest write. */
export interface CardStore {
  load(cardId: string): Promise<Versioned<Card> | undefined>;
  /** Writes over the version that was read, or a new one. `conflict`: somebody else did; nothing was written. */
  put(card: Versioned<Card>): Promise<'committed' | 'conflict'>;
  /** A user's cards, in no particular order. */
  listOfUser(openid: string, limit: number, after?: string): Promise<Page<Versioned<Card>>>;
}
