import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';

const content = v.pipe(v.string(), v.parseJson(), v.looseObject({ cur_status: v.number() }));

/**
 * The state that a card's content names, as WeChat's pages spell it; undefined where it names none. Contents
 * are kept as JSON.
 */
export function contentStatusOf(text: string): number | undefined {
  const result = v.safeParse(content, text);
  return result.success ? result.output.cur_status : undefined;
}

const json = v.pipe(v.string(), v.parseJson());

/** Whether two JSON texts say the same, whatever the order of their members. */
export function saysTheSame(one: string, other: string): boolean {
  const a = v.safeParse(json, one);
  const b = v.safeParse(json, other);
  return a.success && b.success && isDeepStrictEqual(a.output, b.output);
}

/**
 * Whether what WeChat shows of a card proves that it took `sent`. WeChat writes some values in its own way, so
 * a state that only `sent` has is enough.
 *
 * @param before what WeChat had before, empty for nothing; undefined where nobody knows
 */
export function provesTaken(shown: string, sent: string, before: string | undefined): boolean {
  if (saysTheSame(shown, sent)) return true;
  const status = contentStatusOf(shown);
  const wasOther = before !== undefined && contentStatusOf(before) !== status;
  return status !== undefined && status === contentStatusOf(sent) && wasOther;
}
