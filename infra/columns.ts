// Rows of text as columns, for the terminal.

/** `right` says which columns stand to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => false,
): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const cellOf = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(cellOf).join('  ').trimEnd());
}
