import { CsvError, parse } from 'csv-parse/sync';
import type { BilingualText } from '../../bilingual-text.ts';
import type { Recipient } from '../campaign.ts';
import type { ValidationError } from '../campaign-input.ts';
import { VARIABLE_NAME } from '../variables.ts';
import { MAX_ERRORS } from './check-recipients.ts';
import { isBlank, isBlankRow, isSeparatorRow, LINE_ENDS, separatorOf } from './csv-dialect.ts';
import { openidError, variablesError } from './recipient-rules.ts';

/** The recipients of a CSV file, or what is wrong with it, by line number. */
type ReadCsv =
  | {
      readonly type: 'read';
      readonly recipients: readonly Recipient[];
      /** The line on which each recipient ends. */
      readonly lines: readonly number[];
    }
  | { readonly type: 'bad'; readonly errors: readonly ValidationError[] };

const OPENID_COLUMN = 'openid';

/** Room for the 16,384 columns of a spreadsheet; a quote that is never closed must not swallow the file. */
const MAX_ROW_CHARACTERS = 65_536;

/**
 * Reads a CSV file (RFC 4180): a header row with the column `openid` and one for each variable, then a row
 * for each recipient.
 *
 * It may begin with a byte order mark or Excel's `sep=` line, end lines with CRLF, LF or CR, and separate
 * values with `,`, `;` or tabs. Empty rows and columns are skipped, and a row may end early. An empty value
 * is a variable that the recipient does not have.
 */
export function readCsv(text: string): ReadCsv {
  const reading = createReading();
  try {
    parse(text, {
      bom: true,
      delimiter: separatorOf(text),
      record_delimiter: LINE_ENDS,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MAX_ROW_CHARACTERS,
      // Row by row, so that a file of 100,000 rows is not held in memory twice.
      on_record(record: readonly string[], { lines }) {
        if (!isBlankRow(record)) reading.take(record, lines);
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) return reading.brokenOff(messageOf(error.code));
    throw error;
  }
  return reading.result();
}

function bad(path: string, message: BilingualText): ReadCsv {
  return { type: 'bad', errors: [{ path, message }] };
}

/** Never quotes the text, which may be a user's. */
function messageOf(code: string): BilingualText {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return { en: 'has a quote that is not closed', zh: '有未闭合的引号' };
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return {
      en: `is longer than ${MAX_ROW_CHARACTERS} characters: is a quote not closed?`,
      zh: `超过 ${MAX_ROW_CHARACTERS} 个字符，是否有未闭合的引号？`,
    };
  }
  if (code.includes('QUOTE')) {
    return {
      en: 'has a quote in the wrong place: put the value in quotes and double those inside',
      zh: '引号位置不对：请用引号包住整个值，其中的引号写两遍',
    };
  }
  return { en: 'cannot be read as CSV', zh: '无法按 CSV 读取' };
}

function headerErrors(columns: readonly string[], line: number): readonly ValidationError[] {
  const path = `line ${line}`;
  const errors = columns.flatMap((name, index): ValidationError[] => {
    if (name === '') return [];
    const at = index + 1;
    if (columns.indexOf(name) !== index) {
      return [{ path, message: { en: `has the column ${at} twice`, zh: `第 ${at} 列的列名重复` } }];
    }
    if (VARIABLE_NAME.test(name)) return [];
    const message = {
      en: `must name column ${at} with letters, digits, _ and -, beginning with a letter`,
      zh: `第 ${at} 列的列名只能用字母、数字、_ 和 -，且以字母开头`,
    };
    return [{ path, message }];
  });
  if (columns.includes(OPENID_COLUMN)) return errors;
  if (columns.some((name) => /[，；、]/.test(name))) {
    const message = {
      en: 'separates its columns with a Chinese comma: use , instead',
      zh: '用了中文逗号分隔，请改用英文逗号 ,',
    };
    return [{ path, message }];
  }
  return [{ path, message: { en: 'must have a column openid', zh: '必须有 openid 列' } }, ...errors];
}

/** The name of a column, without the braces that it may be written in. */
function columnName(cell: string): string {
  const name = cell.trim().replace(/^\{\{\s*(.*?)\s*\}\}$/, '$1');
  return name.toLowerCase() === OPENID_COLUMN ? OPENID_COLUMN : name;
}

/** The error of a value in a column without a name. Excel leaves out empty cells at a row's end. */
function widthError(header: readonly string[], record: readonly string[]): BilingualText | undefined {
  const unnamed = record.findIndex((cell, index) => !header[index] && !isBlank(cell));
  if (unnamed < 0) return undefined;
  const named = header.findLastIndex((name) => name !== '') + 1;
  if (unnamed < named) {
    const at = unnamed + 1;
    return { en: `has a value in column ${at}, which has no name`, zh: `第 ${at} 列没有列名，却有值` };
  }
  const count = record.findLastIndex((cell) => !isBlank(cell)) + 1;
  return {
    en: `has ${count} values; the header has ${named}`,
    zh: `有 ${count} 个值，表头有 ${named} 列`,
  };
}

function createReading() {
  let columns: readonly string[] | undefined;
  let lastLine = 0;
  const recipients: Recipient[] = [];
  const lines: number[] = [];
  const errors: ValidationError[] = [];

  function takeRow(header: readonly string[], record: readonly string[], line: number): void {
    const path = `line ${line}`;
    const wrongWidth = widthError(header, record);
    if (wrongWidth) {
      errors.push({ path, message: wrongWidth });
      return;
    }
    const recipient = recipientOf(header, record);
    const invalid = openidError(recipient.openid) ?? variablesError(recipient.variables);
    if (invalid) errors.push({ path: `${path}.${invalid.path}`, message: invalid.message });
    recipients.push(recipient);
    lines.push(line);
  }

  return {
    take(record: readonly string[], line: number): void {
      lastLine = line;
      if (columns === undefined) {
        if (isSeparatorRow(record)) return;
        columns = record.map(columnName);
        errors.push(...headerErrors(columns, line));
        // Rows under a wrong header say nothing.
        if (errors.length > 0) columns = [];
      } else if (columns.length > 0 && errors.length < MAX_ERRORS) takeRow(columns, record, line);
    },

    brokenOff(message: BilingualText): ReadCsv {
      return { type: 'bad', errors: [...errors, { path: `line ${lastLine + 1}`, message }] };
    },

    result(): ReadCsv {
      if (columns === undefined)
        return bad('line 1', {
          en: 'must be the header: openid and the names of the variables',
          zh: '应为表头：openid 和各变量名',
        });
      if (errors.length > 0) return { type: 'bad', errors };
      if (recipients.length === 0)
        return bad('', {
          en: 'must have at least one recipient below the header',
          zh: '表头下面至少要有一个收件人',
        });
      return { type: 'read', recipients, lines };
    },
  };
}

function recipientOf(
  columns: readonly string[],
  record: readonly string[],
): Recipient & { variables: Record<string, string> } {
  const values = columns.map((name, index): [string, string] => [name, record[index] ?? '']);
  const openid = values.find(([name]) => name === OPENID_COLUMN)?.[1].trim() ?? '';
  const variables = values.filter(
    ([name, value]) => name !== '' && name !== OPENID_COLUMN && !isBlank(value),
  );
  return { openid, variables: Object.fromEntries(variables) };
}
