import { isObject } from './read-answer.ts';

/** Whether to do a request twice is the same as to do it once, by the API's contract. */
export function isRepeatable({ method, url, headers }: Request, body: string): boolean {
  if (method === 'GET' || method === 'PUT' || method === 'DELETE' || method === 'HEAD') return true;
  if (method !== 'POST') return false;
  if (headers.has('idempotency-key')) return true;
  const { pathname } = new URL(url);
  return REPEATABLE_POSTS.some(({ path, where }) => path.test(pathname) && (where?.(parsed(body)) ?? true));
}

const REPEATABLE_POSTS: readonly {
  readonly path: RegExp;
  /** What the body must be like. */
  readonly where?: (body: unknown) => boolean;
}[] = [
  // The same `requestId` of one user counts once.
  { path: /\/v1\/grants$/ },
  {
    path: /\/v1\/messages\/batch$/,
    where: (body) =>
      isObject(body) &&
      Array.isArray(body['messages']) &&
      body['messages'].every((entry) => isObject(entry) && typeof entry['idempotencyKey'] === 'string'),
  },
  // The code stands for the card.
  { path: /\/v1\/cards$/ },
  // The very same recipients twice in a row count once.
  { path: /\/v1\/campaigns\/[^/]+\/recipients$/ },
  // A moment has one run.
  {
    path: /\/v1\/campaigns\/[^/]+\/runs$/,
    where: (body) => isObject(body) && typeof body['scheduledAt'] === 'string',
  },
  // They change nothing that is ours.
  { path: /\/v1\/templates\/sync$/ },
  { path: /\/v1\/templates\/[^/]+\/check$/ },
];

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
