import type { WxFailure } from './wx.ts';

/** Whether a value from outside is an object with members. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A member of what may be no object at all. */
export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
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

/** The members of both, in a new object. Spread syntax would bring a helper of half a kilobyte along. */
export function merge<A extends object, B extends object>(first: A, second: B): A & B;
export function merge(
  first: Readonly<Record<string, unknown>>,
  second: Readonly<Record<string, unknown>>,
): object {
  const both: Record<string, unknown> = {};
  [first, second].forEach((part) => {
    for (const name in part) both[name] = part[name];
  });
  return both;
}

/** Turns a call of WeChat's with `success` and `fail` into a promise. */
export function promised<T>(
  call: (callbacks: { success(answer: T): void; fail(failure: WxFailure): void }) => unknown,
): Promise<T> {
  return new Promise((success, fail) => {
    call({ success, fail });
  });
}
