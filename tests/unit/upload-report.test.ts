// The list of what became of each file, as it is saved: every spreadsheet reads it, and no file's name does anything in it.
import { expect, test } from 'vitest';
import { reportOf } from '../../src/upload/report.ts';

const line = (name: string, more: Partial<Parameters<typeof reportOf>[0][number]> = {}) => ({
  name,
  path: undefined,
  bytes: 7,
  state: 'ready' as const,
  problem: undefined,
  failure: undefined,
  ...more,
});

/** Reads comma-separated values as RFC 4180 has them. */
function cells(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, value = '', end] of text.replace('\uFEFF', '').matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
    rows.at(-1)?.push(value.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(1, -1);
}

test('each file has a line with its folder, its size, what became of it and why', () => {
  const text = reportOf([
    line('a.jpg', { path: 'Summer/Lisbon', bytes: 1234 }),
    line('b.jpg', { state: 'duplicate' }),
    line('c.txt', { state: 'unshowable', failure: 'unsupported' }),
    line('d.jpg', { state: 'failed', problem: 'It is gone.' }),
  ]);
  expect(text.startsWith('\uFEFF')).toBe(true);
  expect(cells(text)).toEqual([
    ['a.jpg', 'Summer/Lisbon', '1234', 'Safe', ''],
    ['b.jpg', '', '7', 'Already here', ''],
    [
      'c.txt',
      '',
      '7',
      'Stored, cannot be shown',
      expect.stringMatching(/^This kind of file cannot be shown/),
    ],
    ['d.jpg', '', '7', 'Not uploaded', 'It is gone.'],
  ]);
});

test('names with commas, quotes and line breaks stay in their cell, and none is taken for a formula', () => {
  const names = ['a, b.jpg', 'say "hi".jpg', 'two\r\nlines.jpg', '","', 'plain.jpg'];
  expect(cells(reportOf(names.map((name) => line(name)))).map(([name]) => name)).toEqual(names);
  const formulas = ['=1+1', '+1', '-rf', '@SUM(A1)', '\t=1', '=HYPERLINK("http://x")'];
  for (const [name] of cells(reportOf(formulas.map((one) => line(one))))) expect(name).toMatch(/^'/);
  for (const path of formulas) expect(cells(reportOf([line('a.jpg', { path })]))[0]?.[1]).toBe(`'${path}`);
});
