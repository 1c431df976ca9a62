import type { TemplateKind } from '../grants/ledger.ts';
import type { TemplateCatalogue } from './catalogue.ts';
import { checkNormalised } from './check-data.ts';
import type { FieldProblem } from './field-problem.ts';
import { DEFAULT_TIME_ZONE, fitValue } from './fit-value.ts';
import { normaliseData } from './normalise-data.ts';
import { type FittedValue, type Template, templateKindOf } from './template.ts';

interface FittedData {
  readonly data: Readonly<Record<string, string>>;
  readonly fitted: readonly FittedValue[];
}

/** Data that is ready to be stored and sent, or everything that is wrong with it. */
type PreparedData =
  | ({ readonly type: 'valid' } & FittedData)
  | ({ readonly type: 'invalid'; readonly problems: readonly FieldProblem[] } & Pick<FittedData, 'data'>);

interface PrepareOptions {
  /** Whether to shorten and reformat what can be fitted without changing its meaning. */
  readonly fit: boolean;
  /** IANA zone in which fitted moments are shown; default Asia/Shanghai; an unknown one is a RangeError. */
  readonly timeZone?: string;
}

/** Reads, fits if asked to, and checks the data of a message in one go. */
export function prepareData(
  template: Pick<Template, 'fields'>,
  input: unknown,
  options: PrepareOptions,
): PreparedData {
  const { data: given, problems } = normaliseData(input);
  const { data, fitted } = options.fit ? fitData(template, given, options) : { data: given, fitted: [] };
  const checked = checkNormalised(template, { data, problems });
  return checked.type === 'valid' ? { ...checked, fitted } : { ...checked, data };
}

/**
 * Shortens and reformats what WeChat does not surely take, wherever the meaning stays the same: text is cut
 * with an ellipsis, white space tidied, full-width forms, RFC 3339 moments and amounts put into WeChat's
 * forms.
 *
 * A value that WeChat surely takes is never touched. One that cannot be fitted stays for the check to refuse,
 * so fitting twice changes nothing. Keys that are not the template's stay too.
 */
export function fitData(
  template: Pick<Template, 'fields'>,
  data: Readonly<Record<string, string>>,
  { timeZone = DEFAULT_TIME_ZONE }: Pick<PrepareOptions, 'timeZone'> = {},
): FittedData {
  const fitted = template.fields.flatMap(({ key, ...field }) => {
    const from = Object.hasOwn(data, key) ? data[key] : undefined;
    const to = from === undefined ? undefined : fitValue(field, from, timeZone);
    return from === undefined || to === undefined ? [] : [{ key, from, to }];
  });
  return { data: { ...data, ...Object.fromEntries(fitted.map(({ key, to }) => [key, to])) }, fitted };
}

interface ComposeRequest extends PrepareOptions {
  readonly templateId: string;
  readonly data: unknown;
}

type ComposeResult =
  | ({ readonly type: 'composed'; readonly templateKind: TemplateKind } & FittedData)
  | { readonly type: 'invalid-data'; readonly problems: readonly FieldProblem[] }
  | { readonly type: 'unknown-template' };

/**
 * Checks a caller's data against its template before anything is stored, after fitting it where that is asked
 * for.
 *
 * @throws TemplateCallError when the template is not known yet and WeChat could not be asked.
 */
export async function composeMessage(
  templates: Pick<TemplateCatalogue, 'find'>,
  request: ComposeRequest,
): Promise<ComposeResult> {
  const template = await templates.find(request.templateId);
  if (!template) return { type: 'unknown-template' };
  const prepared = prepareData(template, request.data, request);
  if (prepared.type === 'invalid') return { type: 'invalid-data', problems: prepared.problems };
  const { data, fitted } = prepared;
  return { type: 'composed', data, fitted, templateKind: templateKindOf(template) };
}
