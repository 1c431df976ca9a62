import * as v from 'valibot';

/** A whole number from 0 on. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A moment in epoch milliseconds. */
export const instant = v.pipe(v.number(), v.integer());

/** Moments in epoch milliseconds. */
export const instants = v.pipe(v.array(instant), v.readonly());

/**
 * An object as it is stored. What a later version of the service added stays when it is written
 * back: containers of two versions run side by side for a while, and an older one must not erase
 * what the newer one stored.
 */
export function storedObject<Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<
  v.InferInput<v.ObjectSchema<Entries, undefined>>,
  v.InferOutput<v.ObjectSchema<Entries, undefined>>
> & { readonly entries: Entries } {
  return v.looseObject(entries);
}
