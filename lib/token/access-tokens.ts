import type { Random, Sleep } from '../clock.ts';
import type { SharedState, StoredToken } from './access-token-store.ts';
import { type FetchOptions, fetchOtherToken, LEASE_MS } from './fetch-other-token.ts';
import { asUnavailable, pauseAfterMs, TokenUnavailableError } from './token-unavailable-error.ts';

/** Hands out access tokens of one appid that are valid now. */
export interface AccessTokens {
  /** A token that has not expired. @throws TokenUnavailableError */
  get(): Promise<string>;
  /** Another token than `refused`, which WeChat would not take. @throws TokenUnavailableError */
  replace(refused: string): Promise<string>;
}

/** What the holder needs from outside. */
export interface AccessTokensOptions extends FetchOptions {
  readonly sleep: Sleep;
  readonly random: Random;
}

/** Past this point a token is not handed out: a request begun with it must still arrive in time. */
const USABLE_BEFORE_MS = 15_000;
/**
 * A fetch takes a fraction of this. Whoever waits longer comes back later rather than outlast the claim on its message:
 * with one or two requests of its own afterwards, a holder answers within 25 s.
 */
const WAIT_FOR_OTHERS_MS = 5_000;

/**
 * One token for all functions, kept in the table and in this process's memory. Whoever finds it missing or near its end
 * takes the lease in the table and fetches; everyone else waits for the result or goes on with the old one while it is
 * valid. A failure is shared too, so that WeChat is left alone for its pause by all functions together.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { store, clock, sleep, random } = options;
  let memory: StoredToken | undefined;
  let pending: Promise<string> | undefined;

  const usable = (token: StoredToken | undefined) =>
    token && !token.dropped && token.expiresAtMs - clock() > USABLE_BEFORE_MS ? token.accessToken : undefined;
  const fresh = (token: StoredToken | undefined) =>
    token && clock() < token.renewAtMs ? usable(token) : undefined;

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

  /** What is to be had without a fetch: a token, or the reason why there is none. Undefined when it is time to fetch. */
  function settled(
    { token, failure }: SharedState,
    refused: string | undefined,
  ): string | TokenUnavailableError | undefined {
    const ready = except(refused, fresh(token));
    if (ready !== undefined) return ready;
    if (!failure || clock() >= failure.untilMs) return undefined;
    return except(refused, usable(token)) ?? new TokenUnavailableError(failure);
  }

  async function obtain(refused: string | undefined): Promise<string> {
    const deadlineMs = clock() + WAIT_FOR_OTHERS_MS;
    for (;;) {
      const state = await look();
      const known = settled(state, refused) ?? (await refreshInTurn(refused));
      if (known !== undefined) return orThrow(known);
      const old = except(refused, usable(state.token));
      if (old !== undefined) return old;
      if (clock() >= deadlineMs) {
        throw new TokenUnavailableError({ reason: 'another function has been fetching it for too long' });
      }
      await sleep(100 + random() * 200);
    }
  }

  /** Undefined when somebody else holds the lease. */
  async function refreshInTurn(
    refused: string | undefined,
  ): Promise<string | TokenUnavailableError | undefined> {
    if (!(await store.takeLease(clock(), LEASE_MS))) return undefined;
    // Somebody may have come to a result between our look and our lease.
    const state = await look();
    const known = settled(state, refused);
    if (known === undefined) return refresh(state, refused);
    await store.releaseLease();
    return known;
  }

  /** Holding the lease: nobody else fetches. */
  async function refresh(
    { token }: SharedState,
    refused: string | undefined,
  ): Promise<string | TokenUnavailableError> {
    const unwanted = [refused, token?.dropped ? token.accessToken : undefined];
    const refusedOnes = new Set(unwanted.filter((each) => each !== undefined));
    const fetched = await fetchOtherToken(refusedOnes, options).catch(asUnavailable);
    if (fetched instanceof TokenUnavailableError) {
      const { reason, wechat } = fetched;
      await store.fail({ reason, ...(wechat && { wechat }), untilMs: clock() + pauseAfterMs(fetched) });
      return except(refused, usable(token)) ?? fetched;
    }
    await store.save(fetched);
    memory = fetched;
    return fetched.accessToken;
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

function except(refused: string | undefined, token: string | undefined): string | undefined {
  return token === refused ? undefined : token;
}

function orThrow(known: string | TokenUnavailableError): string {
  if (known instanceof TokenUnavailableError) throw known;
  return known;
}
