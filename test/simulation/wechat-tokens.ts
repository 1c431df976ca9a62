import type { Chance } from './chance.ts';
import type { AppFaults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** What the tokens of an account are built on. */
export interface WeChatTokenOptions {
  readonly appId: string;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => AppFaults;
  readonly trace: Trace;
}

const LIFE_MS = 7_200_000;
const RENEWED_BEFORE_MS = 300_000;
/** WeChat contract §2.3. */
const INVALID = 40001;

/** Gives out the access tokens of one account as `stable_token` does, and knows them again. */
export function createWeChatTokens({ appId, scheduler, chance, faults, trace }: WeChatTokenOptions) {
  let issued = 0;
  let present = { accessToken: '', untilMs: 0 };
  let outageUntilMs = 0;

  function isOut(): boolean {
    const { tokenOutage, breakdown } = faults();
    if (breakdown === 'credentials') return true;
    if (tokenOutage > 0 && scheduler.now() >= outageUntilMs && chance.happens(tokenOutage)) {
      outageUntilMs = scheduler.now() + chance.between(1_000, 300_000);
      trace('wechat', `takes no token of ${appId} for a while`);
    }
    return tokenOutage > 0 && scheduler.now() < outageUntilMs;
  }

  return {
    /** A token, or an errcode. */
    fetch(forceRefresh: boolean) {
      if (isOut()) return { errcode: INVALID, errmsg: 'invalid credential' };
      const leftMs = present.untilMs - scheduler.now();
      if (forceRefresh || leftMs <= RENEWED_BEFORE_MS) {
        present = { accessToken: `token ${++issued} of ${appId}`, untilMs: scheduler.now() + LIFE_MS };
      }
      return {
        accessToken: present.accessToken,
        expiresInSeconds: Math.floor((present.untilMs - scheduler.now()) / 1_000),
      };
    },
    /** Whether the account gave this token out, be it long ago. */
    isOwn: (accessToken: string) => accessToken.endsWith(` of ${appId}`),
    /** The errcode that a call with this token is refused with. */
    refusalOf(accessToken: string): number | undefined {
      const isValid = accessToken === present.accessToken && scheduler.now() < present.untilMs;
      return !isValid || isOut() ? INVALID : undefined;
    },
  };
}
