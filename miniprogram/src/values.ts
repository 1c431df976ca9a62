/** Whether members can be asked for: all but null, undefined and what is empty can be. */
function hasMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return !!value;
}

/** A member of what may be no object at all. */
export function memberOf(value: unknown, name: string): unknown {
  return hasMembers(value) && value[name];
}

/** A member that must be a text; empty when it is none. */
export function textOf(value: unknown, name: string): string {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : '';
}

/** Makes the check whether a value is a `T`, told by a member that every `T` has as a text. */
export function having<T>(name: string): (value: unknown) => value is T {
  return (value): value is T => !!textOf(value, name);
}

/** Those of a list that pass a check; none when it is no list. */
export function listOf<T>(list: unknown, isOne: (value: unknown) => value is T): readonly T[] {
  return Array.isArray(list) ? list.filter(isOne) : [];
}

/** Gives an object further members. Spread syntax would bring a helper of half a kilobyte along. */
export function assign<A extends object, B extends object>(target: A, members: B | undefined): A & B;
export function assign(
  target: Record<string, unknown>,
  members: Readonly<Record<string, unknown>> | undefined,
): object {
  for (const name in members) target[name] = members[name];
  return target;
}

/** What a call gives; undefined when it throws, as calls of some phones do that should not. */
export function tried<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {}
  return undefined;
}

/** An id that no other tap and no other reminder of the user has. `now` gives epoch milliseconds. */
export function newId(now: () => number): string {
  return now().toString(36) + Math.random().toString(36);
}
