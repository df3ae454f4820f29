// Photos that are more, or less, than a still picture: videos, moving pictures, camera raw, and what a file says about itself.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Locator, Page, Response } from '@playwright/test';
import sharp from 'sharp';
import { animatedGif } from '../fixtures.ts';
import { cr2 } from '../raw-builders.ts';
import { mp4 } from '../video-builders.ts';
import { recordVideo } from '../video-fixture.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  snapshot,
  test as base,
  thumbnailsShown,
  tile,
  tiles,
  uploadRow,
  viewer,
} from './shoebox.ts';

const SECONDS = 3;

/** The video is recorded once for all tests of a worker. */
const test = base.extend<object, { clip: Buffer }>({
  clip: [
    async ({ browser }, use) => {
      const page = await browser.newPage();
      const clip = await recordVideo(page, SECONDS);
      await page.close();
      await use(clip);
    },
    { scope: 'worker' },
  ],
});

const player = (page: Page): Locator => viewer(page).locator('video');
const paused = (page: Page): Promise<boolean> =>
  player(page).evaluate((video: HTMLVideoElement) => video.paused);
const time = (page: Page): Promise<number> =>
  player(page).evaluate((video: HTMLVideoElement) => video.currentTime);

/** Opens a video that can be played, and waits until its first frame is there. */
async function openVideo(page: Page, name: string): Promise<void> {
  await tile(page, name).click();
  await expect
    .poll(() => player(page).evaluate((video: HTMLVideoElement) => video.readyState))
    .toBeGreaterThanOrEqual(2);
}

/** Every answer from here on. */
function answers(context: BrowserContext): Response[] {
  const all: Response[] = [];
  context.on('response', (response) => all.push(response));
  return all;
}

