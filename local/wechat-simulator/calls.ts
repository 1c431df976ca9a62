/** The simulated calls by name, as faults and the list of received requests name them. */
export const CALL_NAMES = [
  'login',
  'check-session',
  'plain-token',
  'stable-token',
  'send',
  'templates',
  'quota',
  'clear-quota',
] as const;

/** One simulated call. */
export type CallName = (typeof CALL_NAMES)[number];

/** A body as JSON: absent, unreadable, or a value still to be checked. */
export type Json = { type: 'empty' } | { type: 'unreadable' } | { type: 'value'; value: unknown };

/** One request to WeChat, read completely. */
export interface WeChatRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly json: Json;
  /** Length of the body in characters. */
  readonly bodyLength: number;
  readonly callerIp: string;
}

/** Reads a body once. */
export function readJson(text: string): Json {
  if (text.trim() === '') return { type: 'empty' };
  try {
    return { type: 'value', value: JSON.parse(text) };
  } catch {
    return { type: 'unreadable' };
  }
}

/** A JSON object's members, or undefined for any other value. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is a non-empty string, else undefined. */
export function textOf(
  record: Readonly<Record<string, unknown>> | undefined,
  key: string,
): string | undefined {
  const value = record?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
