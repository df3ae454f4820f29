// Starts the thread that decodes. Deployed, its script is a bundle beside the handler's; from source it is bundled on the spot, because
// a thread is started by Node alone, whatever it is that understands TypeScript here.
import type { BuildOptions, BuildResult } from 'esbuild';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Nothing is inherited from whoever runs this; what does not fit into so little of JavaScript's memory is no photo. */
const OPTIONS: WorkerOptions = { execArgv: [], env: {}, resourceLimits: { maxOldGenerationSizeMb: 128 } };

let fromSource: string | undefined;

export function startThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./decoder-worker.mjs', import.meta.url), OPTIONS);
  }
  fromSource ??= bundled();
  return new Worker(fromSource, { ...OPTIONS, eval: true });
}

function bundled(): string {
  // Not an import, which the bundle of the handler would take along.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as {
    buildSync: (options: BuildOptions & { write: false }) => BuildResult<{ write: false }>;
  };
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, 'decoder-worker.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    // The decoders' ways to find their own files: they are handed them.
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return outputFiles[0]?.text ?? '';
}
