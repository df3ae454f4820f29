// How the page is built and bundled, and how the unit and cloud tests are run.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, reportCompressedSize: false },
  test: {
    projects: [
      { test: { name: 'rooms', include: ['tests/unit/rooms.test.ts'] } },
      {
        extends: true,
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], exclude: ['tests/unit/rooms.test.ts'] },
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
