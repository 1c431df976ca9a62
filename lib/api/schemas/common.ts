import * as v from 'valibot';
import { ALIAS_FORM } from '../../templates/aliases.ts';
import { isRealDate } from '../../time-zone.ts';
import { ERROR_MESSAGES } from './error-messages.ts';

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** A moment as callers give it, in RFC 3339 with any offset; epoch milliseconds once parsed. */
export function instant(description: string) {
  return v.pipe(
    v.string(),
    v.metadata({ format: 'date-time', description }),
    v.regex(RFC_3339, ERROR_MESSAGES.rfc3339),
    v.check(
      (text) => !Number.isNaN(Date.parse(text.toUpperCase())) && isRealDate(text.slice(0, 10)),
      ERROR_MESSAGES.realMoment,
    ),
    v.transform((text) => Date.parse(text.toUpperCase())),
  );
}

/** A moment as it is answered: RFC 3339 in UTC with milliseconds. */
export const rfc3339 = v.pipe(
  v.string(),
  v.metadata({ format: 'date-time', examples: ['2026-12-01T01:00:00.000Z'] }),
);

/** Epoch milliseconds as they are answered. */
export function toRfc3339(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** How many there are of something. */
export const count = v.pipe(v.number(), v.integer());

/** A whole number, as callers give it. */
export function wholeNumber(min: number) {
  return v.pipe(v.number(), v.integer(ERROR_MESSAGES.wholeNumber), v.minValue(min, ERROR_MESSAGES.min(min)));
}

/**
 * A schema that has a name in the API document, where more is to be said of it: a description beside the
 * schema itself would make another one that has no name.
 */
export function named<S extends v.GenericSchema>(schema: S): v.LazySchema<S> {
  return v.lazy(() => schema);
}

/** A device as the user subscribed to it (WeChat contract §8.1b); of a model id no rule is known. */
export const device = v.strictObject({
  sn: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_-]{1,128}$/, ERROR_MESSAGES.sn),
    v.description("The device's serial number, as its maker gave it."),
  ),
  modelId: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,128}$/, ERROR_MESSAGES.visibleAscii(128)),
    v.description('The id of its model, which WeChat gave when the device was registered.'),
  ),
});

/** A time zone by its IANA name. */
export const timezone = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check(isTimeZone, ERROR_MESSAGES.timezone),
  v.description('An IANA time zone, such as Asia/Shanghai.'),
);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A user of the mini program, as WeChat names them. */
export const openid = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, ERROR_MESSAGES.openid),
  v.description('The user, as WeChat names them to this mini program.'),
);

/** A template of the account, by its id or, from callers, by its alias. */
export const templateId = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, ERROR_MESSAGES.templateId),
  v.description(
    'The private template id (priTmplId), not the tid of the template library; where you send it, also its alias.',
  ),
);

/** The name of a template. */
export const alias = v.pipe(
  v.string(),
  v.regex(ALIAS_FORM, ERROR_MESSAGES.alias),
  v.description('A name of your own for a template, usable wherever its id is.'),
);
