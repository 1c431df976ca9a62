/*
 * The API key lives in this tab only: in its session storage, which goes with the tab and which no other tab sees.
 */
const KEY = 'qingniao.key';
const APP = 'qingniao.app';

/** The key that this tab is signed in with. */
export function storedKey(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** The appid that this tab looks at, if one was chosen. */
export function storedAppid(): string | undefined {
  return sessionStorage.getItem(APP) ?? undefined;
}

/** Keeps the key for this tab. */
export function keepKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

/** Keeps the choice of a mini program for this tab. */
export function keepAppid(appid: string): void {
  sessionStorage.setItem(APP, appid);
}

/** Forgets all that this tab knows of the service. */
export function wipe(): void {
  sessionStorage.clear();
}

/**
 * Takes a key out of the address (`/console/#key=…`), as `npm run dev` prints it, and wipes it from there: a
 * fragment is never sent to a server, and now it stays out of the history too.
 */
export function takeKeyFromAddress(): void {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (key === null) return;
  keepKey(key);
  history.replaceState(null, '', location.pathname + location.search);
}
