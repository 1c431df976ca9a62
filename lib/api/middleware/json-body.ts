import parseJson from '@middy/http-json-body-parser';
import * as v from 'valibot';
import { admittedOf, type HttpEvent, type HttpMiddleware } from '../http-event.ts';
import { inputError, ProblemError } from '../problem.ts';
import { DEFAULT_MAX_BODY_BYTES } from '../route.ts';

/** Reads the body of routes that take one: its size, its kind, then its JSON; or its text, where the route takes that or CSV. */
export function jsonBody(): HttpMiddleware {
  const parser = parseJson({ disableContentTypeCheck: true, reviver: refuseUnfit });
  return {
    before: async (request) => {
      const { event, context } = request;
      const { spec } = admittedOf(context).route;
      if (spec.text) {
        checkSize(event, spec.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
        context.text = plainText(event);
        return;
      }
      if (!spec.body) return;
      const isCsv = spec.csv !== undefined && isCsvType(event.headers['content-type']);
      if (!isCsv) checkMediaType(event.headers['content-type'], spec.csv !== undefined);
      checkSize(event, spec.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
      if (isCsv) {
        context.csv = plainText(event);
        return;
      }
      decodeText(event);
      try {
        await parser.before?.(request);
      } catch (error) {
        throw bodyProblem(error);
      }
    },
  };
}

/** JSON in UTF-8. A body without a content type is taken for that; any other is refused rather than guessed at. */
function checkMediaType(contentType: string | undefined, takesCsv: boolean): void {
  if (contentType === undefined) return;
  if (/^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-?8"?\s*)?;?$/i.test(contentType.trim()))
    return;
  throw new ProblemError(
    'unsupported-media-type',
    `Send JSON in UTF-8 with "content-type: application/json"${takesCsv ? ', or CSV with "content-type: text/csv"' : ''}.`,
  );
}

/** Whatever its charset is said to be: text that was not UTF-8 shows by itself. */
function isCsvType(contentType: string | undefined): boolean {
  return /^text\/csv\s*(;|$)/i.test(contentType?.trim() ?? '');
}

/** What is not UTF-8 becomes replacement characters, as it does in API Gateway when the body comes as text. */
function plainText({ body = '', isBase64Encoded }: HttpEvent): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function checkSize({ body = '', isBase64Encoded }: HttpEvent, maxBytes: number): void {
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') <= maxBytes) return;
  throw new ProblemError('body-too-large', `Send at most ${maxBytes} bytes to this route.`);
}

/** The parser would put replacement characters for bytes that are not UTF-8, and so change the text unseen. */
function decodeText(event: HttpEvent): void {
  if (!event.isBase64Encoded || event.body === undefined) return;
  try {
    event.body = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(event.body, 'base64'));
    event.isBase64Encoded = false;
  } catch {
    throw new ProblemError('malformed-json', 'Send JSON in UTF-8.');
  }
}

/** Called for each member: the names that reach into prototypes, and half characters, have no place in our data. */
function refuseUnfit(name: string, value: unknown): unknown {
  if (name === 'constructor' || name === 'prototype') throw forbiddenName(name);
  if (typeof value !== 'string' || value.isWellFormed()) return value;
  throw new ProblemError('invalid-body', `Correct ${name || 'the whole'}.`, {
    errors: [
      inputError(name, {
        en: 'Expected whole characters: half of a surrogate pair stands alone',
        zh: '含有不完整的字符：半个代理对（截断表情符号时常见）',
      }),
    ],
  });
}

/** How the parser reports the one name that it refuses by itself. */
const protoRefused = v.object({ cause: v.object({ data: v.literal('__proto__') }) });

/** The parser's errors carry the body: nothing of them goes on. */
function bodyProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (v.is(protoRefused, error)) return forbiddenName('__proto__');
  return new ProblemError('malformed-json', 'Send one JSON value in the body.');
}

function forbiddenName(name: string): ProblemError {
  return new ProblemError('invalid-body', `Leave ${name} out.`, {
    errors: [inputError(name, { en: 'Forbidden field name', zh: '不允许的字段名' })],
  });
}
