import { FIELD_RULES } from './field-rules.ts';
import { fitMoment } from './fit-moment.ts';
import { cutText, onOneLine, toHalfWidth, withoutSpaces } from './fit-text.ts';
import type { FieldKind, TemplateField } from './template.ts';
import { valueFault } from './value-fault.ts';

/** The zone in which a moment is told when the caller names none: WeChat's own. */
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

type Fit = (value: string, timeZone: string) => string;

/** Comma groups as Chinese and English write them; a comma elsewhere may be a decimal point and is left alone. */
const GROUPED = /^([¥￥$€£]?\d{1,3})((?:,\d{3})+)(?=\.|元|$)/;

/**
 * What may be done to a value of each kind without changing its meaning. Only free text is ever cut: numbers, phones,
 * plates, ids and listed values are shown whole or not at all.
 */
const FITS: Readonly<Record<FieldKind, Fit>> = {
  thing: fitText('thing'),
  name: fitText('name'),
  unknown: onOneLine,
  number: (value) => fitDecimal(toHalfWidth(value).trim()),
  letter: (value) => toHalfWidth(value).trim(),
  symbol: (value) => value.trim(),
  character_string: (value) => toHalfWidth(value).trim(),
  time: (value, timeZone) => fitMoment(toHalfWidth(value).trim(), timeZone),
  date: (value, timeZone) => fitMoment(toHalfWidth(value).trim(), timeZone),
  amount: (value) => fitAmount(withoutSpaces(toHalfWidth(value))),
  phone_number: (value) => toHalfWidth(value).trim(),
  car_number: (value) => withoutSpaces(toHalfWidth(value)).replace(/[·•・]/gu, ''),
  phrase: (value) => value.trim(),
  enum: (value) => value.trim(),
  enum_string: (value) => value.trim(),
};

/**
 * The form of a refused value that WeChat takes, or undefined when there is none that keeps its meaning.
 *
 * @param timeZone IANA zone in which moments are told; an unknown one is a RangeError.
 */
export function fitValue(
  field: Pick<TemplateField, 'kind' | 'values'>,
  value: string,
  timeZone: string,
): string | undefined {
  const fitted = FITS[field.kind](value, timeZone);
  return valueFault(field, fitted) === undefined ? fitted : undefined;
}

function fitText(kind: FieldKind): Fit {
  return (value) => {
    const line = onOneLine(value);
    return cutText(line, FIELD_RULES[kind].limit?.(line) ?? line.length);
  };
}

function fitDecimal(text: string): string {
  return text
    .replace(GROUPED, (grouped) => grouped.replaceAll(',', ''))
    .replace(/^([¥￥$€£]?)(?=\.\d)/, '$10')
    .replace(/(?<=\d)\.(?=元?$)/, '');
}

/** WeChat shows at most two decimals: zeros beyond them fall away, other digits do not. */
function fitAmount(text: string): string {
  return fitDecimal(text).replace(/^(\D?\d+\.\d{2})0+(?=元?$)/, '$1');
}
