// What became of each file, as a table for a spreadsheet: to be kept when one has uploaded ten years of photos. Pure.
import { failures, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/upload.ts';
import type { Upload } from './upload.svelte.ts';

type Line = Pick<Upload, 'name' | 'path' | 'bytes' | 'state' | 'problem' | 'failure'>;

/** What a spreadsheet would take for a formula is a file's name all the same. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

const { report, states } = words.upload;

/** Comma-separated values by RFC 4180, in UTF-8 with a byte order mark, which spreadsheets go by. */
export function reportOf(uploads: readonly Line[]): string {
  const rows = uploads.map(({ name, path = '', bytes, state, problem, failure }) => [
    name,
    path,
    String(bytes),
    states[state],
    problem ?? (failure ? sentence(failures, failure) : ''),
  ]);
  return `\uFEFF${[report.columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
