import { checkNormalised } from './check-data.ts';
import type { FieldProblem } from './field-problem.ts';
import { type FittedValue, fitData } from './fit-data.ts';
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
