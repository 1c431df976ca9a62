import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { HttpEvent, HttpResult } from '../lib/api/http-request.ts';
import { onColdStart } from '../lib/runtime/runtime.ts';

export const handler = onColdStart(buildServices, createHandler);

/** Lies beside the folder of the functions, here and in what is deployed. */
const FOLDER = new URL('../console/dist/', import.meta.url);

/** Files are stored as they are sent, so that no call compresses one. */
const COMPRESSED = '.br';

/** The names of the files, and how to read one as it is stored. */
interface Services {
  readonly names: () => Promise<ReadonlySet<string>>;
  readonly read: (name: string) => Promise<Buffer>;
}

export async function buildServices(): Promise<Services> {
  return {
    async names() {
      const files = await readdir(FOLDER, { recursive: true }).catch(() => []);
      const stored = files.filter((file) => file.endsWith(COMPRESSED));
      return new Set(stored.map((file) => file.slice(0, -COMPRESSED.length).replaceAll('\\', '/')));
    },
    read: (name) => readFile(new URL(name + COMPRESSED, FOLDER)),
  };
}

/** Answers the console's files: those with a hash in their names for ever, the page itself for every other address. */
export function createHandler({ names, read }: Services) {
  return async ({ rawPath, headers }: HttpEvent): Promise<HttpResult> => {
    const [, path] = /\/console(\/.*)?$/.exec(rawPath) ?? [];
    if (path === undefined) return { statusCode: 308, headers: { ...GUARDED, location: '/console/' } };
    const known = await names();
    const asked = path.slice(1);
    const name = known.has(asked) ? asked : PAGE;
    const isMissing = !known.has(name) || (name === PAGE && asked.startsWith('assets/'));
    if (isMissing)
      return {
        statusCode: 404,
        headers: { ...GUARDED, 'content-type': 'text/plain; charset=utf-8' },
        body: MISSING,
      };
    const isHashed = name.startsWith('assets/');
    return {
      statusCode: 200,
      headers: {
        ...GUARDED,
        'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
        'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
        vary: 'accept-encoding',
        ...(takesBrotli(headers) && { 'content-encoding': 'br' }),
      },
      body: (await contentOf(await read(name), headers)).toString('base64'),
      isBase64Encoded: true,
    };
  };
}

const PAGE = 'index.html';

const MISSING =
  'Nothing is here. If this is the console, build it: npm run build:console\n此地址没有内容。若要打开控制台，请先运行 npm run build:console\n';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page runs its own files only, speaks to its own origin only, and is shown in no other page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const GUARDED = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

function takesBrotli(headers: HttpEvent['headers']): boolean {
  return /\bbr\b/.test(headers['accept-encoding'] ?? '');
}

async function contentOf(stored: Buffer, headers: HttpEvent['headers']): Promise<Buffer> {
  return takesBrotli(headers) ? stored : promisify(brotliDecompress)(stored);
}
