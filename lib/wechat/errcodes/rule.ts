import type { SendPolicy, SendRule } from './types.ts';

/** A row of the outcome table by its errcode. */
export function rule(errcode: number, policy: SendPolicy, en: string, zh: string): [number, SendRule] {
  return [errcode, { errcode, ...policy, remedy: { en, zh } }];
}
