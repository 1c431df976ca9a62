/** A comma, or what spreadsheets write in its place. */
type Separator = ',' | ';' | '\t';

const SEPARATORS: readonly Separator[] = [',', ';', '\t'];

/** The line by which Excel is told the separator: `sep=;`. */
const SEPARATOR_LINE = /^\uFEFF?sep=([,;\t])?[,;\t]*$/i;

/** Line ends of all systems; some files have several. */
export const LINE_ENDS: string[] = ['\r\n', '\n', '\r'];

/** The separator by Excel's `sep=` line, else the most frequent one outside of quotes in the header. */
export function separatorOf(text: string): Separator {
  const header = firstLines(text).find((line) => /[^\s,;"\uFEFF]/.test(line)) ?? '';
  const named = SEPARATOR_LINE.exec(header)?.[1];
  const outside = header.replace(/"[^"]*"/g, '');
  const count = (separator: Separator) => outside.split(separator).length;
  return (
    SEPARATORS.find((separator) => separator === named) ??
    SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best))
  );
}

function firstLines(text: string): readonly string[] {
  return text.slice(0, 100_000).split(/\r\n|\n|\r/);
}

/** Whether a row is empty, as those that spreadsheets write below their data. */
export function isBlankRow(record: readonly string[]): boolean {
  return record.every(isBlank);
}

/** Whether a cell holds nothing but white space. */
export function isBlank(cell: string): boolean {
  return cell.trim() === '';
}

/** Whether a row only tells Excel the separator. */
export function isSeparatorRow(record: readonly string[]): boolean {
  return SEPARATOR_LINE.test(record.join(','));
}
