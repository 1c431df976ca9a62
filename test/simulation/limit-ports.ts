import type { RateLimiter } from '../../lib/limits/rate-limiter.ts';
import type { Permit } from '../../lib/limits/scope-rate-limiter.ts';
import type { RateLimitStore } from '../../lib/limits/shared-rate-limit.ts';
import type { AccessTokenStore } from '../../lib/token/access-token-store.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { TablePart } from './table-part.ts';
import type { Caller } from './user-ports.ts';

/** The access token that an app's functions share, as a process reaches it. */
export function createTokenStore(
  { rows: { shared } }: TablePart,
  { call }: Pick<Caller, 'call'>,
  newLease: () => string,
): AccessTokenStore {
  let own = '';
  const isOurs = () => shared.token.lease?.by === own;
  const endLease = () => {
    const { lease: _lease, ...rest } = shared.token;
    shared.token = rest;
  };

  return {
    read: () =>
      call('load token', () => {
        const { token, failure } = shared.token;
        return { ...(token && { token }), ...(failure && { failure }) };
      }),
    takeLease(nowMs, leaseMs) {
      own = newLease();
      return call('take token lease', () => {
        const { lease } = shared.token;
        if (lease && lease.untilMs > nowMs && !isOurs()) return false;
        shared.token = { ...shared.token, lease: { by: own, untilMs: nowMs + leaseMs } };
        return true;
      });
    },
    save: (token) =>
      call('save token', () => {
        if (!isOurs()) return;
        endLease();
        const { failure: _failure, ...rest } = shared.token;
        shared.token = { ...rest, token };
      }),
    fail: (failure) =>
      call('save token failure', () => {
        if (!isOurs()) return;
        endLease();
        shared.token = { ...shared.token, failure };
      }),
    releaseLease: () =>
      call('release token lease', () => {
        if (isOurs()) endLease();
      }),
    drop: (accessToken, refusedAtMs) =>
      call('drop token', () => {
        const { token } = shared.token;
        if (token?.accessToken !== accessToken || token.fetchedAtMs > refusedAtMs) return;
        shared.token = { ...shared.token, token: { ...token, dropped: true } };
      }),
    condemn: (accessToken, failure) =>
      call('condemn token', () => {
        const { token } = shared.token;
        if (token?.accessToken !== accessToken) return;
        shared.token = { ...shared.token, failure, token: { ...token, condemned: true } };
      }),
    takeForce: (nowMs, { everyMs, leaseMs }) =>
      call('take force', () => {
        const { forcedAtMs } = shared.token;
        if (!isOurs() || (forcedAtMs !== undefined && forcedAtMs > nowMs - everyMs)) return false;
        shared.token = {
          ...shared.token,
          forcedAtMs: nowMs,
          lease: { by: own, untilMs: nowMs + leaseMs },
        };
        return true;
      }),
  };
}

/** The rate limit that an app's functions share, as a process reaches it. */
export function createRateLimitStore(part: TablePart, { call }: Pick<Caller, 'call'>): RateLimitStore {
  const { shared } = part.rows;
  return {
    load: () => call('load rate limit', () => shared.rateLimit),
    commit: ({ value, version }) =>
      call('commit rate limit', () => {
        if (shared.rateLimit.version !== version) return 'conflict';
        shared.rateLimit = { value, version: part.newVersion() };
        return shared.rateLimit;
      }),
  };
}

/**
 * Holds sends back at random, all or those of one template, for moments or for longer than the queue can
 * delay them.
 */
export function createRandomLimiter(
  { call }: Pick<Caller, 'call'>,
  chance: Chance,
  faults: () => Faults,
  likely: number,
): RateLimiter {
  const decide = (): Permit => {
    const heldBack = faults().heldBack * likely;
    if (heldBack === 0 || !chance.happens(heldBack)) return { type: 'go' };
    const delayMs = chance.pick([1_000, 60_000, 20 * 60_000]);
    return { type: 'later', delayMs, ...(chance.happens(0.5) && { refused: true }) };
  };
  return {
    acquire: () => call('acquire permit', decide),
    acquireFor: () => call('acquire permit of template', decide),
    hasTemplateLimits: async () => faults().heldBack > 0,
    hasPassedLately: () => chance.happens(0.5),
    report: () => call('report answer', () => undefined),
  };
}
