/**
 * A WeChat that takes every message after a fixed time, over TLS, and remembers nothing but numbers: in a process of its own, and with
 * as little work per request as can be, because what is measured stands on the other side.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import * as v from 'valibot';
import { serveParent } from './child-side.ts';

const options = v.object({
  keyFile: v.string(),
  certFile: v.string(),
  latencyMs: v.pipe(v.string(), v.transform(Number)),
});
const { keyFile, certFile, latencyMs } = v.parse(options, JSON.parse(process.argv[2] ?? '{}'));

/** Longer than any sender waits for its round: a peer fails over a connection that was closed meanwhile. */
const KEPT_MS = 60 * 60_000;
const SENT = '{"errcode":0,"errmsg":"ok","msgid":2345678901234567890}';
let counts = { sends: 0, tokens: 0 };

const server = createServer(
  { key: readFileSync(keyFile), cert: readFileSync(certFile), keepAliveTimeout: KEPT_MS },
  (request, response) => {
    const isSend = request.url?.includes('/subscribe/send') ?? false;
    request.resume().once('end', () => {
      setTimeout(() => {
        counts[isSend ? 'sends' : 'tokens'] += 1;
        const text = isSend ? SENT : JSON.stringify({ access_token: 'T'.repeat(136), expires_in: 7200 });
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
          .end(text);
      }, latencyMs);
    });
  },
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  serveParent({ url: `https://127.0.0.1:${port}` }, async () => {
    const before = counts;
    counts = { sends: 0, tokens: 0 };
    return before;
  });
});
