import type { Clock } from '../clock.ts';
import type { LogFields, Logger } from '../logger.ts';

interface ConsoleLoggerOptions {
  readonly clock?: Clock;
  /** What every line says besides its own facts. */
  readonly commonFields?: () => LogFields;
  /** Takes one line, with its line break. Default: standard output. */
  readonly write?: (line: string) => unknown;
}

/**
 * A logger that writes one line of JSON per event, redacted. With `level` and `timestamp` in it Lambda's JSON
 * log format takes the line as it is, level filter included; a line given to `console.log` it would wrap as a
 * text within JSON.
 */
export function createConsoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const {
    clock = Date.now,
    commonFields = () => ({}),
    write = (line) => process.stdout.write(line),
  } = options;
  const log =
    (level: 'INFO' | 'WARN' | 'ERROR') =>
    (message: string, fields: LogFields = {}) => {
      const event = {
        ...commonFields(),
        ...fields,
        level,
        timestamp: new Date(clock()).toISOString(),
        message,
      };
      write(`${JSON.stringify(redact(event))}\n`);
    };
  return { info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

const REDACTED = '[redacted]';

/** Names of fields whose values nobody may read in a log, written without `_` and `-`. */
const SECRET_FIELD =
  /secret|authorization|password|credential|cookie|(session|api|aes|private)key|token$|^(js|login)code$/i;

/** How secrets look inside a text: a bearer token, a query or JSON member. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\bBearer\s+[^\s"',]+/gi, `Bearer ${REDACTED}`],
  [
    /\b(access_token|session_key|app_?secret|secret|js_code|authorization)(\\?"?\s*[:=]\s*\\?"?)[^\s"'&,}\\]+/gi,
    `$1$2${REDACTED}`,
  ],
];

/** Deeper than any fact of ours; an endless structure ends here. */
const MAX_DEPTH = 6;

/**
 * A copy that is fit for a log: fields with secret names and texts that look like secrets are replaced,
 * errors become their name, code, message, stack and cause.
 */
function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[too deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Map) return redact(Object.fromEntries(value), depth);
  if (value instanceof Set) return redact([...value], depth);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecretField(name) ? REDACTED : redact(member, depth + 1),
    ]),
  );
}

function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name.replaceAll(/[_-]/g, ''));
}

function redactText(text: string): string {
  const withoutJwts = text.replaceAll(/[\w.-]{20,}/g, redactJwt);
  return SECRET_TEXTS.reduce((safe, [pattern, instead]) => safe.replaceAll(pattern, instead), withoutJwts);
}

/** Looks once at each word: a pattern for the three parts is quadratic on a long word of one part. */
function redactJwt(word: string): string {
  const at = word.indexOf('eyJ');
  const isJwt = at >= 0 && word.slice(at).split('.', 3).length === 3;
  return isJwt ? word.slice(0, at) + REDACTED : word;
}

/** Only these members: an AWS error also carries the whole request and answer. */
function redactError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    ...('code' in error ? { code: redact(error.code, depth + 1) } : {}),
    message: redactText(error.message),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}
