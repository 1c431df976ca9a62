import type { BilingualText } from '../../lib/bilingual-text.ts';

/** What a check says. */
export interface Finding {
  readonly check: string;
  /** The mini program that it is about, where the stage has several. */
  readonly appid?: string;
  /** `skip`: nothing was found out. */
  readonly level: 'ok' | 'warn' | 'fail' | 'skip';
  readonly says: BilingualText;
  /** What to do about it. */
  readonly advice?: BilingualText;
  /** Tells of something beside the service that answers now: what earlier versions left behind, this computer's clock, another mini program. */
  readonly isAside?: true;
}

/** An answer over HTTP, or why there is none. */
export type Probe =
  | {
      readonly type: 'answered';
      readonly status: number;
      readonly text: string;
      /** The server's `date` header. */
      readonly date: string | undefined;
      readonly sentAtMs: number;
      readonly receivedAtMs: number;
    }
  | { readonly type: 'unreachable'; readonly reason: string };
