/** The token that all functions share. */
export interface StoredToken {
  readonly accessToken: string;
  readonly expiresAtMs: number;
  /** WeChat has refused it: not to be handed out any more. */
  readonly dropped: boolean;
}

/** Where the token is shared, with a lease so that one function at a time fetches a new one. */
export interface AccessTokenStore {
  /** The token as last saved, even past its end, and when a refresh was last forced. */
  read(): Promise<{ readonly token?: StoredToken; readonly forcedAtMs?: number }>;
  /** Whether the lease is ours now; nobody else gets it for `leaseMs`. */
  takeLease(nowMs: number, leaseMs: number): Promise<boolean>;
  /** Saves a token fetched under our lease and gives the lease back. Does nothing when the lease has been lost. */
  save(token: StoredToken): Promise<void>;
  /** Gives our lease back without a token. */
  releaseLease(): Promise<void>;
  /** Marks the token as refused, if it is still the present one. */
  drop(accessToken: string): Promise<void>;
  /** Remembers that a refresh is being forced. */
  markForced(nowMs: number): Promise<void>;
}
