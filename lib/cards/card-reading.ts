/** What WeChat shows of a card (WeChat contract §8.2, `get_user_notify`). */
export interface CardReading {
  /** The content that it last notified of, as JSON; empty where there was none. */
  readonly content: string;
  /** The user refuses this code. */
  readonly isRefused: boolean;
  readonly expiresAtMs?: number;
}
