/** The simulated calls by name, as faults and the list of received requests name them. */
export const CALL_NAMES = [
  'login',
  'check-session',
  'plain-token',
  'stable-token',
  'send',
  'device-send',
  'sn-ticket',
  'set-card',
  'set-card-ext',
  'get-card',
  'templates',
  'categories',
  'public-titles',
  'public-keywords',
  'add-template',
  'delete-template',
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
  /** The members of a JSON object, or of a form; undefined for any other body. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
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

/** A form's members: one that comes several times, or as `kidList[]` or `kidList[0]`, is a list. */
export function readForm(text: string): Readonly<Record<string, unknown>> {
  const members = new Map<string, { values: string[]; isList: boolean }>();
  for (const [name, value] of new URLSearchParams(text)) {
    const key = name.replace(/\[\d*\]$/, '');
    const { values, isList } = members.get(key) ?? { values: [], isList: false };
    members.set(key, { values: [...values, value], isList: isList || key !== name || values.length > 0 });
  }
  return Object.fromEntries(
    [...members].map(([key, { values, isList }]) => [key, isList ? values : values[0]]),
  );
}

/** An optional member: WeChat takes an empty text and null for one that is absent. */
export function given(record: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = record[key];
  return value === null || value === '' ? undefined : value;
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
