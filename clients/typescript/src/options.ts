import type { Timing } from './timing.ts';

/** How the service is reached, and as whom. */
export interface QingniaoOptions {
  /** The API's address, such as `https://api.example.com`. */
  readonly baseUrl: string;
  /** An API key or a user's session token, or what gives the current one. An API key belongs on a server. */
  readonly apiKey?: string | (() => string | undefined) | undefined;
  /** Which mini program is meant, by its appid; by default the one that the key is for, else the stage's first. */
  readonly appId?: string | (() => string | undefined) | undefined;
  /** Sends a request, for proxies and tests. By default the runtime's own `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** How long one attempt may take; 30,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** How long after the first attempt another may begin; 30,000 by default, 0 for no second one. */
  readonly retryForMs?: number | undefined;
  /** Time and chance, for tests. */
  readonly timing?: Timing | undefined;
}

/** The address of the API as its calls need it. @throws TypeError, without the value, which may hold a password */
export function checkedBaseUrl(baseUrl: string): string {
  const url = parsed(baseUrl);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      'baseUrl must be the address of the API, such as https://api.example.com. baseUrl 须为接口地址。',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      'baseUrl must hold no user name and password: give an apiKey. baseUrl 不能含用户名和密码，请使用 apiKey。',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** What a header can carry of a key. @throws TypeError, without the value */
export function checkedSecret(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key.trim())) return key.trim();
  throw new TypeError(
    'apiKey must be an API key or a session token: visible ASCII characters and no more. apiKey 只能含可见的 ASCII 字符。',
  );
}

/** A key as the API takes it. @throws TypeError */
export function checkedIdempotencyKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new TypeError(
    'idempotencyKey takes 1 to 255 visible ASCII characters. idempotencyKey 须为 1 到 255 个可见的 ASCII 字符。',
  );
}

function parsed(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
