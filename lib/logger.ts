/** Facts that go along with a log line. Never a secret, a token or a session_key. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where services report what an operator should see. Each line is one event with its facts. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
