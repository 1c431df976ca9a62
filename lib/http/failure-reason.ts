/** undici's words for a tunnel that a proxy refuses. */
const TUNNEL_REFUSED = /^Proxy response \((\d{3})\)/;
/** The same for a request without a tunnel, to a server that speaks plain HTTP. */
const UNAUTHENTICATED = /^Proxy Authentication Required \(407\)/;

/** What a proxy's status most often means, for whoever set `WECHAT_PROXY_URL`. */
const HINTS: Readonly<Record<string, string>> = {
  '401': 'WECHAT_PROXY_URL needs the right user and password',
  '403': 'it does not let this service through to that host and port',
  '405': 'it knows no CONNECT, which HTTPS needs',
  '407': 'WECHAT_PROXY_URL needs the right user and password',
  '502': 'it cannot reach that host',
  '503': 'it is not ready, or cannot reach that host',
  '504': 'that host does not answer it in time',
};

/** What stands between this service and the server: host and port, without user and password. */
export function proxyName(proxyUrl: string): string {
  const { hostname, port, protocol } = new URL(proxyUrl);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/**
 * Why a request got no answer: codes and our own sentences only, because a library's message could name the
 * address with its query. On the way through a proxy the proxy is named, with its status where it gave one.
 */
export function failureReason(error: Error, proxy?: string): string {
  if (proxy === undefined) return codeOf(error);
  const [, status] =
    TUNNEL_REFUSED.exec(error.message) ?? (UNAUTHENTICATED.test(error.message) ? ['', '407'] : []);
  if (status === undefined) return `${codeOf(error)} on the way through the proxy ${proxy}`;
  const hint = HINTS[status];
  return `the proxy ${proxy} refused with HTTP ${status}${hint === undefined ? '' : `: ${hint}`}`;
}

/** The code says more than words to whoever looks it up; but for an abort, whose code says nothing. */
function codeOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === 'UND_ERR_ABORTED') return 'the connection was given up before it stood';
  return code ?? (error.message || error.name);
}
