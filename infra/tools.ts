// Runs a tool of this project as a process of its own, with its output shown.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Problem } from './problem.ts';

export const ROOT = join(import.meta.dirname, '..');

/** Rejects with a Problem that says `failed` when the tool does. */
export async function run(
  argv: readonly string[],
  { failed, environment = {} }: { failed: string; environment?: Record<string, string> },
): Promise<void> {
  const child = spawn(process.execPath, argv, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Problem(failed);
}