/** Somebody new, whose page has come to rest: what is dropped at once, before tests have made their files, may fall beside it. */
async function begin(page: Page): Promise<void> {
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include('.viewer').analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

test.describe('a video', () => {
  test('is shown by its name and length, and plays from its original', async ({
    page,
    context,
    files,
    clip,
  }) => {
    await begin(page);
    const all = answers(context);
    await drop(page, await files({ 'clip.webm': clip }));
    await allSafe(page, 1);
    await expect(uploadRow(page, 'clip.webm')).toContainText('Safe');
    await expect(tile(page, 'clip.webm')).toHaveAttribute('aria-label', /\. Video, 3 seconds$/);
    await expect(tile(page, 'clip.webm')).toContainText('0:03');
    await expect(tile(page, 'clip.webm')).toContainText('clip.webm');

    await openVideo(page, 'clip.webm');
    expect(await paused(page)).toBe(true);
    await page.keyboard.press(' ');
    await expect.poll(() => time(page)).toBeGreaterThan(0.2);
    await page.keyboard.press(' ');
    await expect.poll(() => paused(page)).toBe(true);

    // Wound back and forth.
    for (const at of [2.5, 0.5]) {
      await player(page).evaluate(async (video: HTMLVideoElement, to) => {
        const seeked = new Promise((resolve) => {
          video.addEventListener('seeked', resolve, { once: true });
        });
        video.currentTime = to;
        await seeked;
      }, at);
      expect(await time(page)).toBeCloseTo(at, 1);
    }

    const media = all.filter((response) => response.request().resourceType() === 'media');
    expect(media.length).toBeGreaterThan(0);
    for (const response of media) {
      expect(response.status()).toBe(206);
      expect(response.headers()).toMatchObject({ 'content-type': 'video/webm', 'cache-control': 'no-store' });
    }
    // Nobody asked for a rendition, which there is none of.
    expect(all.filter((response) => response.url().includes('/renditions/'))).toEqual([]);
    expect(all.filter((response) => response.status() >= 400).map((response) => response.url())).toEqual([]);
    // And none of it was kept.
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept.filter((path) => !/^\/(?:assets\/|icon|[\w-]+\.\w+$)/.test(path))).toEqual([]);
  });

  test('falls silent when one moves on, and when the viewer closes', async ({ page, files, clip }) => {
    await begin(page);
    await drop(
      page,
      await files({ 'beach.jpg': await snapshot(1, '2021:06:03 18:20:00'), 'clip.webm': clip }),
    );
    await allSafe(page, 2);
    for (const key of ['ArrowRight', 'Escape']) {
      await openVideo(page, 'clip.webm');
      await page.keyboard.press(' ');
      await expect.poll(() => paused(page)).toBe(false);
      const video = await player(page).elementHandle();
      await page.keyboard.press(key);
      await expect(page.locator('video')).toHaveCount(0);
      const left = await video?.evaluate((element) => {
        const { paused: silent, currentSrc, networkState } = element as HTMLVideoElement;
        return { silent, loads: networkState === HTMLMediaElement.NETWORK_LOADING, currentSrc };
      });
      expect(left).toMatchObject({ silent: true, loads: false });
      if (key === 'ArrowRight') {
        await expect(page.getByRole('dialog', { name: 'Photo: beach.jpg' })).toBeVisible();
        await page.keyboard.press('Escape');
      }
      await expect(viewer(page)).toHaveCount(0);
    }
  });

  test('can be steered by whoever tabs into it; after a mere click the arrows walk on', async ({
    page,
    files,
    clip,
  }) => {
    await begin(page);
    await drop(
      page,
      await files({ 'beach.jpg': await snapshot(1, '2021:06:03 18:20:00'), 'clip.webm': clip }),
    );
    await allSafe(page, 2);
    await closeUploads(page);
    await openVideo(page, 'clip.webm');
    await page.keyboard.press('Tab');
    await expect(player(page)).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => time(page)).toBeGreaterThan(0);
    await expect(page.getByRole('dialog', { name: 'Photo: clip.webm' })).toBeVisible();
    // The viewer's own keys work in there as well.
    await page.keyboard.press('i');
    await expect(viewer(page).getByRole('complementary')).toContainText('3 seconds');
    await page.keyboard.press('i');
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);

    await openVideo(page, 'clip.webm');
    await player(page).click({ position: { x: 400, y: 300 } });
    await expect(player(page)).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('dialog', { name: 'Photo: beach.jpg' })).toBeVisible();
  });

  test('that this browser cannot play says so, and its original can be had', async ({ page, files }) => {
    await begin(page);
    const strange = mp4({ width: 320, height: 180, seconds: 65, frames: 500 });
    await drop(page, await files({ 'strange.mp4': strange }));
    await allSafe(page, 1);
    await closeUploads(page);
    await expect(tile(page, 'strange.mp4')).toHaveAttribute('aria-label', /\. Video, 1 minute, 5 seconds$/);
    await tile(page, 'strange.mp4').click();
    await expect(viewer(page)).toContainText('This browser cannot play this video.');
    await expect(player(page)).toHaveCount(0);
    const download = page.waitForEvent('download');
    await viewer(page).getByText('Download original', { exact: true }).click();
    const downloaded = await download;
    expect(downloaded.suggestedFilename()).toBe('strange.mp4');
    expect(await readFile(await downloaded.path())).toEqual(strange);
  });

  test('opened without a connection says so, and plays once there is one', async ({
    page,
    context,
    files,
    clip,
  }) => {
    await begin(page);
    await drop(
      page,
      await files({ 'beach.jpg': await snapshot(1, '2021:06:03 18:20:00'), 'clip.webm': clip }),
    );
    await allSafe(page, 2);
    await tile(page, 'beach.jpg').click();
    await expect(page.locator('.pswp__img[alt="beach.jpg"]')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);

    await context.setOffline(true);
    await tile(page, 'clip.webm').click();
    await expect(viewer(page)).toContainText('This video could not be fetched.');
    await context.setOffline(false);
    await expect(viewer(page)).not.toContainText('This video could not be fetched.');
    await page.keyboard.press(' ');
    await expect.poll(() => time(page)).toBeGreaterThan(0.1);
  });

  test('is tried once more when its address is refused', async ({ page, files, clip }) => {
    await begin(page);
    await drop(page, await files({ 'clip.webm': clip }));
    await allSafe(page, 1);
    let refusals = 1;
    await page.route(/response-content-type=video/, async (route) => {
      if (refusals-- > 0) await route.fulfill({ status: 503 });
      else await route.continue();
    });
    await openVideo(page, 'clip.webm');
    expect(refusals).toBeLessThan(0);
    await expect(viewer(page)).not.toContainText('cannot play');
  });
});

