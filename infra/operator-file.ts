// The local cloud that runs on some data, by the file that it leaves for whoever runs it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATOR_FILE, parseOperator, type LocalOperator } from './operator.ts';
import { Problem } from './problem.ts';

export const notRunning = (directory: string, cause: unknown): Problem =>
  new Problem(
    `No local Shoebox is running on ${directory}. Start it with "npm start" and leave it running, then run this in another terminal.`,
    { cause },
  );

/** Its credentials are renewed every now and then: read it again when they are about to end. */
export function readOperator(directory: string): LocalOperator {
  try {
    return parseOperator(JSON.parse(readFileSync(join(directory, OPERATOR_FILE), 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw notRunning(directory, error);
    throw error;
  }
}
