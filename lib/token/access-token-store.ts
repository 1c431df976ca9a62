import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { weChatAnswer } from '../wechat-answer.ts';

/** The token that all functions share. */
export const storedToken = v.object({
  accessToken: v.string(),
  /** When WeChat last gave it out, be it for the second time. */
  fetchedAtMs: v.number(),
  /** From here on a new one is fetched, while this one goes on working. */
  renewAtMs: v.number(),
  expiresAtMs: v.number(),
  /** WeChat has refused it once: WeChat is asked before it is handed out again. */
  dropped: v.boolean(),
  /** WeChat has refused it twice and gives no other: not handed out until WeChat gives it out anew. */
  condemned: v.boolean(),
});

/** The token that all functions share. */
export type StoredToken = Readonly<v.InferOutput<typeof storedToken>>;

/** Why no token could be fetched, for all functions to read, and until when none of them asks again. */
export const storedFailure = v.object({
  reason: v.string(),
  wechat: v.exactOptional(weChatAnswer),
  untilMs: v.number(),
});

/** Why no token could be fetched. */
export type StoredFailure = Readonly<v.InferOutput<typeof storedFailure>>;

/** What all functions know. */
export interface SharedState {
  /** As last saved, even past its end. */
  readonly token?: StoredToken;
  /** Of the latest fetch, if that failed; even past its end. */
  readonly failure?: StoredFailure;
}

/** Where the token is shared, with a lease so that one function at a time fetches a new one. */
export interface AccessTokenStore {
  read(): Promise<SharedState>;
  /** Whether the lease is ours now; nobody else gets it for `leaseMs`. */
  takeLease(nowMs: number, leaseMs: number): Promise<boolean>;
  /** Saves a token fetched under our lease, forgets the failure, ends the lease; nothing once it is lost. */
  save(token: StoredToken): Promise<void>;
  /**
   * Saves a failure met under our lease and gives the lease back. Does nothing when the lease has been lost.
   */
  fail(failure: StoredFailure): Promise<void>;
  /** Gives our lease back with nothing new. */
  releaseLease(): Promise<void>;
  /** Marks the token as refused, if it is still the present one and was not given out again since then. */
  drop(accessToken: string, refusedAtMs: number): Promise<void>;
  /** Marks the token as condemned, if it is still the present one, with the failure that all then know. */
  condemn(accessToken: string, failure: StoredFailure): Promise<void>;
  /**
   * Whether we, holding the lease, may force a refresh: once in `everyMs` for all functions together. The
   * lease then lasts `leaseMs` from now.
   */
  takeForce(nowMs: number, limits: { readonly everyMs: number; readonly leaseMs: number }): Promise<boolean>;
}

/** Asks WeChat for a token; throws when WeChat gives none. */
export type FetchToken = (options: {
  readonly forceRefresh: boolean;
}) => Promise<{ accessToken: string; expiresInSeconds: number }>;

export interface FetchOptions {
  readonly fetchToken: FetchToken;
  readonly clock: Clock;
}

/** `stable_token` gives a new one only in the old one's last five minutes (WeChat contract §2.1). */
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