test.describe('a picture that moves', () => {
  const shownPicture = (page: Page) => viewer(page).locator('.pswp__img[alt="ball.gif"]');

  test('moves in the viewer, by its original, and rests when one moves on', async ({ page, files }) => {
    await begin(page);
    await drop(
      page,
      await files({ 'ball.gif': await animatedGif(), 'beach.jpg': await snapshot(1, '2021:06:03 18:20:00') }),
    );
    await allSafe(page, 2);
    await thumbnailsShown(page, 2);
    await expect(tile(page, 'ball.gif')).toHaveAttribute('aria-label', /\. Animated$/);
    await tile(page, 'ball.gif').click();
    await expect(shownPicture(page)).toHaveAttribute('src', /^blob:/);
    const picture = await shownPicture(page).elementHandle();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('dialog', { name: 'Photo: beach.jpg' })).toBeVisible();
    await expect
      .poll(() => picture?.evaluate((image) => new URL((image as HTMLImageElement).src).pathname))
      .toMatch(/\/view\.webp$/);
  });

  test.describe('for whoever wants less motion', () => {
    test.use({ contextOptions: { reducedMotion: 'reduce' } });

    test('stays still', async ({ page, context, files }) => {
      await begin(page);
      await drop(page, await files({ 'ball.gif': await animatedGif() }));
      await allSafe(page, 1);
      const all = answers(context);
      await tile(page, 'ball.gif').click();
      await expect(shownPicture(page)).toHaveAttribute('src', /view\.webp/);
      await expect
        .poll(() => shownPicture(page).evaluate((image: HTMLImageElement) => image.naturalWidth))
        .toBeGreaterThan(0);
      expect(all.filter((response) => response.url().includes('response-content-type=image'))).toEqual([]);
    });
  });
});

test('a camera’s raw photo is shown by its preview, and the download is the raw photo', async ({
  page,
  files,
}) => {
  await begin(page);
  const raw = cr2({
    large: await snapshot(3, '2021:06:03 18:20:00'),
    small: await snapshot(4, '2021:06:03 18:20:00', { width: 160, height: 107 }),
    width: 4800,
    height: 3200,
  });
  await drop(page, await files({ 'IMG_1.CR2': raw }));
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  await expect(tile(page, 'IMG_1.CR2')).toHaveAttribute('aria-label', /\. Raw photo$/);
  await expect(tile(page, 'IMG_1.CR2')).toContainText('RAW');
  await tile(page, 'IMG_1.CR2').click();
  await viewer(page).getByRole('button', { name: 'Information' }).click();
  const panel = viewer(page).getByRole('complementary', { name: 'Information' });
  await expect(panel).toContainText('Shown from the small preview inside the raw photo.');
  await expect(panel).toContainText('CR2');
  const download = page.waitForEvent('download');
  await page.keyboard.press('d');
  const downloaded = await download;
  expect(downloaded.suggestedFilename()).toBe('IMG_1.CR2');
  expect(await readFile(await downloaded.path())).toEqual(raw);
});

test('a HEIC photo, which few browsers know, is shown like any other', async ({ page, files }) => {
  await begin(page);
  const photo = await readFile(join(import.meta.dirname, '../fixtures/plain.heic'));
  await drop(page, await files({ 'IMG_2.HEIC': photo }));
  await allSafe(page, 1);
  await expect(uploadRow(page, 'IMG_2.HEIC')).toContainText('Safe');
  await closeUploads(page);
  await thumbnailsShown(page, 1);
  await tile(page, 'IMG_2.HEIC').click();
  const picture = viewer(page).locator('.pswp__img[alt="IMG_2.HEIC"]');
  await expect(picture).toHaveAttribute('src', /view\.webp/);
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await page.keyboard.press('i');
  await expect(viewer(page).getByRole('complementary')).toContainText('HEIC');
  const download = page.waitForEvent('download');
  await page.keyboard.press('d');
  expect(await readFile(await (await download).path())).toEqual(photo);
});

test('a photo whose file ends early is shown as far as it goes, and says so', async ({ page, files }) => {
  await begin(page);
  const whole = await snapshot(6, '2021:06:03 18:20:00');
  await drop(page, await files({ 'half.jpg': whole.subarray(0, Math.round(whole.length * 0.6)) }));
  await allSafe(page, 1);
  await closeUploads(page);
  await thumbnailsShown(page, 1);
  await tile(page, 'half.jpg').click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('i');
  await expect(viewer(page).getByRole('complementary')).toContainText('A part of this photo is missing');
});

