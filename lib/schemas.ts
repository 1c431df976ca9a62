import * as v from 'valibot';

/** A whole number from 0 on. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A moment in epoch milliseconds. */
export const instant = v.pipe(v.number(), v.integer());

/** Moments in epoch milliseconds. */
export const instants = v.pipe(v.array(instant), v.readonly());
