const GAP = '   ';

/** Aligned columns under their titles, without borders. Ends with a line break. */
export function renderTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  return [titles, ...rows].map((cells) => `${line(cells)}\n`).join('');
}

/** One `Title:   value` per line, aligned; lines without a value are left out. */
export function renderPage(lines: readonly (readonly [title: string, value: string])[]): string {
  const shown = lines.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([title]) => title.length)) + 1;
  return shown.map(([title, value]) => `${`${title}:`.padEnd(width)}${GAP}${value}\n`).join('');
}
