import colors from 'picocolors';
import stringWidth from 'string-width';

/** Rows in columns that are as wide as their widest text, Chinese and colours included. Columns named as `right` end alike. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((text, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - stringWidth(text));
        return right.includes(column) ? space + text : text + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A table with its headers. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  return aligned([headers.map((header) => colors.bold(header)), ...rows], right);
}

/** A text in lines of so many columns at most; Chinese may be broken between any two characters. */
export function wrapped(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const part of paragraph.match(
      /[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+|\s+/g,
    ) ?? ['']) {
      if (line !== '' && stringWidth(line + part) > columns && !CLOSING.test(part)) {
        lines.push(line.trimEnd());
        line = part.trimStart();
      } else line += part;
    }
    return [...lines, line.trimEnd()];
  });
}

/** No line begins with these. */
const CLOSING = /^[，。、；：！？）”]/;