const TITLE = '<img src=x onerror=alert(1)> & <b>El Torcal</b>';
const STORY = 'We walked for five hours and met two ibex and a shepherd. '.repeat(20);
const told = (keywords: readonly string[]): string => `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${TITLE.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${STORY}</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag>${keywords.map((keyword) => `<rdf:li>${keyword}</rdf:li>`).join('')}</rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

const withTold = (photo: Buffer, keywords: readonly string[]): Promise<Buffer> =>
  sharp(photo).keepMetadata().withXmp(told(keywords)).jpeg().toBuffer();

test('the information panel tells what a photo says about itself, as text and nothing else', async ({
  page,
  files,
}) => {
  await begin(page);
  const plain = await snapshot(5, '2019:06:01 12:34:56', {
    offset: '-07:00',
    gps: { latitude: 48.137, longitude: 11.575 },
  });
  await drop(page, await files({ 'told.jpg': await withTold(plain, ['rocks', 'Spain']) }));
  await allSafe(page, 1);
  await closeUploads(page);
  await tile(page, 'told.jpg').click();
  await expect(viewer(page).locator('.pswp__img[alt="told.jpg"]')).toBeVisible();
  await viewer(page).getByRole('button', { name: 'Information' }).click();
  const panel = viewer(page).getByRole('complementary', { name: 'Information' });
  await expect(panel.getByText(TITLE)).toBeVisible();
  await expect(panel.locator('img')).toHaveCount(0);
  await expect(panel.getByRole('img', { name: '4 of 5 stars' })).toBeVisible();
  await expect(panel.getByRole('listitem')).toHaveText(['rocks', 'Spain']);
  await expect(panel).toContainText('Saturday, June 1, 2019 at 12:34 PM GMT-7');
  await expect(panel).toContainText('Germany');

  // A long text is not in the way, and not lost.
  const story = panel.getByText(STORY.trim());
  const folded = (await story.boundingBox())?.height ?? 0;
  await panel.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(async () => (await story.boundingBox())?.height ?? 0).toBeGreaterThan(folded * 1.5);
  await panel.getByRole('button', { name: 'Show less' }).click();
  await expect.poll(async () => (await story.boundingBox())?.height).toBe(folded);
});

test.describe('for a screen reader', () => {
  // Still pictures: what is half faded in has no contrast yet.
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('neither videos nor all that is known of a photo put up a barrier that axe knows of', async ({
    page,
    files,
    clip,
  }) => {
    await begin(page);
    const photo = await snapshot(5, '2019:06:01 12:34:56');
    await drop(
      page,
      await files({
        'clip.webm': clip,
        'strange.mp4': mp4({ width: 320, height: 180, seconds: 65, frames: 500 }),
        'told.jpg': await withTold(photo, ['rocks']),
      }),
    );
    await allSafe(page, 3);
    await closeUploads(page);
    const panel = viewer(page).getByRole('complementary');

    await openVideo(page, 'clip.webm');
    expect.soft(await barriers(page), 'video').toEqual([]);
    await page.keyboard.press('i');
    await expect(panel).toContainText('WEBM');
    expect.soft(await barriers(page), 'what is known of a video').toEqual([]);
    await page.keyboard.press('i');
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);

    await tile(page, 'strange.mp4').click();
    await expect(viewer(page)).toContainText('This browser cannot play this video.');
    expect.soft(await barriers(page), 'video that cannot be played').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);

    await tile(page, 'told.jpg').click();
    await expect(viewer(page).locator('.pswp__img[alt="told.jpg"]')).toBeVisible();
    await page.keyboard.press('i');
    await expect(panel).toContainText('Keywords');
    expect.soft(await barriers(page), 'what a photo says of itself').toEqual([]);
  });
});

test('the file picker asks for no kind of file, because phones would then change what they give', async ({
  page,
}) => {
  await begin(page);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Photos …' }).click();
  expect((await chooser).isMultiple()).toBe(true);
  expect(await (await chooser).element().getAttribute('accept')).toBeNull();
  await expect(tiles(page)).toHaveCount(0);
});
