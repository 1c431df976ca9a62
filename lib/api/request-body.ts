import parseJson from '@middy/http-json-body-parser';
import * as v from 'valibot';
import type { BilingualText } from '../bilingual-text.ts';
import { authorizedOf, type HttpEvent, type HttpMiddleware } from './http-request.ts';
import { inputError, invalidInput, ProblemError } from './problem.ts';
import { DEFAULT_MAX_BODY_BYTES } from './route.ts';

/** Reads the body of routes that take one: size, kind, then JSON, or its text where they take that. */
export function requestBody(): HttpMiddleware {
  const parser = parseJson({ disableContentTypeCheck: true, reviver: refuseUnfit });
  return {
    before: async (request) => {
      const { event, context } = request;
      const { body, csv, text, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = authorizedOf(context).route.spec;
      if (text) {
        checkSize(event, maxBodyBytes);
        context.text = plainText(event);
        return;
      }
      if (!body) return;
      const { 'content-type': contentType, 'content-encoding': coding } = event.headers;
      const isCsv = csv !== undefined && /^text\/csv\s*(;|$)/i.test(contentType?.trim() ?? '');
      if (!isCsv) checkMediaType(contentType, csv !== undefined);
      checkCoding(coding);
      checkSize(event, maxBodyBytes);
      const read = utf8Text(event);
      checkCharset(contentType);
      if (isCsv) {
        context.csv = read;
        return;
      }
      event.body = read;
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

function checkSize({ body = '', isBase64Encoded }: HttpEvent, maxBytes: number): void {
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') <= maxBytes) return;
  throw new ProblemError('body-too-large', `Send at most ${maxBytes} bytes to this route.`);
}

/** WeChat's own words. What is not UTF-8 becomes replacement characters: nothing readable is lost. */
function plainText({ body = '', isBase64Encoded }: HttpEvent): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

/** Refuses bytes that are not UTF-8, and takes a byte order mark off. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body as text. API Gateway hands over bytes in base64, which show whether they are UTF-8. A text it has
 * decoded itself, with U+FFFD for bytes that were not UTF-8; nobody can tell it from one that was sent. It is
 * refused too, because a card full of `�` costs the user's grant. JSON's `\ufffd` is left for who means it.
 *
 * @throws ProblemError `malformed-json`
 */
function utf8Text({ body = '', isBase64Encoded }: HttpEvent): string {
  const text = isBase64Encoded ? decoded(Buffer.from(body, 'base64')) : body.replace(/^\uFEFF/, '');
  // UTF-16 without a mark is valid UTF-8, but every other byte of it is 0, which neither JSON nor CSV takes.
  if (text === undefined || text.includes('\0') || (!isBase64Encoded && text.includes('\uFFFD'))) {
    throw new ProblemError(
      'malformed-json',
      'The body is not UTF-8 but another encoding, such as GBK or UTF-16, or it was cut off inside a character. Nothing was stored.',
      { remedy: SEND_UTF8 },
    );
  }
  return text;
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Windows' curl and old PHP send GBK by default, Excel saves UTF-16 or GBK. */
const SEND_UTF8: BilingualText = {
  en: 'Send UTF-8. curl on Windows: save the body as a UTF-8 file and send it with --data-binary @body.json, or run "chcp 65001" first. PHP: mb_convert_encoding($text, "UTF-8", "GBK"), then json_encode($body, JSON_UNESCAPED_UNICODE). Excel: save as "CSV UTF-8".',
  zh: '请用 UTF-8 编码发送。Windows 的 curl：把内容存成 UTF-8 文件，用 --data-binary @body.json 发送，或先执行 chcp 65001。PHP：先 mb_convert_encoding($text, "UTF-8", "GBK")，再 json_encode($body, JSON_UNESCAPED_UNICODE)。Excel：另存为“CSV UTF-8”。',
};

/**
 * Called for each member: names that reach into prototypes, and half characters, have no place in our data.
 */
function refuseUnfit(name: string, value: unknown): unknown {
  if (name === 'constructor' || name === 'prototype') throw forbiddenName(name);
  if (typeof value !== 'string' || value.isWellFormed()) return value;
  const rule = {
    en: 'Expected whole characters: half of a surrogate pair stands alone',
    zh: '含有不完整的字符：半个代理对（截断表情符号时常见）',
  };
  throw invalidInput('invalid-body', [inputError(name, rule)]);
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
