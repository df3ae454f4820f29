// For tests of the commands that keep libraries: a folder of photos, the operator's view of a library, and the programs themselves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { BRISK } from '../../infra/aws.ts';
import { localTarget } from '../../infra/doctor/target.ts';
import type { Library } from '../../infra/keeping/library.ts';
import { ROOT } from '../../infra/local/synth.ts';
import type { IdentityId } from '../../src/schema/ids.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
export const MODIFIED = new Date('2011-02-03T04:05:06.000Z');

/** A folder that goes with the test, and a way to put files into it. */
export async function folderOf(files: Readonly<Record<string, Uint8Array | string>> = {}) {
  const folder = join(await mkdtemp(join(tmpdir(), 'shoebox-folder-')), 'Pictures');
  await mkdir(folder);
  onTestFinished(() => rm(dirname(folder), { recursive: true, force: true }));
  const put = async (name: string, bytes: Uint8Array | string) => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    await utimes(file, MODIFIED, MODIFIED);
  };
  for (const [name, bytes] of Object.entries(files)) await put(name, bytes);
  return { folder, put };
}

/** As whoever runs the local cloud sees somebody's library. */
export const libraryOf = async (directory: string, owner: IdentityId): Promise<Library> => ({
  ...(await localTarget(directory, BRISK, 'keeping')),
  owner,
});

/** A command as somebody types it, not yet ended. */
export function begin(directory: string, program: string, ...options: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', TSX, join(ROOT, `infra/${program}.ts`), ...options, '--local', '--data', directory],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' } },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (said += text.toString()));
  }
  return {
    child,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, said })),
    hasSaid: (words: string) => vi.waitUntil(() => said.includes(words), { timeout: 30_000, interval: 20 }),
  };
}
