import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { CARD_KINDS } from './card-kinds.ts';
import { ControlError } from './control-error.ts';

const DAY_MS = 24 * 60 * 60_000;

/** One code, and the card that it became. */
export interface SimulatedCard {
  readonly code: string;
  readonly openid: string;
  /** The kind that the button named; an order takes its kind with its activation. */
  notifyType: number | undefined;
  readonly source: 'order' | 'button';
  readonly payAmount?: number;
  /** When WeChat knows the code: a pay order becomes known a little later. */
  readonly knownFromMs: number;
  readonly issuedAtMs: number;
  activatedAtMs?: number;
  /** What WeChat has: texts of JSON. */
  content?: string;
  ext?: string;
  /** 0 normal, 2 abnormal, 10 refused by the user (WeChat contract §8.2). */
  codeState: 0 | 2 | 10;
  /** Each notification fails with this code. */
  failRet?: number;
  /** A change is under way. */
  isLocked: boolean;
}

/** A code to issue: a tap on the button of a kind, or a pay order. */
export interface CardCode {
  readonly openid: string;
  /** For a button. */
  readonly notifyType?: number | undefined;
  /** For a pay order: in fen. */
  readonly payAmount?: number | undefined;
  /** How long until WeChat knows the order; 0 by default. */
  readonly knownInMs?: number | undefined;
}

/** What a test or a person does to a card. */
export interface CardChanges {
  readonly code: string;
  readonly codeState?: SimulatedCard['codeState'] | undefined;
  /** null: notifications succeed again. */
  readonly failRet?: number | null | undefined;
}

/** All codes and cards. */
export class Cards {
  readonly #cards = new Map<string, SimulatedCard>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws ControlError for a kind whose code no button gives */
  issue({ openid, notifyType, payAmount, knownInMs = 0 }: CardCode): SimulatedCard {
    const isOrder = payAmount !== undefined;
    if (!isOrder && (notifyType === undefined || CARD_KINDS.get(notifyType)?.source !== 'button')) {
      throw new ControlError(
        'notifyType',
        'Name a kind that has a button (1001, 1003, 1004, 1005), or a payAmount.',
      );
    }
    const nowMs = this.#clock();
    const card: SimulatedCard = {
      code: isOrder ? `4200${randomBytes(12).readBigUInt64BE().toString().padStart(24, '0')}` : createCode(),
      openid,
      notifyType: isOrder ? undefined : notifyType,
      source: isOrder ? 'order' : 'button',
      ...(isOrder && { payAmount }),
      knownFromMs: nowMs + knownInMs,
      issuedAtMs: nowMs,
      codeState: 0,
      isLocked: false,
    };
    this.#cards.set(card.code, card);
    return card;
  }

  /** The card of that code and user, once WeChat knows it. */
  find(code: string, openid: string): SimulatedCard | undefined {
    const card = this.#cards.get(code);
    return card?.openid === openid && this.#clock() >= card.knownFromMs ? card : undefined;
  }

  list(openid?: string): readonly SimulatedCard[] {
    return [...this.#cards.values()].filter((card) => openid === undefined || card.openid === openid);
  }

  /** @throws ControlError for an unknown code */
  change({ code, codeState, failRet }: CardChanges): SimulatedCard {
    const card = this.#cards.get(code);
    if (!card) throw new ControlError('code', `There is no code ${code}: see GET /_control/cards.`);
    if (codeState !== undefined) card.codeState = codeState;
    if (failRet === null) delete card.failRet;
    else if (failRet !== undefined) card.failRet = failRet;
    return card;
  }

  /** Until when the card may be activated, or changed once it is (WeChat contract §8.2). */
  endsAtMs({ source, issuedAtMs, activatedAtMs }: SimulatedCard): number {
    if (activatedAtMs !== undefined) return activatedAtMs + (source === 'order' ? 30 * DAY_MS : DAY_MS);
    return issuedAtMs + (source === 'order' ? DAY_MS : 5 * 60_000);
  }
}

function createCode(): string {
  return randomBytes(24).toString('base64url');
}
