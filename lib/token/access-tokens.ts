import type { Random, Sleep } from '../clock.ts';
import type { WeChatAnswer } from '../wechat-answer.ts';
import {
  type AccessTokenStore,
  type FetchOptions,
  fetchAsStored,
  type SharedState,
  type StoredFailure,
  type StoredToken,
} from './access-token-store.ts';
import { asUnavailable, pauseAfterMs, TokenUnavailableError } from './token-unavailable-error.ts';

/** Hands out access tokens of one appid that are valid now. */
export interface AccessTokens {
  /** A token that has not expired. @throws TokenUnavailableError */
  get(): Promise<string>;
  /** What WeChat gives out after it refused a token at `refusedAtMs`. @throws TokenUnavailableError */
  replace(refused: string, refusedAtMs: number): Promise<string>;
  /** Another token than one that was refused twice, if one can be had. @throws TokenUnavailableError */
  force(refused: string, answer: WeChatAnswer): Promise<string>;
  /** The last one was refused, too: everybody waits for a while. Answers the error to throw. */
  giveUp(refused: string, answer: WeChatAnswer): Promise<TokenUnavailableError>;
  /** The clock that refusals are dated by. */
  now(): number;
}

interface AccessTokensOptions extends FetchOptions {
  readonly store: AccessTokenStore;
  /** Only `stable_token` knows `force_refresh`; the plain endpoint gives a new token each time. */
  readonly canForceRefresh: boolean;
  readonly sleep: Sleep;
  readonly random: Random;
}

/** Past this point a token is not handed out: a request begun with it must still arrive in time. */
const USABLE_BEFORE_MS = 15_000;
/** Many times what a fetch takes. Whoever waits longer comes back later, so as not to outlast its claim. */
const WAIT_FOR_OTHERS_MS = 5_000;
/** A little longer than the one request that it covers. */
const LEASE_MS = 15_000;
const FORCE = { everyMs: 5 * 60_000, leaseMs: LEASE_MS };

type Known = string | TokenUnavailableError;

/** How a token is come by. */
interface Way {
  /** What is had without a fetch: a token, or why there is none. Undefined when it is time to fetch. */
  readonly settled: (state: SharedState) => Known | undefined;
  /** What to go on with while another function fetches. */
  readonly meanwhile: (state: SharedState) => string | undefined;
  /** Fetches, holding the lease. */
  readonly fetch: (state: SharedState) => Promise<Known>;
}

