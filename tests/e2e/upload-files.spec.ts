// What files themselves do while they wait: they change, go away, may not be read any more; and what is special about some: no bytes,
// very many bytes, hostile names, thousands of them.
import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Page } from '@playwright/test';
import { canMeasure, memoryWhile } from '../bench/page-memory.ts';
import {
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  thumbnailsShown,
  tiles,
  uploadCard,
  uploadLine,
  uploadRow,
} from './shoebox.ts';
import { agreeToLeave, album, kept, press, test } from './uploading.ts';

async function choose(page: Page, paths: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Photos …' }).click();
  await (await chooser).setFiles([...paths]);
}

test('of files chosen before a reload exactly those are named that are missing; chosen again, only they are sent', async ({
  page,
  files,
  gate,
}) => {
  agreeToLeave(page);
  await signUp(page);
  const paths = await files(await album(4));
  gate.open(2);
  await choose(page, paths);
  await expect(uploadLine(page)).toHaveText(/^2 of 4 safe/);
  await expect.poll(() => kept(page)).toHaveLength(2);
  const waiting = await uploadCard(page)
    .getByRole('listitem')
    .filter({ hasText: /Sending|Waiting/ })
    .locator('.name')
    .allTextContents();
  await page.reload();
  await expect(uploadLine(page)).toHaveText('2 files are needed again: drop or choose them');
  await expect(uploadCard(page).getByRole('listitem').locator('.name')).toHaveText(waiting.sort());
  await expect(uploadRow(page, waiting[0] ?? '')).toContainText('Needs its file again');

  gate.open();
  const chooser = page.waitForEvent('filechooser');
  await press(page, 'Choose files');
  await (await chooser).setFiles(paths);
  await allSafe(page, 4);
  await expect(uploadCard(page)).toContainText('2 already here');
  await thumbnailsShown(page, 4);
  expect(gate.stored).toHaveLength(4);
});

test('of a folder that waits, a file that was changed is sent as it is now, one that was deleted is one problem, and the rest is safe', async ({
  page,
  files,
  gate,
}) => {
  await signUp(page);
  const [changed = '', deleted = '', ...others] = await files(await album(4, 'Summer/'));
  await drop(page, [dirname(changed)]);
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await press(page, 'Pause');
  const now = await snapshot(30, '2021:06:01 18:20:00', { width: 720 });
  await writeFile(changed, now);
  await unlink(deleted);
  gate.open();
  await press(page, 'Go on');
  await expect(uploadLine(page)).toHaveText(`${1 + others.length} photos are safe, 1 problem`);
  await expect(uploadRow(page, 'day 2.jpg')).toContainText('This file cannot be read any more');
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Safe');
  await expect(tiles(page)).toHaveCount(3);
});

test('a file that the browser lets the page read no longer is one problem: the others go on after a reload', async ({
  page,
  files,
  gate,
}) => {
  agreeToLeave(page);
  await page.addInitScript(() => {
    const read = FileSystemFileHandle.prototype.getFile;
    FileSystemFileHandle.prototype.getFile = function () {
      if (this.name === 'day 2.jpg')
        return Promise.reject(new DOMException('The permission was taken back.', 'NotAllowedError'));
      return read.call(this);
    };
  });
  await signUp(page);
  await drop(page, [dirname((await files(await album(3, 'Trip/')))[0] ?? '')]);
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await expect.poll(() => kept(page)).toHaveLength(3);
  await page.reload();
  gate.open();
  await expect(uploadLine(page)).toHaveText('2 photos are safe, 1 problem');
  await expect(uploadRow(page, 'day 2.jpg')).toContainText('may not be read any more');
  await thumbnailsShown(page, 2);
});

test('on a device that is full photos are uploaded all the same, it is said what that means, and they are shown when there is room', async ({
  page,
  files,
  gate,
}) => {
  await signUp(page);
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    };
    addEventListener('room', () => (IDBObjectStore.prototype.put = put));
  });
  await drop(page, await files(await album(3)));
  await expect(uploadCard(page)).toContainText('This browser keeps no list');
  gate.open();
  await allSafe(page, 3);
  await expect(page.getByText('This device is full.')).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('room')));
  await page.getByRole('main').getByRole('button', { name: 'Try again' }).click();
  await thumbnailsShown(page, 3);
});

