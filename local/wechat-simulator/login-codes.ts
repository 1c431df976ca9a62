import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';

const CODE_LIFETIME_MS = 300_000;
/** Codes remembered so that a used one is told from a made-up one. */
const REMEMBERED = 100_000;

interface Code {
  readonly openid: string;
  readonly expiresAtMs: number;
  used: boolean;
}

/** Codes from `wx.login`: 5 minutes, once (WeChat contract §1.1). */
export class LoginCodes {
  readonly #clock: Clock;
  readonly #codes = new Map<string, Code>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(openid: string): string {
    const code = `0${randomBytes(24).toString('base64url').slice(0, 31)}`;
    this.#codes.set(code, { openid, expiresAtMs: this.#clock() + CODE_LIFETIME_MS, used: false });
    const oldest = this.#codes.keys().next();
    if (this.#codes.size > REMEMBERED && !oldest.done) this.#codes.delete(oldest.value);
    return code;
  }

  /** Whose code it is, or the errcode that refuses it. */
  look(code: string): { openid: string } | { errcode: 40029 | 40163 } {
    const known = this.#codes.get(code);
    if (known?.used) return { errcode: 40163 };
    if (!known || this.#clock() >= known.expiresAtMs) return { errcode: 40029 };
    return { openid: known.openid };
  }

  use(code: string): void {
    const known = this.#codes.get(code);
    if (known) known.used = true;
  }
}