/**
 * One token for all functions, kept in the table and in this process's memory. Whoever finds it missing or near its end
 * takes the lease and fetches; the others wait, or go on with the old one while it is valid. A failure is shared too.
 *
 * A token that WeChat refuses once is asked for anew, and goes on being used if WeChat gives no other or no answer.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { store, clock, sleep, random } = options;
  let memory: StoredToken | undefined;
  let pending: Promise<string> | undefined;

  const usable = (token: StoredToken | undefined) =>
    token && !token.condemned && token.expiresAtMs - clock() > USABLE_BEFORE_MS
      ? token.accessToken
      : undefined;
  const fresh = (token: StoredToken | undefined) =>
    token && !token.dropped && clock() < token.renewAtMs ? usable(token) : undefined;
  const pausing = (failure: StoredFailure | undefined) =>
    failure && clock() < failure.untilMs ? new TokenUnavailableError(failure) : undefined;

  /** One at a time in this process; the promise is forgotten when it settles, however it does. */
  function once(work: () => Promise<string>): Promise<string> {
    pending ??= work().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function look(): Promise<SharedState> {
    const state = await store.read();
    memory = state.token;
    return state;
  }

  async function obtain(way: Way): Promise<string> {
    const deadlineMs = clock() + WAIT_FOR_OTHERS_MS;
    for (;;) {
      const state = await look();
      const known = way.settled(state) ?? (await fetchInTurn(way)) ?? way.meanwhile(state);
      if (known instanceof TokenUnavailableError) throw known;
      if (known !== undefined) return known;
      if (clock() >= deadlineMs) {
        throw new TokenUnavailableError({ reason: 'another function has been fetching it for too long' });
      }
      await sleep(100 + random() * 200);
    }
  }

  /** Undefined when somebody else holds the lease. */
  async function fetchInTurn(way: Way): Promise<Known | undefined> {
    if (!(await store.takeLease(clock(), LEASE_MS))) return undefined;
    // Somebody may have come to a result between our look and our lease.
    const state = await look();
    const known = way.settled(state);
    if (known === undefined) return way.fetch(state);
    await store.releaseLease();
    return known;
  }

  async function save(token: StoredToken): Promise<string> {
    await store.save(token);
    memory = token;
    return token.accessToken;
  }

  async function fail(error: TokenUnavailableError): Promise<TokenUnavailableError> {
    await store.fail(failureOf(error));
    return error;
  }

  function failureOf(error: TokenUnavailableError): StoredFailure {
    const { reason, wechat } = error;
    return { reason, ...(wechat && { wechat }), untilMs: clock() + pauseAfterMs(error) };
  }

  const usual: Way = {
    settled: ({ token, failure }) => {
      const paused = pausing(failure);
      return fresh(token) ?? (paused && (usable(token) ?? paused));
    },
    meanwhile: ({ token }) => usable(token),
    async fetch({ token }) {
      const fetched = await fetchAsStored(false, options).catch(asUnavailable);
      if (!(fetched instanceof TokenUnavailableError)) return save(fetched);
      await fail(fetched);
      return usable(token) ?? fetched;
    },
  };

  /** Waits for what WeChat says rather than take up the refused one; unless WeChat says nothing in time. */
  const anew = (refused: string): Way => {
    const untilMs = clock() + WAIT_FOR_OTHERS_MS;
    const isOver = () => clock() >= untilMs;
    return {
      ...usual,
      meanwhile: ({ token }) => (token?.accessToken !== refused || isOver() ? usable(token) : undefined),
    };
  };

  /** Force kills the old token for everyone, so it is the last resort (WeChat contract §2.3). */
  const forced = (refused: string, answer: WeChatAnswer): Way => {
    const other = ({ token }: SharedState) => (token?.accessToken === refused ? undefined : usable(token));
    return {
      settled: (state) => other(state) ?? pausing(state.failure),
      meanwhile: other,
      async fetch() {
        // Where one was forced a moment ago, what WeChat gives out anyway is worth one more call.
        const mayForce = await store.takeForce(clock(), FORCE);
        const fetched = await fetchAsStored(mayForce && options.canForceRefresh, options).catch(
          asUnavailable,
        );
        if (fetched instanceof TokenUnavailableError) return fail(fetched);
        const isNoOther = mayForce && fetched.accessToken === refused;
        return isNoOther ? fail(allRefused(answer)) : save(fetched);
      },
    };
  };

  /** From now on nobody goes on with the token while there is a failure. */
  async function condemn(refused: string, error: TokenUnavailableError): Promise<void> {
    const { failure } = await look();
    await store.condemn(refused, failure && pausing(failure) ? failure : failureOf(error));
    memory = undefined;
  }

  return {
    now: clock,

    async get() {
      return fresh(memory) ?? once(() => obtain(usual));
    },

    async replace(refused, refusedAtMs) {
      if (memory?.accessToken === refused && memory.fetchedAtMs <= refusedAtMs) memory = undefined;
      await store.drop(refused, refusedAtMs);
      const token = await once(() => obtain(anew(refused)));
      // What was under way already may not have asked WeChat since.
      return token === refused ? once(() => obtain(anew(refused))) : token;
    },

    async force(refused, answer) {
      const way = forced(refused, answer);
      try {
        const token = await once(() => obtain(way));
        return token === refused ? await once(() => obtain(way)) : token;
      } catch (error) {
        if (error instanceof TokenUnavailableError) await condemn(refused, error);
        throw error;
      }
    },

    async giveUp(refused, answer) {
      const error = allRefused(answer);
      await condemn(refused, error);
      return error;
    },
  };
}

function allRefused(wechat: WeChatAnswer): TokenUnavailableError {
  return new TokenUnavailableError({ reason: 'WeChat refuses each one that it gives out', wechat });
}
