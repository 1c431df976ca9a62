import { type ProblemFacts, QingniaoProblem, type Remedy } from './problem.ts';
import type { Schemas } from './schemas.ts';

/** A whole answer, with its body read. */
export interface WholeAnswer {
  readonly response: Response;
  readonly text: string;
}

/** The problem that an answer tells of; undefined where it is what was asked for. */
export function problemOf(call: string, { response, text }: WholeAnswer): QingniaoProblem | undefined {
  const value = jsonOf(text);
  if (response.ok && (text === '' || value !== undefined)) return undefined;
  const seen = {
    call,
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? response.headers.get('apigw-requestid') ?? undefined,
    retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after')),
  };
  if (!isProblem(value)) return new QingniaoProblem({ ...seen, ...foreign(response) });
  const { code, title, detail, remedy, errors, wechat } = value;
  return new QingniaoProblem({ ...seen, code, title, detail, remedy, errors, wechat });
}

/** That no whole answer came. `reason` is told, so it holds no secret. */
export function noAnswer(call: string, origin: string, reason: string): QingniaoProblem {
  return new QingniaoProblem({
    call,
    status: 0,
    code: 'no-answer',
    title: 'No answer came',
    detail: `No whole answer came from ${origin} (${reason}). The request may have been done all the same.`,
    remedy: {
      en: 'Check the address and the network. Then do the same again: with the same idempotency key a message is sent once.',
      zh: '请检查接口地址和网络，然后原样重试：幂等键相同的消息只会发送一次。',
    },
  });
}

function foreign({
  status,
  headers,
  type,
}: Response): Pick<ProblemFacts, 'code' | 'title' | 'detail' | 'remedy'> {
  const kind = { code: 'foreign-answer', title: 'Something else answered' } as const;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return {
      ...kind,
      detail: 'The address leads elsewhere, and requests are not sent on.',
      remedy: CHECK_ADDRESS,
    };
  }
  const contentType = headers.get('content-type')?.split(';')[0] ?? 'no content type';
  const detail = `The answer (${contentType}) is not one of Qingniao's: something between answered.`;
  return { ...kind, detail, remedy: status >= 429 ? TRY_AGAIN : CHECK_ADDRESS };
}

const CHECK_ADDRESS: Remedy = {
  en: 'Set baseUrl to the final address of the API, https:// included, and look at proxies and gateways on the way.',
  zh: '请把 baseUrl 设为接口的最终地址（含 https://），并检查途中的代理和网关。',
};

const TRY_AGAIN: Remedy = {
  en: 'Try again in a minute, with the same idempotency key. If it stays so, look at proxies and gateways on the way.',
  zh: '请一分钟后用相同的幂等键重试；若仍如此，请检查途中的代理和网关。',
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What every problem of the service has; of the rest, what has another form is left out by {@link isProblem}. */
type ToldProblem = Pick<Schemas['Problem'], 'code' | 'title' | 'detail' | 'remedy' | 'errors' | 'wechat'>;

function isProblem(value: unknown): value is ToldProblem {
  if (!isObject(value)) return false;
  const { code, title, detail, remedy, errors = [], wechat = {} } = value;
  return (
    typeof code === 'string' &&
    typeof title === 'string' &&
    typeof detail === 'string' &&
    isObject(remedy) &&
    typeof remedy['en'] === 'string' &&
    typeof remedy['zh'] === 'string' &&
    Array.isArray(errors) &&
    errors.every(isObject) &&
    isObject(wechat)
  );
}

/** Whether it is an object, whatever its members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
}
