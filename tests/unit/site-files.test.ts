// How the built page is put into its S3 bucket: order, cache lifetimes and types.
import { expect, test } from 'vitest';
import { cacheControl, contentType, uploadOrder } from '../../infra/site-files.ts';

test('a file goes up after all it refers to, and the service worker, which fetches them all, at the very end', () => {
  const files = [
    'index.html',
    'icons/192.png',
    'service-worker.js',
    'assets/index-a1.js',
    'config.json',
    'manifest.webmanifest',
  ];
  expect(uploadOrder(files)).toEqual([
    ['assets/index-a1.js'],
    ['icons/192.png'],
    ['config.json'],
    ['manifest.webmanifest'],
    ['index.html'],
    ['service-worker.js'],
  ]);
});

test('only files with a hash in their name are cached for good', () => {
  expect(cacheControl('assets/index-a1.js')).toContain('immutable');
  for (const file of ['index.html', 'service-worker.js', 'config.json', 'icons/192.png']) {
    expect(cacheControl(file)).toBe('no-cache');
  }
});

test('a file has the type its ending says, and an unknown ending is refused', () => {
  expect(contentType('assets/index-a1.js')).toBe('text/javascript; charset=utf-8');
  expect(contentType('manifest.webmanifest')).toBe('application/manifest+json');
  expect(() => contentType('assets/data.bin')).toThrow('content type of assets/data.bin');
});
