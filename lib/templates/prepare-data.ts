import { checkNormalised } from './check-data.ts';
import type { FieldProblem } from './field-problem.ts';
import { DEFAULT_TIME_ZONE, fitValue } from './fit-value.ts';
import { normaliseData } from './normalise-data.ts';
import type { Template } from './template.ts';

/** Data that is ready to be stored and sent, or everything that is wrong with it. */
export type PreparedData = {
  /** Every text that could be read, after fitting. */
  readonly data: Readonly<Record<string, string>>;
} & (
  | {
      readonly type: 'valid';
      /** What fitting changed; empty without it. */
      readonly fitted: readonly FittedValue[];
    }
  | { readonly type: 'invalid'; readonly problems: readonly FieldProblem[] }
);

/** How a caller wants its data treated. */
export interface PrepareOptions {
  /** Whether to shorten and reformat what can be fitted without changing its meaning. */
  readonly fit: boolean;
  /** IANA zone in which fitted moments are told; default Asia/Shanghai; an unknown one is a RangeError. */
  readonly timeZone?: string;
}

/** Reads, fits if asked to, and checks the data of a message in one go. */
export function prepareData(
  template: Template,
  input: unknown,
  { fit, ...zone }: PrepareOptions,
): PreparedData {
  const { data: given, problems } = normaliseData(input);
  const { data, fitted } = fit ? fitData(template, given, zone) : { data: given, fitted: [] };
  const checked = checkNormalised(template, { data, problems });
  return checked.type === 'valid' ? { ...checked, fitted } : { ...checked, data };
}

/** One value that was put into another form. */
export interface FittedValue {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

/** Data after fitting, with everything that was changed. */
export interface FittedData {
  readonly data: Readonly<Record<string, string>>;
  readonly fitted: readonly FittedValue[];
}

/**
 * Shortens and reformats what WeChat does not surely take, wherever the meaning stays the same: text cut by character
 * with an ellipsis, white space and line breaks tidied, full-width forms made half-width, RFC 3339 moments and amounts
 * put into WeChat's forms.
 *
 * A value that WeChat surely takes is never touched, and one that cannot be fitted stays for the check to refuse; so fitting twice
 * changes nothing. Keys that are not the template's stay too.
 *
 * @param options.timeZone IANA zone in which moments are told; default Asia/Shanghai; an unknown one is a RangeError.
 */
export function fitData(
  template: Template,
  data: Readonly<Record<string, string>>,
  { timeZone = DEFAULT_TIME_ZONE }: { readonly timeZone?: string } = {},
): FittedData {
  const fitted = template.fields.flatMap((field) => {
    const from = Object.hasOwn(data, field.key) ? data[field.key] : undefined;
    if (from === undefined) return [];
    const to = fitValue(field, from, timeZone);
    return to === undefined ? [] : [{ key: field.key, from, to }];
  });
  return { data: { ...data, ...Object.fromEntries(fitted.map(({ key, to }) => [key, to])) }, fitted };
}
