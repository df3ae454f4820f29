// How benches report: a table to read, and as the last line the figures as JSON.

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** One decimal is as exact as any of these figures is. */
export const round = (value: number): number => Number(value.toFixed(1));

/** Decimal, as networks count. */
export const kilobytes = (bytes: number): number => round(bytes / 1000);

/** Rows of texts and figures; figures to the right. */
export function table(title: string, rows: readonly (readonly (string | number)[])[]): void {
  console.log(title);
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell)));
  const widths = cells.reduce<number[]>((most, row) => {
    row.forEach((cell, column) => (most[column] = Math.max(most[column] ?? 0, cell.length)));
    return most;
  }, []);
  for (const [index, row] of cells.entries()) {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return typeof rows[index]?.[column] === 'number' ? cell.padStart(width) : cell.padEnd(width);
    });
    console.log(`  ${padded.join('  ').trimEnd()}`);
  }
}

export const result = (bench: string, figures: Readonly<Record<string, number>>): void =>
  console.log(JSON.stringify({ bench, figures }));
