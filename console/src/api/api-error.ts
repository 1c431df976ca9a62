import * as v from 'valibot';
import type { Bilingual } from '../bilingual.ts';

const bilingualText = v.object({ en: v.string(), zh: v.string() });

const problemSchema = v.object({
  status: v.number(),
  title: v.string(),
  detail: v.string(),
  code: v.string(),
  remedy: bilingualText,
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string(), zh: v.string() })), []),
  wechat: v.exactOptional(
    v.object({
      errcode: v.exactOptional(v.number()),
      errmsg: v.exactOptional(v.string()),
      rid: v.exactOptional(v.string()),
    }),
  ),
});

/** What the service said of a request that it did not do. */
export type Problem = Readonly<v.InferOutput<typeof problemSchema>>;

/** Thrown when the service refused a request. */
export class ApiError extends Error {
  readonly code = 'api-error';
  override readonly name = 'ApiError';
  readonly problem: Problem;
  readonly requestId: string | undefined;
  constructor(problem: Problem, requestId: string | undefined) {
    super(problem.detail);
    this.problem = problem;
    this.requestId = requestId;
  }
}

/** Reads a refusal; what is none of the service's words is told as such. */
export function apiErrorOf(answer: unknown, response: Response): ApiError {
  const parsed = v.safeParse(problemSchema, answer);
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (parsed.success) return new ApiError(parsed.output, requestId);
  const { status } = response;
  const problem = {
    status,
    title: `HTTP ${status}`,
    detail: `HTTP ${status}`,
    code: 'no-problem',
    errors: [],
  };
  return new ApiError({ ...problem, remedy: TRY_AGAIN }, requestId);
}

const TRY_AGAIN: Bilingual<string> = {
  en: 'Something between this page and the service answered. Try again in a minute.',
  zh: '应答来自页面与服务之间的某个环节，请一分钟后重试。',
};
