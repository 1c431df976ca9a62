import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';

/** Tokens remembered so that an old one is told from a made-up one. */
const REMEMBERED = 5_000;

/** One issued access token. */
export interface IssuedToken {
  readonly token: string;
  /** A name for lists, such as `stable#2`: the token itself is never listed. */
  readonly label: string;
  readonly expiresAtMs: number;
  /** From when it is refused because a newer one has replaced it. */
  refusedFromMs: number;
}

/** The tokens of one endpoint; the two endpoints keep separate ones (WeChat contract §2.1). */
export class TokenStore {
  readonly #clock: Clock;
  readonly #name: string;
  readonly #issued = new Map<string, IssuedToken>();
  #current: IssuedToken | undefined;
  #count = 0;

  constructor(clock: Clock, name: string) {
    this.#clock = clock;
    this.#name = name;
  }

  /** The newest token, unless it has expired. */
  current(): IssuedToken | undefined {
    return this.#current && this.#clock() < this.#current.expiresAtMs ? this.#current : undefined;
  }

  /** A new token; the one before it goes on working for `overlapMs`. */
  issue(lifetimeMs: number, overlapMs: number): IssuedToken {
    const now = this.#clock();
    if (this.#current) this.#current.refusedFromMs = now + overlapMs;
    this.#count += 1;
    const fresh: IssuedToken = {
      token: createToken(),
      label: `${this.#name}#${this.#count}`,
      expiresAtMs: now + lifetimeMs,
      refusedFromMs: Number.POSITIVE_INFINITY,
    };
    this.#current = fresh;
    this.#issued.set(fresh.token, fresh);
    this.#forgetOldest();
    return fresh;
  }

  /** The token as issued, however old. */
  find(token: string): IssuedToken | undefined {
    return this.#issued.get(token);
  }

  #forgetOldest(): void {
    const oldest = this.#issued.keys().next();
    if (this.#issued.size > REMEMBERED && !oldest.done) this.#issued.delete(oldest.value);
  }
}

/** 150 characters with the `NN_` prefix, long enough to catch short columns (WeChat contract §2.1). */
function createToken(): string {
  return `86_${randomBytes(111).toString('base64url').slice(0, 147)}`;
}
