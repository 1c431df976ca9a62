import parseJson from '@middy/http-json-body-parser';
import * as v from 'valibot';
import { bodyText } from '../body-text.ts';
import { SEND_UTF8 } from '../encoding-remedies.ts';
import { authorizedOf, type HttpEvent, type HttpMiddleware } from '../http-event.ts';
import { inputError, ProblemError } from '../problem.ts';
import { DEFAULT_MAX_BODY_BYTES } from '../route.ts';

/** Reads the body of routes that take one: its size, its kind, then its JSON; or its text, where the route takes that or CSV. */
export function jsonBody(): HttpMiddleware {
  const parser = parseJson({ disableContentTypeCheck: true, reviver: refuseUnfit });
  return {
    before: async (request) => {
      const { event, context } = request;
      const { spec } = authorizedOf(context).route;
      if (spec.text) {
        checkSize(event, spec.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
        context.text = plainText(event);
        return;
      }
      if (!spec.body) return;
      const { 'content-type': contentType, 'content-encoding': coding } = event.headers;
      const isCsv = spec.csv !== undefined && isCsvType(contentType);
      if (!isCsv) checkMediaType(contentType, spec.csv !== undefined);
      checkCoding(coding);
      checkSize(event, spec.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
      const text = bodyText(event);
      checkCharset(contentType);
      if (isCsv) {
        context.csv = text;
        return;
      }
      event.body = text;
      event.isBase64Encoded = false;
      try {
        await parser.before?.(request);
      } catch (error) {
        throw bodyProblem(error);
      }
    },
  };
}

/** JSON. A body without a content type is taken for that; any other is refused rather than guessed at. */
function checkMediaType(contentType: string | undefined, takesCsv: boolean): void {
  if (contentType === undefined || /^application\/(?:[\w.+-]+\+)?json\s*(;|$)/i.test(contentType.trim()))
    return;
  throw new ProblemError(
    'unsupported-media-type',
    `Send JSON in UTF-8 with "content-type: application/json"${takesCsv ? ', or CSV with "content-type: text/csv"' : ''}.`,
  );
}

/** What is said to be GBK is refused even where it reads as UTF-8: some of its characters do, as others. */
function checkCharset(contentType = ''): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  if (/^(utf-?8|us-ascii)$/i.test(charset)) return;
  throw new ProblemError('unsupported-media-type', 'Send the body in UTF-8, and say no other charset.', {
    remedy: SEND_UTF8,
  });
}

/** A compressed body would look like one in a wrong encoding. */
function checkCoding(coding = 'identity'): void {
  if (/^(identity)?$/i.test(coding.trim())) return;
  throw new ProblemError('unsupported-media-type', 'Send the body as it is, without "content-encoding".');
}

function isCsvType(contentType: string | undefined): boolean {
  return /^text\/csv\s*(;|$)/i.test(contentType?.trim() ?? '');
}

/** WeChat's own words: what is not UTF-8 in them becomes replacement characters, and nothing is lost that could be read. */
function plainText({ body = '', isBase64Encoded }: HttpEvent): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function checkSize({ body = '', isBase64Encoded }: HttpEvent, maxBytes: number): void {
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') <= maxBytes) return;
  throw new ProblemError('body-too-large', `Send at most ${maxBytes} bytes to this route.`);
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
