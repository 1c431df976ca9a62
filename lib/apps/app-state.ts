import type { Clock } from '../clock.ts';
import type { AppRateLimits } from '../limits/rate-limit.ts';
import type { SharedState } from '../token/access-token-store.ts';
import { isPassing } from '../token/token-unavailable-error.ts';

/** The states of a mini program, as its owner sees it. */
export const APP_STATUSES = ['ready', 'credentials-refused', 'sending-stopped'] as const;

type AppStatus = (typeof APP_STATUSES)[number];

interface AppStateSources {
  /** The owner stopped its sending. */
  readonly isStopped: boolean;
  readonly readToken: () => Promise<SharedState>;
  readonly readRateLimits: () => Promise<AppRateLimits>;
  readonly templatesSyncedAtMs: () => Promise<number | undefined>;
  readonly clock: Clock;
}

/** The state of a mini program now. */
export interface AppState {
  readonly status: AppStatus;
  readonly templatesSyncedAtMs?: number;
}

/** How many jobs of the stage's queues were given up: they need a person. */
export interface DeadLetters {
  readonly sends: number;
  readonly campaigns: number;
  readonly events: number;
  /** Of the table's changes, which are counted and published. */
  readonly changes: number;
}

/** Reads what became of the latest token, whether sends are stopped, and when the templates were read. */
export async function readAppState(sources: AppStateSources): Promise<AppState> {
  const [token, rateLimits, syncedAtMs] = await Promise.all([
    sources.readToken(),
    sources.readRateLimits(),
    sources.templatesSyncedAtMs(),
  ]);
  return {
    status: appStatusOf(sources, token, rateLimits),
    ...(syncedAtMs !== undefined && { templatesSyncedAtMs: syncedAtMs }),
  };
}

function appStatusOf(
  { isStopped, clock }: AppStateSources,
  { failure }: SharedState,
  { slowdown }: AppRateLimits,
): AppStatus {
  if (isStopped) return 'sending-stopped';
  // The failure stands until a token is given out.
  if (failure && !isPassing(failure.wechat?.errcode)) return 'credentials-refused';
  const isHalted = slowdown?.cause === 'quota' || slowdown?.cause === 'refused';
  return isHalted && slowdown.stoppedUntilMs > clock() ? 'sending-stopped' : 'ready';
}
