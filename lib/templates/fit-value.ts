import { FIELD_RULES } from './field-rules.ts';
import { fitMoment } from './fit-date-time.ts';
import { cutText, onOneLine, toHalfWidth, withoutSpaces } from './fit-text.ts';
import { gradeValue, valueError } from './grade-value.ts';
import type { FieldKind, TemplateField } from './template.ts';

/** The zone in which a moment is shown when the caller names none: WeChat's own. */
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

type Fit = (value: string, timeZone: string) => string;

/**
 * Comma groups as Chinese and English write them; a comma elsewhere may be a decimal point and is left alone.
 */
const GROUPED = /^([-+]?\p{Sc}?\d{1,3})((?:,\d{3})+)(?=\.|元|\p{Sc}|$)/u;

/** What may be done to a value of each kind without changing its meaning, short of cutting it. */
const FITS: Readonly<Record<FieldKind, Fit>> = {
  thing: onOneLine,
  name: (value) => onOneLine(visible(value).replace(/[^\S ]+/gu, ' ')),
  unknown: onOneLine,
  number: (value) => fitDecimal(tidy(value)),
  letter: tidy,
  symbol: (value) => value.trim(),
  character_string: tidy,
  time: (value, timeZone) => fitMoment(tidy(value), timeZone),
  date: (value, timeZone) => fitMoment(tidy(value), timeZone),
  amount: (value) => fitAmount(withoutSpaces(tidy(value))),
  phone_number: (value) => tidy(value).replace(/[^\S ]/gu, ' '),
  car_number: (value) => withoutSpaces(tidy(value)).replace(/[-·•・]/gu, ''),
  phrase: (value) => visible(value).trim(),
  enum: (value) => value.trim(),
  enum_string: (value) => value.trim(),
};

/**
 * Only free text is ever cut: numbers, phones, plates, ids and listed values are shown whole or not at all.
 */
const MAY_BE_CUT: ReadonlySet<FieldKind> = new Set(['thing', 'name']);

/**
 * Another form of a value that WeChat does not surely take: one that it takes, or at least may take, with the
 * same meaning. Undefined when there is none. A value that WeChat may take as it is is never cut.
 *
 * @param timeZone IANA zone in which moments are shown; an unknown one is a RangeError.
 */
export function fitValue(
  field: Pick<TemplateField, 'kind' | 'values'>,
  value: string,
  timeZone: string,
): string | undefined {
  const { grade } = gradeValue(field, value);
  if (grade === 'sure') return undefined;
  const tidied = FITS[field.kind](value, timeZone);
  const cuts = grade === 'refused' && MAY_BE_CUT.has(field.kind);
  const fitted = cuts ? cutText(tidied, FIELD_RULES[field.kind].limit?.(tidied) ?? tidied.length) : tidied;
  return fitted === value || valueError(field, fitted) ? undefined : fitted;
}

/** Half-width, without invisible characters and without white space around it. */
function tidy(value: string): string {
  return toHalfWidth(visible(value)).trim();
}

function visible(value: string): string {
  return value.replace(/\p{Cf}/gu, '');
}

function fitDecimal(text: string): string {
  return text
    .replace(GROUPED, (grouped) => grouped.replaceAll(',', ''))
    .replace(/^([-+]?\p{Sc}?)(?=\.\d)/u, '$10')
    .replace(/(?<=\d)\.(?=(?:元|\p{Sc})?$)/u, '');
}

/** Zeros beyond two decimals fall away, other digits do not; a currency sign comes first. */
function fitAmount(text: string): string {
  return fitDecimal(text)
    .replace(/^(\D?\d+\.\d{2})0+(?=元?$)/, '$1')
    .replace(/^(\d[\d.]*)(\p{Sc})$/u, '$2$1');
}
