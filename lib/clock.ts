/** The present moment in milliseconds since the Unix epoch. Passed in wherever a rule depends on time. */
export type Clock = () => number;

/** A number in [0, 1), as `Math.random` gives it. Passed in wherever a rule needs jitter. */
export type Random = () => number;

/** Resolves after `ms` milliseconds. Passed in wherever code waits, so that a test need not. */
export type Sleep = (ms: number) => Promise<void>;

/** Whatever is still under way this long before Lambda ends an HTTP function is answered without it. */
export const TIMEOUT_RESERVE_MS = 500;
