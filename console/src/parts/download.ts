/** Hands a CSV file over, with the mark by which spreadsheets know UTF-8. */
export function download(name: string, ...parts: readonly (string | Blob)[]): void {
  const url = URL.createObjectURL(new Blob(['\uFEFF', ...parts], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
