/** One measured figure: a row of the table. */
export interface Figure {
  readonly part: string;
  readonly name: string;
  /** The median over the rounds. */
  readonly value: number;
  readonly unit: string;
  /** Smallest and largest round. */
  readonly range?: readonly [number, number];
  /** What the figure is divided by or compared with, in words, and the ratio. */
  readonly ratio?: { readonly of: string; readonly value: number };
  /** What is promised of `ratio`, or of `value` where there is none. */
  readonly must?: { readonly atMost: number } | { readonly atLeast: number };
}

/** The middle one; of an even number the mean of the middle two. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The value that `share` of all are no larger than. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** A median with its range. */
export function middleOf(values: readonly number[]): Pick<Figure, 'value' | 'range'> {
  return { value: median(values), range: [Math.min(...values), Math.max(...values)] };
}

/** Whether the figure, as it is printed, is what it must be; undefined where nothing is promised of it. */
export function keeps({ value, ratio, must }: Figure): boolean | undefined {
  if (!must) return undefined;
  const judged = Number(rounded(ratio?.value ?? value));
  return 'atMost' in must ? judged <= must.atMost : judged >= must.atLeast;
}

const HEADINGS = ['part', 'figure', 'median', 'lowest to highest', 'ratio', 'must', ''];

/** All figures as a markdown table. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  const [headings = [], ...body] = rows;
  return [line(headings), line(rule), ...body.map(line)].join('\n');
}

function cellsOf(figure: Figure): string[] {
  const { part, name, value, unit, range, ratio, must } = figure;
  const kept = keeps(figure);
  return [
    part,
    name,
    `${rounded(value)} ${unit}`.trim(),
    range ? `${rounded(range[0])} to ${rounded(range[1])}` : '',
    ratio ? `${rounded(ratio.value)} of ${ratio.of}` : '',
    must ? ('atMost' in must ? `≤ ${must.atMost}` : `≥ ${must.atLeast}`) : '',
    kept === undefined ? '' : kept ? 'kept' : 'MISSED',
  ];
}

function rounded(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
