// The card that shows uploads: for everybody, in every state it can be in; and what it holds the page and the device to meanwhile.
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  snapshot,
  uploadCard,
  uploadLine,
  uploadRow,
} from './shoebox.ts';
import { agreeToLeave, album, kept, press, test, withoutHandles } from './uploading.ts';

/** What axe finds on the card, as `rule: element`. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include('aside').analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

const announced = (page: Page) => uploadCard(page).getByRole('status');

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colors`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('the card puts up no barrier, and says aloud what changes', async ({ page, files, gate }) => {
      agreeToLeave(page);
      await withoutHandles(page);
      await signUp(page);
      const paths = await files({
        ...(await album(3)),
        'letter.txt': Buffer.from('This is no picture.'),
      });
      await drop(page, paths);
      await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
      await expect(announced(page)).toHaveText('0 of 4 safe');
      expect.soft(await barriers(page), 'busy').toEqual([]);

      await press(page, 'Pause');
      await expect(announced(page)).toHaveText('0 of 4 safe, paused');
      expect.soft(await barriers(page), 'paused').toEqual([]);

      await expect.poll(() => kept(page)).toHaveLength(4);
      await page.reload();
      await expect(announced(page)).toHaveText('4 files are needed again: drop or choose them');
      expect.soft(await barriers(page), 'needed again').toEqual([]);

      gate.open();
      await drop(page, paths);
      await expect(announced(page)).toHaveText('3 photos are safe, 1 problem');
      expect.soft(await barriers(page), 'problems').toEqual([]);

      await closeUploads(page);
      await drop(page, paths.slice(0, 3));
      await expect(announced(page)).toHaveText('3 photos are safe');
      expect.soft(await barriers(page), 'summary').toEqual([]);
    });
  });
}

test('whoever is about to close the page while uploads are in hand is warned, and afterwards is not', async ({
  page,
  files,
  gate,
}) => {
  const warnings: string[] = [];
  page.on('dialog', async (dialog) => {
    warnings.push(dialog.type());
    await dialog.dismiss();
  });
  await signUp(page);
  await drop(page, await files(await album(2)));
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => warnings).toEqual(['beforeunload']);
  // They stayed, and so has what was under way.
  gate.open();
  await allSafe(page, 2);
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
  expect(warnings).toHaveLength(1);
});

test('the screen stays on as long as something is sent, and not while uploads are paused or over', async ({
  page,
  files,
  gate,
}) => {
  // No device of ours has a screen that could be watched.
  await page.addInitScript(() => {
    const state = { held: 0 };
    Object.assign(globalThis, { screenLocks: state });
    const request = () => {
      state.held++;
      const lock = Object.assign(new EventTarget(), {
        released: false,
        release: async () => {
          lock.released = true;
          state.held--;
        },
      });
      return Promise.resolve(lock);
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
  const held = () =>
    page.evaluate(() => (globalThis as unknown as { screenLocks: { held: number } }).screenLocks.held);
  await signUp(page);
  expect(await held()).toBe(0);
  await drop(page, await files(await album(2)));
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await expect.poll(held).toBe(1);
  await press(page, 'Pause');
  await expect.poll(held).toBe(0);
  await press(page, 'Go on');
  await expect.poll(held).toBe(1);
  gate.open();
  await allSafe(page, 2);
  await expect.poll(held).toBe(0);
});

test('the summary of what became of each file can be saved', async ({ page, files, gate }) => {
  await signUp(page);
  gate.open();
  const photo = await snapshot(1, '2021:06:03 18:20:00');
  const letter = Buffer.from('This is no picture.');
  await drop(page, await files({ 'a.jpg': photo, 'b.jpg': photo, 'letter.txt': letter }));
  await expect(uploadLine(page)).toHaveText('2 photos are safe, 1 problem');
  await expect(uploadCard(page)).toContainText('1 new, 1 already here');
  const download = page.waitForEvent('download');
  await press(page, 'Save this list');
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^Shoebox uploads \d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await saved.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines).toContainEqual(expect.stringMatching(/^"letter\.txt","","19","Stored, cannot be shown"/));
});
