import type { Clock } from '../../lib/clock.ts';
import { beijingDay } from './quotas.ts';
import { type IssuedToken, TokenStore } from './token-store.ts';

const OVERLAP_MS = 300_000;
/** A sticky token is handed out while it has at least this long to live. */
const STICKY_SECONDS = 300;
const FORCES_PER_DAY = 20;
const FORCE_GAP_MS = 30_000;
const TOKEN_SHAPE = /^\d{2,}_[A-Za-z0-9_-]+$/;

/** Both endpoints' tokens and the check that every other call makes (WeChat contract §2). */
export class AccessTokens {
  readonly #clock: Clock;
  readonly #plain: TokenStore;
  readonly #stable: TokenStore;
  #forced = { day: -1, count: 0, lastAtMs: Number.NEGATIVE_INFINITY };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#plain = new TokenStore(clock, 'plain');
    this.#stable = new TokenStore(clock, 'stable');
  }

  /** A new token each time; the one before lives 5 minutes on. */
  fetchPlain(lifetimeMs: number): IssuedToken {
    return this.#plain.issue(lifetimeMs, OVERLAP_MS);
  }

  /** The same token until its last 5 minutes. A permitted force replaces it at once, a surplus one changes nothing. */
  fetchStable(lifetimeMs: number, force: boolean): IssuedToken {
    if (force && this.#mayForce()) return this.#stable.issue(lifetimeMs, 0);
    const current = this.#stable.current();
    if (current && this.secondsLeft(current) >= STICKY_SECONDS) return current;
    return this.#stable.issue(lifetimeMs, OVERLAP_MS);
  }

  /** Whole seconds that `token` has to live. */
  secondsLeft(token: IssuedToken): number {
    return Math.floor((token.expiresAtMs - this.#clock()) / 1000);
  }

  /** The errcode for a token that is not good now (WeChat contract §2.3), or undefined. */
  refusalOf(token: string | null): 41001 | 40014 | 40001 | 42001 | undefined {
    if (!token) return 41001;
    const issued = this.#find(token);
    if (!issued) return TOKEN_SHAPE.test(token) ? 40001 : 40014;
    if (this.#clock() >= issued.expiresAtMs) return 42001;
    return this.#clock() >= issued.refusedFromMs ? 40001 : undefined;
  }

  /** Whether `token` comes from here, however old it is. */
  hasIssued(token: string): boolean {
    return this.#find(token) !== undefined;
  }

  /** The name under which lists show `token`. */
  labelOf(token: string | null): string | undefined {
    return token ? (this.#find(token)?.label ?? 'unknown') : undefined;
  }

  #find(token: string): IssuedToken | undefined {
    return this.#plain.find(token) ?? this.#stable.find(token);
  }

  #mayForce(): boolean {
    const now = this.#clock();
    const day = beijingDay(now);
    const usedToday = this.#forced.day === day ? this.#forced.count : 0;
    if (usedToday >= FORCES_PER_DAY || now - this.#forced.lastAtMs < FORCE_GAP_MS) return false;
    this.#forced = { day, count: usedToday + 1, lastAtMs: now };
    return true;
  }
}
