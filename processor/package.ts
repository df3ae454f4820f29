// Completes the Lambda's package once its handler is bundled: `tsx processor/package.ts DIRECTORY`, run by the CDK. Adds the decoding
// thread as a bundle of its own, the decoders in WebAssembly that it loads, and the towns of the world.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packPlaces } from './metadata/pack-places.ts';

/**
 * What is loaded from the packages of the decoders, as they were published, and under which terms they come: libheif's (LGPL) ask
 * that it can be replaced by another version of itself, and here it can.
 */
const DECODERS: Readonly<Record<string, readonly string[]>> = {
  'libheif-js': [
    'package.json',
    'LICENSE',
    'libheif-wasm/libheif.js',
    'libheif-wasm/libheif.wasm',
    'libheif-wasm/LICENSE',
  ],
  'jxl-oxide-wasm': [
    'package.json',
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'jxl_oxide_wasm.js',
    'jxl_oxide_wasm_bg.wasm',
  ],
};

const require = createRequire(import.meta.url);

/** `directory` holds the handler's bundle already, as `index.mjs`. */
export async function completePackage(directory: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'decoder-worker.ts')],
    outfile: join(directory, 'decoder-worker.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: Object.keys(DECODERS),
    logLevel: 'warning',
  });
  for (const [name, files] of Object.entries(DECODERS)) {
    const from = dirname(require.resolve(`${name}/package.json`));
    for (const file of files) {
      const to = join(directory, 'node_modules', name, file);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(from, file), to);
    }
  }
  writeFileSync(join(directory, 'places.bin'), packPlaces());
}

const [script, directory] = process.argv.slice(1);
if (script === import.meta.filename && directory !== undefined) await completePackage(directory);
