import * as v from 'valibot';
import type { Invocation } from './invoke.ts';

/** A record as far as its window goes by it. */
interface Timed {
  /** In seconds. */
  readonly dynamodb: { readonly ApproximateCreationDateTime: number };
}

/**
 * What Lambda adds to a batch where the event source has a tumbling window. Here no window waits for its end, so
 * that each batch is handed over at once, and none carries state on.
 */
export function windowOf([first]: readonly Timed[], seconds: number) {
  const ms = seconds * 1000;
  const start = Math.floor(((first?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000) / ms) * ms;
  return {
    window: { start: new Date(start).toISOString(), end: new Date(start + ms).toISOString() },
    state: {},
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
  };
}

const responseSchema = v.object({ state: v.record(v.string(), v.unknown()) });

/** As Lambda takes the answer: without a state the call has failed. */
export function withState(invocation: Invocation): Invocation {
  if (invocation.type === 'threw' || v.is(responseSchema, invocation.result)) return invocation;
  return { type: 'threw', error: new Error('A function with a tumbling window has to answer a state.') };
}
