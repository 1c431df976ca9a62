import type { Clock } from '../clock.ts';
import type { StoredToken } from './access-token-store.ts';

/** Asks WeChat for a token; throws when WeChat gives none. */
export type FetchToken = (options: {
  readonly forceRefresh: boolean;
}) => Promise<{ accessToken: string; expiresInSeconds: number }>;

export interface FetchOptions {
  readonly fetchToken: FetchToken;
  readonly clock: Clock;
}

/** `stable_token` gives a new token only in the last five minutes of the old one's life (WeChat contract §2.1). */
const RENEW_BEFORE_MS = 4 * 60_000;

/** A token as WeChat gives it out now. @throws whatever `fetchToken` throws */
export async function fetchAsStored(
  forceRefresh: boolean,
  { fetchToken, clock }: FetchOptions,
): Promise<StoredToken> {
  // Its life is counted from before the request, so that it is never taken to be longer than it is.
  const askedAtMs = clock();
  const { accessToken, expiresInSeconds } = await fetchToken({ forceRefresh });
  const lifeMs = expiresInSeconds * 1000;
  return {
    accessToken,
    fetchedAtMs: clock(),
    // One that is short-lived from the start is not renewed at every call.
    renewAtMs: askedAtMs + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2),
    expiresAtMs: askedAtMs + lifeMs,
    dropped: false,
    condemned: false,
  };
}
