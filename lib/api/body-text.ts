import { SEND_UTF8 } from './encoding-remedies.ts';
import type { HttpEvent } from './http-event.ts';
import { ProblemError } from './problem.ts';

/** Refuses bytes that are not UTF-8, and takes a byte order mark off. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body as text. API Gateway hands over bytes in base64, which show whether they are UTF-8. A text it has decoded itself: then
 * U+FFFD stands where bytes were not UTF-8, and nobody can tell it from one that was sent. It is refused too, because a card full of
 * `�` costs the user's grant. JSON has the escape `\ufffd` for who means that character.
 *
 * @throws ProblemError `malformed-json`
 */
export function bodyText({ body = '', isBase64Encoded }: HttpEvent): string {
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
