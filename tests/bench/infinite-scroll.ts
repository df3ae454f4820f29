// A baseline: the usual infinite scroll, ten photos per request, nothing ever removed, as small as it can be written.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { pixels } from '../fixtures.ts';
import sharp from 'sharp';

const RUNS = 5;
/** How far the baseline is scrolled to see what it costs. */
const REACHED = 1000;

const HTML = `<!doctype html><style>img{height:220px;width:293px;background:#ddd}</style><div id="grid"></div><script>
let next = 0, loading = false;
async function more() {
  if (loading) return;
  loading = true;
  while (document.documentElement.scrollHeight < scrollY + innerHeight * 1.5) {
    const rows = await (await fetch('/rows?after=' + next)).json();
    next += rows.length;
    for (const row of rows) {
      const img = document.createElement('img');
      img.src = '/thumb/' + row.photoId;
      document.querySelector('#grid').append(img);
    }
  }
  loading = false;
}
addEventListener('scroll', more);
more();
</script>`;

export interface InfiniteScroll {
  boxes: number[];
  pictures: number[];
  /** Ms for ten more photos with their pictures. */
  perRequest: number;
  reached: number;
  elements: number;
}

export async function infiniteScroll(page: Page, count: number): Promise<InfiniteScroll> {
  const thumb = await sharp(pixels(400, 300), { raw: { width: 400, height: 300, channels: 3 } })
    .webp()
    .toBuffer();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/rows') {
      const after = Number(searchParams.get('after'));
      const rows = Array.from({ length: Math.min(10, count - after) }, (_, i) => ({ photoId: after + i }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(rows));
    } else if (pathname === '/') response.setHeader('content-type', 'text/html').end(HTML);
    else
      response
        .setHeader('content-type', 'image/webp')
        .setHeader('cache-control', 'max-age=31536000')
        .end(thumb);
  });
  await new Promise<void>((ready) => {
    server.listen(0, 'localhost', ready);
  });
  const { port } = server.address() as AddressInfo;
  const boxes: number[] = [];
  const pictures: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      await page.goto(`http://localhost:${port}/`, { waitUntil: 'commit' });
      const start = await page.evaluate(async () => {
        let first = 0;
        for (;;) {
          await new Promise((resolve) => requestAnimationFrame(resolve));
          const images = [...document.images];
          if (images.length > 0 && first === 0) first = performance.now();
          const seen = images.filter((image) => image.getBoundingClientRect().top < innerHeight);
          const full = document.documentElement.scrollHeight >= innerHeight * 1.5;
          if (full && seen.every((image) => image.complete)) return { first, all: performance.now() };
        }
      });
      boxes.push(start.first);
      pictures.push(start.all);
    }
    const { milliseconds, elements, added } = await page.evaluate(
      async (reached) => {
        const begin = performance.now();
        const before = document.images.length;
        while (document.images.length < reached) {
          scrollTo(0, document.documentElement.scrollHeight);
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        await Promise.all([...document.images].map((image) => image.decode()));
        return {
          milliseconds: performance.now() - begin,
          elements: document.querySelectorAll('*').length,
          added: document.images.length - before,
        };
      },
      Math.min(REACHED, count),
    );
    return { boxes, pictures, perRequest: (milliseconds * 10) / added, reached: REACHED, elements };
  } finally {
    server.close();
  }
}
