import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { ControlError } from './control-error.ts';

/** A user's kept choice for a template: "always keep the above, do not ask again" (WeChat contract §7.2). */
export type KeptChoice = 'accept' | 'acceptWithAlert' | 'acceptWithAudio' | 'acceptWithForcePush' | 'reject';

/** One WeChat user of the mini program. */
export interface User {
  readonly openid: string;
  unionid?: string;
  /** High-risk: logins are refused with 40226. */
  blocked: boolean;
  /** Replaced by every new code. */
  sessionKey: string;
  /** The main switch of the user's subscription settings. */
  mainSwitch: boolean;
  readonly kept: Map<string, KeptChoice>;
  readonly logins: { minute: number; count: number };
}

/** All users by openid. */
export class Users {
  readonly #users = new Map<string, User>();

  get(openid: string): User | undefined {
    return this.#users.get(openid);
  }

  /** @throws ControlError when there is none */
  known(openid: string): User {
    const user = this.#users.get(openid);
    if (user) return user;
    throw new ControlError('openid', `There is no user ${openid}: create it by POST /_control/users.`);
  }

  all(): readonly User[] {
    return [...this.#users.values()];
  }

  /** The user of that openid, created when new. */
  ensure(openid: string): User {
    const known = this.#users.get(openid);
    if (known) return known;
    const user: User = {
      openid,
      blocked: false,
      sessionKey: '',
      mainSwitch: true,
      kept: new Map(),
      logins: { minute: -1, count: 0 },
    };
    this.#users.set(openid, user);
    return user;
  }
}

/** An openid of the usual look: 28 characters that begin with "o". */
export function createOpenid(): string {
  return `oSim${randomBytes(18).toString('base64url')}`;
}

/** 16 bytes as base64: 24 characters (WeChat contract §1.1). */
export function createSessionKey(): string {
  return randomBytes(16).toString('base64');
}

/** Counts one login in its minute; false when that is one too many. */
export function countLogin(user: User, clock: Clock, perMinute: number | null): boolean {
  const minute = Math.floor(clock() / 60_000);
  if (user.logins.minute !== minute) Object.assign(user.logins, { minute, count: 0 });
  if (perMinute !== null && user.logins.count >= perMinute) return false;
  user.logins.count += 1;
  return true;
}
