// npm run bench:presign: milliseconds for 1,000 presigned URLs in Chromium, ours and the SDK's in the same run.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'esbuild';

const CHROMIUM = '/usr/bin/chromium';

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const bundle = await build({
  entryPoints: [join(import.meta.dirname, 'presign.page.ts')],
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  write: false,
  logLevel: 'error',
});
const script = bundle.outputFiles[0]?.text ?? '';

// localhost, since WebCrypto wants a secure context.
const server = createServer((request, response) => {
  const isScript = request.url === '/page.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
});
await new Promise<void>((ready) => {
  server.listen(0, 'localhost', ready);
});
const { port } = server.address() as AddressInfo;

const browser = await chromium.launch(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {});
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${port}/`);
  await page.waitForFunction('globalThis.measure !== undefined');
  const times: Record<string, number[]> = await page.evaluate('measure()');

  const ours = median(times['ours'] ?? []);
  console.log('1,000 presigned URLs in Chromium (ms)     median      min      max   x ours');
  for (const [name, measured] of Object.entries(times)) {
    const figures = [median(measured), Math.min(...measured), Math.max(...measured), median(measured) / ours];
    console.log(`  ${name.padEnd(36)}${figures.map((figure) => figure.toFixed(1).padStart(9)).join('')}`);
  }
  console.log(JSON.stringify({ bench: 'presign', figures: { msPer1000: Number(ours.toFixed(1)) } }));
} finally {
  await browser.close();
  server.close();
}
