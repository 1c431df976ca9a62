import type { QingniaoProblem } from './problem.ts';
import { noAnswer, problemOf, type WholeAnswer } from './read-answer.ts';
import { isRepeatable } from './repeatable.ts';
import { type Timing, timeLimit } from './timing.ts';

/** What a {@link patientFetch} is made from. */
export interface Patience {
  readonly fetch: (request: Request) => Promise<Response>;
  /** How long one attempt may take, its answer included. */
  readonly timeoutMs: number;
  /** How long after the first attempt another may begin. */
  readonly retryForMs: number;
  readonly timing: Timing;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** Statuses that pass: too many requests, or a part of the service that is away for a moment. */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);

/** Problems with such a status that no waiting cures: the owner must put the settings right, or WeChat has decided. */
const LASTING_CODES = new Set<string>(['wechat-credentials', 'wechat-refused', 'app-not-ready']);

/**
 * A `fetch` that repeats what is safe to repeat, after waits that grow and vary, and as `retry-after` asks. Answers only what was asked
 * for, with its body read.
 *
 * @throws QingniaoProblem for every other answer, and where none came
 * @throws the reason of the request's signal, once that is aborted
 */
export function patientFetch(patience: Patience): (request: Request) => Promise<Response> {
  const { retryForMs, timing } = patience;
  return async (request) => {
    const body = await request.text();
    const isSafe = isRepeatable(request, body);
    const lastMs = timing.now() + retryForMs;
    for (let failures = 0; ; failures++) {
      const { response, problem } = await attempt(patience, request, body);
      if (response) return response;
      const waitMs = waitBeforeNext(failures, problem.retryAfterSeconds, timing);
      if (!isSafe || !isPassing(problem) || timing.now() + waitMs > lastMs) throw problem;
      await timing.sleep(waitMs, request.signal);
    }
  };
}

type Attempt =
  | { readonly response: Response; readonly problem?: never }
  | { readonly response?: never; readonly problem: QingniaoProblem };

async function attempt({ fetch, timeoutMs }: Patience, request: Request, body: string): Promise<Attempt> {
  const { method, url } = request;
  const { origin, pathname } = new URL(url);
  const call = `${method} ${pathname}`;
  const limit = timeLimit(request.signal, timeoutMs);
  let answer: WholeAnswer;
  try {
    const response = await fetch(
      new Request(request, { signal: limit.signal, ...(body !== '' && { body }) }),
    );
    answer = { response, text: await response.text() };
  } catch (error) {
    request.signal.throwIfAborted();
    const reason = limit.hasPassed() ? `${timeoutMs} ms passed` : reasonOf(error);
    return { problem: noAnswer(call, origin, reason) };
  } finally {
    limit.end();
  }
  const problem = problemOf(call, answer);
  return problem ? { problem } : { response: withBody(answer) };
}

/** The name of what went wrong on the way. Texts are left out: what a `fetch` of the caller's says may hold a header. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'network error';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name;
}

/** The answer as openapi-fetch reads it: of an answer without a body it must not expect JSON. */
function withBody({ response, text }: WholeAnswer): Response {
  const { status, headers } = response;
  return text === '' ? new Response(null, { status: 204, headers }) : new Response(text, { status, headers });
}

function isPassing({ status, code }: QingniaoProblem): boolean {
  return code === 'no-answer' || (PASSING_STATUSES.has(status) && !LASTING_CODES.has(code));
}

/** At least half of a time that doubles, so that many callers do not come back together; never less than asked for. */
function waitBeforeNext(failures: number, retryAfterSeconds: number | undefined, { random }: Timing): number {
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  const ownMs = waitMs / 2 + (random() * waitMs) / 2;
  return retryAfterSeconds === undefined ? ownMs : retryAfterSeconds * 1000 + random() * FIRST_WAIT_MS;
}