test('names with every hostile character are shown as plain text, and their files come back under safe names', async ({
  page,
}) => {
  await signUp(page);
  // What no disk takes as a name may come from the clipboard, or from a program that makes up files.
  const names = [
    'up/../../etc/passwd.txt',
    'C:\\Windows\\win.txt',
    'null\u0000byte.txt',
    'line\nbreak\r.txt',
    'photo\u202Etxt.exe',
    'lone \uD800 half.txt',
    'slash%2Fencoded%00.txt',
    '-rf *.txt',
    '"; filename="evil.exe',
    '</script><img src=x onerror=alert(1)>.txt',
    'family \u{1F468}\u200D\u{1F469}\u200D\u{1F467}.txt',
    `${'ü'.repeat(125)}.txt`,
  ];
  await page.evaluate((given) => {
    const data = new DataTransfer();
    for (const name of given) data.items.add(new File([`bytes of ${name}`], name));
    dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, names);
  await expect(uploadLine(page)).toHaveText(`${names.length} problems`);
  const shown = await uploadCard(page).getByRole('listitem').locator('.name').allTextContents();
  expect(shown).toHaveLength(names.length);
  // oxlint-disable-next-line no-control-regex
  const hostile = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069/\\]|\p{Surrogate}/u;
  expect(shown.filter((name) => hostile.test(name))).toEqual([]);
  expect(shown).toContain('</script><img src=x onerror=alert(1)>.txt'.replace('/', '_'));
  expect(shown).toContain('phototxt.exe');
  await expect(tiles(page)).toHaveCount(names.length);

  for (const row of await uploadCard(page).getByRole('listitem').all()) {
    const download = page.waitForEvent('download');
    await row.getByRole('button', { name: 'Download original' }).click();
    const downloaded = await download;
    const name = downloaded.suggestedFilename();
    expect(name).not.toMatch(hostile);
    expect(name).not.toMatch(/^\.|^$/);
    expect((await readFile(await downloaded.path(), 'utf8')).startsWith('bytes of ')).toBe(true);
  }
});

test('thousands of tiny files are one queue that can be held, closed and called off, and nothing of them is lost', async ({
  page,
  files,
  gate,
}) => {
  agreeToLeave(page);
  await signUp(page);
  const many = 5000;
  const tiny = Array.from({ length: many }, (_, i) => [`Tiny/${i}.gif`, Buffer.from(`GIF89a ${i}`)] as const);
  const folder = dirname((await files(Object.fromEntries(tiny)))[0] ?? '');
  await drop(page, [folder]);
  await expect(uploadLine(page)).toHaveText(/^0 of 5,000 safe/);
  await press(page, 'Pause');
  await expect(uploadLine(page)).toHaveText('0 of 5,000 safe, paused');
  // No more of them is drawn than one reads.
  expect(await uploadCard(page).getByRole('listitem').count()).toBeLessThan(100);
  await expect.poll(async () => (await kept(page)).length).toBe(many);

  await page.reload();
  await expect(uploadLine(page)).toHaveText(/^0 of 5,000 safe/);
  await press(page, 'Cancel all');
  await expect(uploadCard(page)).toContainText('5,000 cancelled');
  await expect.poll(async () => (await kept(page)).length).toBe(0);
  expect(gate.stored).toEqual([]);
});

test('of many photos the page holds a few at a time', async ({ page, files, browser }) => {
  test.skip(!canMeasure, 'What a process holds is told by /proc alone.');
  test.slow();
  await signUp(page);
  const paths = await files(await album(64));
  // Sparse: they take no room on the disk.
  const bytes = 8e6;
  for (const path of paths) await truncate(path, bytes);
  const { page: held } = await memoryWhile(browser, async () => {
    await drop(page, paths);
    await expect(uploadLine(page)).toHaveText('64 photos are safe', { timeout: 90_000 });
  });
  // What is not collected yet counts as well; what is kept for good is a file for each file.
  expect(Math.max(...held) - (held[0] ?? 0)).toBeLessThan(((paths.length * bytes) / 1e6) * 0.8);
});

test('of a large file the page reads parts only, never the whole', async ({ page, files }) => {
  // The worker that hashes is another matter: it reads what is large piece by piece.
  await page.addInitScript(() => {
    const reads: number[] = [];
    const { arrayBuffer, stream } = Blob.prototype;
    Blob.prototype.arrayBuffer = function (this: Blob) {
      reads.push(this.size);
      return arrayBuffer.call(this);
    };
    Blob.prototype.stream = function (this: Blob) {
      reads.push(this.size);
      return stream.call(this);
    };
    Object.assign(globalThis, { reads });
  });
  await signUp(page);
  const [large = ''] = await files({ 'large.jpg': await snapshot(2, '2021:06:04 18:20:00') });
  // Sparse: it takes no room on the disk.
  const bytes = 96e6;
  await truncate(large, bytes);
  await drop(page, [large]);
  await allSafe(page, 1);
  const reads = await page.evaluate(() => (globalThis as unknown as { reads: number[] }).reads);
  expect(reads.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(bytes);
  expect(Math.max(...reads)).toBeLessThan(bytes / 4);
});
