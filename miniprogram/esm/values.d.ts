/** A member of what may be no object at all. */
export declare function memberOf(value: unknown, name: string): unknown;
/** A member that must be a text; empty when it is none. */
export declare function textOf(value: unknown, name: string): string;
/** Makes the check whether a value is a `T`, told by a member that every `T` has as a text. */
export declare function having<T>(name: string): (value: unknown) => value is T;
/** Those of a list that pass a check; none when it is no list. */
export declare function listOf<T>(list: unknown, isOne: (value: unknown) => value is T): readonly T[];
/** Gives an object further members. Spread syntax would bring a helper of half a kilobyte along. */
export declare function assign<A extends object, B extends object>(target: A, members: B | undefined): A & B;
/** What a call gives; undefined when it throws, as calls of some phones do that should not. */
export declare function tried<T>(call: () => T): T | undefined;
/** An id that no other tap and no other reminder of the user has. `now` gives epoch milliseconds. */
export declare function newId(now: () => number): string;
