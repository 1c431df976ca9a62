import type { Clock } from '../clock.ts';
import type { LogFields, Logger } from '../logger.ts';
import { redact } from './redact.ts';

/** What {@link createConsoleLogger} may be given. */
export interface ConsoleLoggerOptions {
  readonly clock?: Clock;
  /** What every line says besides its own facts. */
  readonly commonFields?: () => LogFields;
  /** Takes one line, with its line break. Default: standard output. */
  readonly write?: (line: string) => unknown;
}

/**
 * A logger that writes one line of JSON per event, redacted. With `level` and `timestamp` in it Lambda's JSON log format
 * takes the line as it is, level filter included; a line given to `console.log` it would wrap as a text within JSON.
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
