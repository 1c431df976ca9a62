/** A line of a CSV file. What a spreadsheet would run as a formula is told as text. */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return `${cells.map((cell = '') => quoted(/^[=+@\t\r]/.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
