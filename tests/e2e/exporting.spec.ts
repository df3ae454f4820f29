// The whole library into a folder: what lies there then, and what a browser says that lets no page write one.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { closeUploads, expect, signUp, test, threePhotos, tile, tiles, withThreePhotos } from './shoebox.ts';
import { photoIdOf } from '../fixtures.ts';

const card = (page: Page) => page.getByRole('region', { name: 'Export everything' });
const openSettings = (page: Page) => page.getByRole('link', { name: 'Settings' }).click();

/** The browser's own place for files of a site stands in for the folder that somebody picks. */
const withFolder = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(globalThis, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });

/** What lies in it: paths, and texts or sizes. */
const written = (page: Page): Promise<Record<string, string | number>> =>
  page.evaluate(async () => {
    const found: Record<string, string | number> = {};
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of folder) {
        if (entry instanceof FileSystemDirectoryHandle) {
          await walk(entry, `${path}${name}/`);
          continue;
        }
        const file = await (entry as FileSystemFileHandle).getFile();
        found[path + name] = name.endsWith('.json') ? await file.text() : file.size;
      }
    };
    await walk(await navigator.storage.getDirectory(), '');
    return found;
  });

const MONTHS = ['2021/06/beach.jpg', '2021/07/forest.jpg', '2021/07/harbor.jpg'];

test('everything goes into a folder, an album too, and the second time nothing is fetched', async ({
  page,
  files,
  cloud,
}) => {
  await withFolder(page);
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await tile(page, 'forest.jpg').click({ position: { x: 16, y: 16 } });
  await page
    .getByRole('region', { name: 'Selected photos' })
    .getByRole('button', { name: 'Add to album' })
    .click();
  await page.getByRole('dialog').getByLabel('New album with this title').fill('Lisbon');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('added to “Lisbon”')).toBeVisible();
  await page.keyboard.press('Escape');

  await openSettings(page);
  await card(page).getByRole('button', { name: 'Choose a folder' }).click();
  await expect(card(page).getByRole('status')).toContainText('All 3 photos are in');
  const found = await written(page);
  const all = [...MONTHS, 'Albums/Lisbon/forest.jpg'];
  expect(Object.keys(found).sort()).toEqual(
    [
      ...all.flatMap((path) => [path, `${path}.json`]),
      '2021/06/metadata.json',
      '2021/07/metadata.json',
      'Albums/Lisbon/metadata.json',
    ].sort(),
  );
  const originals = await threePhotos();
  for (const path of all) {
    const original = originals[path.split('/').at(-1) ?? ''] as Buffer;
    expect(found[path]).toBe(original.length);
    expect(JSON.parse(String(found[`${path}.json`]))).toMatchObject({
      title: path.split('/').at(-1),
      shoebox: { photoId: photoIdOf(original) },
    });
  }

  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${cloud.urls.originals}/`) && !request.url().includes('list-type'))
      asked.push(request.url());
  });
  await card(page).getByRole('button', { name: 'Choose a folder again' }).click();
  await expect(card(page).getByRole('status')).toContainText('None new, 3 there already.');
  expect(asked).toEqual([]);
  expect(await written(page)).toEqual(found);
});

test('a browser that lets no page write into a folder says so, and tells of the other ways', async ({
  page,
}) => {
  await page.addInitScript(() => Object.assign(globalThis, { showDirectoryPicker: undefined }));
  await signUp(page);
  await openSettings(page);
  await expect(card(page)).toContainText('This browser does not let a page write into a folder');
  await expect(card(page).getByRole('listitem')).toHaveCount(2);
  await expect(card(page)).toContainText('npm run export');
  await expect(card(page).getByRole('button')).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});
