import type { Clock } from '../clock.ts';
import type { AccessTokenStore, StoredToken } from './access-token-store.ts';
import { TokenUnavailableError } from './token-unavailable-error.ts';

/** Asks WeChat for a token; throws when WeChat gives none. */
export type FetchToken = (options: {
  readonly forceRefresh: boolean;
}) => Promise<{ accessToken: string; expiresInSeconds: number }>;

/** What fetching needs from outside. */
export interface FetchOptions {
  readonly store: AccessTokenStore;
  readonly fetchToken: FetchToken;
  /** Only `stable_token` knows `force_refresh`. */
  readonly canForceRefresh: boolean;
  readonly clock: Clock;
}

/** A little longer than the one request that it covers. */
export const LEASE_MS = 15_000;
/** `stable_token` gives a new token only in the last five minutes of the old one's life (WeChat contract §2.1). */
const RENEW_BEFORE_MS = 4 * 60_000;
const FORCE_REFRESH_EVERY_MS = 5 * 60_000;

/**
 * A token that is none of the refused ones. Force kills the old token for everyone, so it is the last resort: only when
 * a token that was refused comes back (WeChat contract §2.3). To be called by the holder of the lease.
 *
 * @throws TokenUnavailableError, and whatever `fetchToken` throws
 */
export async function fetchOtherToken(
  refused: ReadonlySet<string>,
  options: FetchOptions,
): Promise<StoredToken> {
  const { store, clock } = options;
  const fetched = await fetchAsStored(false, options);
  if (!refused.has(fetched.accessToken)) return fetched;
  const limits = { everyMs: FORCE_REFRESH_EVERY_MS, leaseMs: LEASE_MS };
  const forced =
    options.canForceRefresh && (await store.takeForce(clock(), limits))
      ? await fetchAsStored(true, options)
      : fetched;
  if (!refused.has(forced.accessToken)) return forced;
  throw new TokenUnavailableError({ reason: 'WeChat keeps handing out the token that it refuses' });
}

async function fetchAsStored(
  forceRefresh: boolean,
  { fetchToken, clock }: FetchOptions,
): Promise<StoredToken> {
  // Its life is counted from before the request, so that it is never taken to be longer than it is.
  const askedAtMs = clock();
  const { accessToken, expiresInSeconds } = await fetchToken({ forceRefresh });
  const lifeMs = expiresInSeconds * 1000;
  return {
    accessToken,
    // One that is short-lived from the start is not renewed at every call.
    renewAtMs: askedAtMs + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2),
    expiresAtMs: askedAtMs + lifeMs,
    dropped: false,
  };
}
