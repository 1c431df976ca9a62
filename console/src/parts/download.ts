/** A line of a CSV file. What a spreadsheet would run as a formula is told as text. */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return `${cells.map((cell = '') => quoted(/^[=+@\t]/.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Hands a text over as a file, with the mark by which spreadsheets know UTF-8. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([`\uFEFF${text}`], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
