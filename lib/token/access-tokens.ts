import type { Clock, Random, Sleep } from '../clock.ts';
import type { AccessTokenStore, StoredToken } from './access-token-store.ts';
import { asUnavailable, pauseAfterMs, TokenUnavailableError } from './token-unavailable-error.ts';

/** Hands out access tokens of one appid that are valid now. */
export interface AccessTokens {
  /** A token that has not expired. @throws TokenUnavailableError */
  get(): Promise<string>;
  /** Another token than `refused`, which WeChat would not take. @throws TokenUnavailableError */
  replace(refused: string): Promise<string>;
}

/** What the holder needs from outside. `fetchToken` throws when WeChat gives none. */
export interface AccessTokensOptions {
  readonly store: AccessTokenStore;
  readonly fetchToken: (options: {
    forceRefresh: boolean;
  }) => Promise<{ accessToken: string; expiresInSeconds: number }>;
  /** Only `stable_token` knows `force_refresh`. */
  readonly canForceRefresh: boolean;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
}

/** `stable_token` gives a new token only in the last five minutes of the old one's life (WeChat contract §2.1). */
const RENEW_BEFORE_MS = 4 * 60_000;
/** Past this point a token is not handed out: a request begun with it must still arrive in time. */
const USABLE_BEFORE_MS = 15_000;
/** A little longer than the one request that it covers. */
const LEASE_MS = 15_000;
/** The other refresher's lease and a margin. */
const WAIT_FOR_OTHERS_MS = 20_000;
const FORCE_REFRESH_EVERY_MS = 5 * 60_000;

/**
 * One token for all functions, kept in the table and in this process's memory. Whoever finds it missing or near its end
 * takes the lease in the table and fetches; everyone else waits for the result or goes on with the old one while it is valid.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { store, clock, sleep, random } = options;
  let memory: StoredToken | undefined;
  let pending: Promise<string> | undefined;
  let failure: { readonly error: TokenUnavailableError; readonly untilMs: number } | undefined;

  const usable = (token: StoredToken | undefined) =>
    token && !token.dropped && token.expiresAtMs - clock() > USABLE_BEFORE_MS ? token.accessToken : undefined;
  const fresh = (token: StoredToken | undefined) =>
    token && !token.dropped && token.expiresAtMs - clock() > RENEW_BEFORE_MS ? token.accessToken : undefined;

  /** One at a time in this process; the promise is forgotten when it settles, however it does. */
  function once(work: () => Promise<string>): Promise<string> {
    pending ??= work().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function obtain(refused: string | undefined): Promise<string> {
    const deadlineMs = clock() + WAIT_FOR_OTHERS_MS;
    for (;;) {
      memory = (await store.read()).token;
      const ready = fresh(memory);
      if (ready !== undefined && ready !== refused) return ready;
      const fallback = refused === usable(memory) ? undefined : usable(memory);
      if (failure && clock() < failure.untilMs) return orFail(fallback, failure.error);
      if (await store.takeLease(clock(), LEASE_MS)) return refresh(refused, fallback);
      if (fallback !== undefined) return fallback;
      if (clock() >= deadlineMs)
        throw new TokenUnavailableError('another function has been fetching it for too long');
      await sleep(100 + random() * 200);
    }
  }

  /** Holding the lease: nobody else fetches. */
  async function refresh(refused: string | undefined, fallback: string | undefined): Promise<string> {
    // Somebody may have saved one between our look and our lease.
    const saved = (await store.read()).token;
    const savedByOther = fresh(saved);
    if (savedByOther !== undefined && savedByOther !== refused) {
      memory = saved;
      await store.releaseLease();
      return savedByOther;
    }
    const fetched = await fetchOther(refused).catch(asUnavailable);
    if (fetched instanceof TokenUnavailableError) {
      await store.releaseLease();
      failure = { error: fetched, untilMs: clock() + pauseAfterMs(fetched) };
      return orFail(fallback, fetched);
    }
    await store.save(fetched);
    memory = fetched;
    failure = undefined;
    return fetched.accessToken;
  }

  /** Force kills the old token for everyone, so it is the last resort: only when the very token that was refused comes back. */
  async function fetchOther(refused: string | undefined): Promise<StoredToken> {
    const fetched = toStored(await options.fetchToken({ forceRefresh: false }));
    if (fetched.accessToken !== refused) return fetched;
    const { forcedAtMs = Number.NEGATIVE_INFINITY } = await store.read();
    if (!options.canForceRefresh || clock() - forcedAtMs < FORCE_REFRESH_EVERY_MS) {
      throw new TokenUnavailableError('WeChat keeps handing out the token that it refuses');
    }
    await store.markForced(clock());
    return toStored(await options.fetchToken({ forceRefresh: true }));
  }

  function toStored({
    accessToken,
    expiresInSeconds,
  }: {
    accessToken: string;
    expiresInSeconds: number;
  }): StoredToken {
    return { accessToken, expiresAtMs: clock() + expiresInSeconds * 1000, dropped: false };
  }

  return {
    async get() {
      return fresh(memory) ?? once(() => obtain(undefined));
    },
    async replace(refused) {
      if (memory?.accessToken === refused) memory = undefined;
      await store.drop(refused);
      const token = await once(() => obtain(refused));
      // A fetch that was under way already may have brought the same one.
      return token === refused ? once(() => obtain(refused)) : token;
    },
  };
}

function orFail(fallback: string | undefined, error: TokenUnavailableError): string {
  if (fallback !== undefined) return fallback;
  throw error;
}
