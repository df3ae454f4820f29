// The processor's package as it is deployed, but for sharp, which comes from this folder's own packages.
import { readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../../infra/stack-processor.ts';
import { ROOT } from '../../infra/local/synth.ts';
import { completePackage } from '../../processor/package.ts';

/** Bundles one file as the CDK bundles the handler. */
async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: BUNDLING.mainFields,
    banner: { js: BUNDLING.banner ?? '' },
    external: BUNDLING.nodeModules,
    logLevel: 'warning',
  });
}

/** Writes the package to `directory`; gives its size in bytes, without sharp. */
export async function packageInto(directory: string): Promise<number> {
  await bundle('processor/handler.ts', join(directory, 'index.mjs'));
  await completePackage(directory);
  const bytes = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(directory, path)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
  symlinkSync(join(ROOT, 'node_modules/sharp'), join(directory, 'node_modules/sharp'));
  for (const way of ['ours', 'naive'])
    await bundle(`tests/bench/processor-${way}.ts`, join(directory, `${way}.mjs`));
  return bytes;
}
