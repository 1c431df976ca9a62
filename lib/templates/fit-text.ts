const ELLIPSIS = '…';

/** Full-width forms U+FF01 to U+FF5E stand this far above the ASCII characters that they widen. */
const WIDTH_OFFSET = 0xfee0;

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: it takes milliseconds, which a cold start that fits nothing should not pay. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'grapheme' });
  return segmenter;
}

/** Full-width letters, digits, signs and spaces as ASCII. Only those: `²` would become another number. */
export function toHalfWidth(text: string): string {
  return text
    .replace(/[！-～]/gu, (wide) => String.fromCharCode(wide.charCodeAt(0) - WIDTH_OFFSET))
    .replaceAll('￡', '£')
    .replaceAll('　', ' ');
}

/** Without white space around it; a run of it that holds a line break or tab becomes one space. */
export function onOneLine(text: string): string {
  return text.replace(/[\s\u0085]+/gu, (run) => (/[\t-\r\u0085\u2028\u2029]/.test(run) ? ' ' : run)).trim();
}

/** Without any white space. */
export function withoutSpaces(text: string): string {
  return text.replace(/\s+/gu, '');
}

/**
 * Text of at most `limit` UTF-16 units. What is cut ends in an ellipsis, and no character that a reader sees
 * as one is taken apart. Where not even one fits before the ellipsis, the text stays as it is.
 */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = limit - ELLIPSIS.length;
  // A little more than the room shows where its last whole character ends; the rest of a long text need not
  // be read.
  const head = text.slice(0, room + 2);
  let end = 0;
  for (const { index, segment } of graphemes().segment(head)) {
    if (index + segment.length > room) break;
    end = index + segment.length;
  }
  const kept = head.slice(0, end).trimEnd();
  return kept === '' ? text : kept + ELLIPSIS;
}
