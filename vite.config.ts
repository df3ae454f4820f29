// How the page is built and bundled, and how the unit and cloud tests are run.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Bundles the service worker after the page, as one classic script at a fixed address, and tells it what the shell consists of:
 * every file of the page, so that what is loaded on demand works offline too.
 */
function serviceWorker(): Plugin {
  let outDir = '';
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved: (config) => {
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      await buildLinkPage(outDir);
      const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'service-worker.js')
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => !/^.(?:link\.html|assets.link.)/.test(file.slice(outDir.length)))
        .sort();
      const version = createHash('sha256');
      for (const file of files) version.update(file.slice(outDir.length)).update(readFileSync(file));
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: {
          SHELL_FILES: JSON.stringify(files.map((file) => file.slice(outDir.length).replaceAll('\\', '/'))),
          SHELL_VERSION: JSON.stringify(version.digest('hex').slice(0, 16)),
        },
        build: {
          outDir,
          emptyOutDir: false,
          target: 'es2022',
          reportCompressedSize: false,
          rolldownOptions: {
            input: 'src/service-worker.ts',
            output: { format: 'iife', entryFileNames: 'service-worker.js' },
          },
        },
      });
    },
  };
}

/** What the page begins with, and the styles of its first screen, are fetched beside its first script, which asks for them only when it runs. */
function fetchedAtOnce(): Plugin {
  return {
    name: 'fetched-at-once',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        const chunkOf = (module: string) => {
          const chunk = chunks.find(({ moduleIds }) => moduleIds.includes(resolve(module)));
          if (!chunk) throw new Error(`There is no chunk of ${module}.`);
          return chunk;
        };
        const start = chunkOf('src/start.ts');
        const scripts = [start.fileName, ...start.imports].filter((file) => !html.includes(file));
        const styles = [start, chunkOf('src/home.svelte.ts')].flatMap(({ viteMetadata }) =>
          Array.from(viteMetadata?.importedCss ?? []),
        );
        return [
          ...scripts.map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` },
            injectTo: 'head' as const,
          })),
          ...styles.map((file) => ({
            tag: 'link',
            attrs: { rel: 'stylesheet', crossorigin: true, href: `/${file}` },
            injectTo: 'head' as const,
          })),
        ];
      },
    },
  };
}

/**
 * Builds the page of links after the library's, apart from it: what is shared between the two would otherwise be in chunks that have
 * more than somebody who follows a link needs.
 */
async function buildLinkPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [svelte()],
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      reportCompressedSize: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: 'link.html',
        output: {
          entryFileNames: 'assets/link/[name]-[hash].js',
          chunkFileNames: 'assets/link/[name]-[hash].js',
          assetFileNames: 'assets/link/[name]-[hash][extname]',
        },
      },
    },
  });
}

export default defineConfig({
  plugins: [svelte(), fetchedAtOnce(), serviceWorker()],
  resolve: {
    alias: [
      // The package names its browser build without the file's ending, which Vite does not follow: Node's providers would come along.
      {
        find: /^@aws-sdk\/credential-providers$/,
        replacement: resolve('node_modules/@aws-sdk/credential-providers/dist-es/index.browser.js'),
      },
    ],
  },
  build: {
    target: 'es2022',
    reportCompressedSize: false,
    // Chunks on demand bring their styles along; their scripts are few, and the service worker has them all.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, dependencies, { hostType }) =>
        hostType === 'html' ? dependencies : dependencies.filter((name) => name.endsWith('.css')),
    },
    rolldownOptions: {
      treeshake: {
        // Svelte does not say so itself; without it the first load fetches transitions and forms that nothing of it uses.
        moduleSideEffects: [
          {
            test: /\/node_modules\/svelte\/src\/(?:transition|internal\/client\/dom\/elements)\//,
            sideEffects: false,
          },
        ],
      },
      output: {
        codeSplitting: {
          groups: [
            // What the first screen needs of Svelte, and what only forms and dialogs do.
            {
              name: 'svelte',
              test: /\/node_modules\/(?:clsx|esm-env|svelte\/src\/(?!transition\/|internal\/client\/dom\/elements\/(?:transitions|bindings\/(?:input|media|select))\b))/,
              includeDependenciesRecursively: false,
            },
            { name: 'svelte-forms', test: /\/node_modules\/svelte\//, includeDependenciesRecursively: false },
            // What a visit begins with; the page before anybody is signed in; then what a signed-in visit needs for its first
            // pictures, in one piece.
            {
              name: 'visit',
              test: /\/src\/(?:main|visit|auth\/record|schema\/(?:config|parse|ids|keys|signing-key)|library\/(?:databases|request|within)|cloud\/(?:kept|first|presign)|ui\/theme)\b/,
            },
            {
              name: 'shell',
              test: /\/src\/(?:start\.ts|App\.svelte|app\.svelte|auth\/(?:session|error)|library\/forget|ui\/(?:route|notices|Logo|words\/notices))/,
            },
            {
              name: 'home',
              test: /\/src\/(?:home|Frame|library\/(?:library|replica)|grid\/(?:Grid|Tile|density|description|layout|marks|near|placeholder|reach|rows|stage|viewport)\b|timeline\/Timeline|schema\/(?:photo|time)|ui\/(?:follow|format|Icon|words\/(?:photos|count))|cloud\/(?:cloud|credentials|clock|error)\b)/,
            },
            {
              name: 'restore',
              test: /\/src\/library\/(?:snapshot-read|snapshot|gzip|notes|transaction|slices)\.ts/,
            },
          ],
        },
      },
    },
  },
  test: {
    projects: [
      { test: { name: 'rooms', include: ['tests/unit/rooms.test.ts'] } },
      {
        extends: true,
        // Svelte's runes as in the browser: on the server they do not react.
        resolve: { conditions: ['browser'] },
        test: {
          name: 'unit',
          testTimeout: 30_000,
          // A busy computer takes its time.
          expect: { poll: { timeout: 20_000 } },
          include: ['tests/unit/**/*.test.ts'],
          exclude: ['tests/unit/rooms.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'cloud',
          include: ['tests/cloud/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
