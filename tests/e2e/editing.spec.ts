// What the owner says about photos: of one in its panel, of many at once; shown at once, and taken back exactly.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  closeUploads,
  expect,
  signUp,
  test,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

const info = (page: Page) => viewer(page).getByRole('complementary', { name: 'Information' });
const caption = (page: Page) => info(page).getByRole('textbox', { name: 'Caption' });
const form = (page: Page, name: string) => page.getByRole('dialog', { name });
const notice = (page: Page, text: string) => page.getByRole('status').getByText(text);
const undo = (page: Page) => page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();

async function openInfo(page: Page, name: string): Promise<void> {
  await tile(page, name).click();
  await viewer(page).getByRole('button', { name: 'Information' }).click();
  await expect(info(page)).toBeVisible();
}

async function begin(page: Page, files: Parameters<typeof withThreePhotos>[1]): Promise<void> {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
}

/** Opens a form for all photos of the page. */
async function editAll(page: Page, entry: string): Promise<void> {
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await tiles(page).first().focus();
  await page.keyboard.press('Control+a');
  const bar = page.getByRole('region', { name: 'Selected photos' });
  await expect(bar).toContainText('3 selected');
  await bar.getByRole('button', { name: 'More' }).click();
  await bar.getByRole('button', { name: entry, exact: true }).click();
}

const barriers = async (page: Page): Promise<string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
  );

test('a caption is written in the panel: leaving it saves, Esc takes back, letters are no shortcuts', async ({
  page,
  files,
}) => {
  await begin(page, files);
  await openInfo(page, 'harbor.jpg');
  await caption(page).fill('');
  await caption(page).pressSequentially('Fishing in dim fog?');
  await caption(page).press('Control+Enter');
  await expect(notice(page, 'Caption saved.')).toBeVisible();
  await expect(viewer(page).getByRole('button', { name: 'Add to favorites' })).toBeVisible();

  await caption(page).fill('Nonsense');
  await caption(page).press('Escape');
  await expect(caption(page)).toHaveValue('Fishing in dim fog?');
  await expect(info(page)).toBeVisible();
  expect(await barriers(page)).toEqual([]);

  await page.reload();
  await viewer(page).getByRole('button', { name: 'Information' }).click();
  await expect(caption(page)).toHaveValue('Fishing in dim fog?');
  await caption(page).fill('Fog');
  await caption(page).press('Tab');
  await expect(notice(page, 'Caption saved.')).toBeVisible();
  await undo(page);
  await expect(caption(page)).toHaveValue('Fishing in dim fog?');
});

test('tags are given and taken in the panel, each once, and suggested at the next photo', async ({
  page,
  files,
}) => {
  await begin(page, files);
  await openInfo(page, 'harbor.jpg');
  const line = () => info(page).getByRole('combobox', { name: 'Add a tag' });
  await line().pressSequentially('Sea, Boats,sea,');
  await expect(info(page).getByRole('button', { name: /^Remove/ })).toHaveCount(2);
  await page.keyboard.press('Escape');
  await info(page).getByRole('button', { name: 'Remove Boats' }).click();
  await expect(info(page).getByRole('button', { name: 'Remove Boats' })).toHaveCount(0);
  await undo(page);
  await expect(info(page).getByRole('button', { name: 'Remove Boats' })).toBeVisible();

  await viewer(page).getByRole('button', { name: 'Next photo' }).click();
  await expect(info(page)).toContainText('forest.jpg');
  await line().pressSequentially('bo');
  await info(page).getByRole('option', { name: 'Boats' }).click();
  await expect(info(page).getByRole('button', { name: 'Remove Boats' })).toBeVisible();
});

test('a corrected date moves a photo to its place in the timeline; as the camera says puts it back', async ({
  page,
  files,
}) => {
  await begin(page, files);
  await expect(tiles(page).first()).toHaveAttribute('aria-label', /^harbor/);
  await openInfo(page, 'harbor.jpg');
  await info(page).getByRole('button', { name: 'Change date and time' }).click();
  const dialog = form(page, 'Date and time');
  await dialog.getByLabel('Date', { exact: true }).fill('2020-02-29');
  await expect(dialog).toContainText('February 29, 2020');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(info(page)).toContainText('February 29, 2020');
  await expect(info(page)).toContainText('as you set it');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(tiles(page).last()).toHaveAttribute('aria-label', /^harbor/);

  await openInfo(page, 'harbor.jpg');
  await info(page).getByRole('button', { name: 'Change date and time' }).click();
  await dialog.getByLabel('What to change').selectOption('As the camera says');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(info(page)).toContainText('July 15, 2021');
});

test('Back leaves a photo with the form over it, and the next photo opens without one', async ({
  page,
  files,
}) => {
  await begin(page, files);
  await openInfo(page, 'harbor.jpg');
  await info(page).getByRole('button', { name: 'Change date and time' }).click();
  await expect(form(page, 'Date and time')).toBeVisible();
  await page.goBack();
  await expect(viewer(page)).toHaveCount(0);
  await expect(form(page, 'Date and time')).toHaveCount(0);
  await openInfo(page, 'beach.jpg');
  await expect(form(page, 'Date and time')).toHaveCount(0);
});

test('a place is given by coordinates, offered by its name to others, and taken off again', async ({
  page,
  files,
}) => {
  await begin(page, files);
  await openInfo(page, 'harbor.jpg');
  await info(page).getByRole('button', { name: 'Add a place' }).click();
  const dialog = form(page, 'Place');
  await dialog.getByRole('combobox', { name: 'Place' }).fill('53.543, 9.979');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(info(page)).toContainText('53.54300, 9.97900');

  await info(page).getByRole('button', { name: 'Change place' }).click();
  await dialog.getByRole('combobox', { name: 'Place' }).fill('Grandma’s pier');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(info(page)).toContainText('Grandma’s pier');
  await expect(info(page)).toContainText('53.54300, 9.97900');

  await viewer(page).getByRole('button', { name: 'Next photo' }).click();
  await info(page).getByRole('button', { name: 'Add a place' }).click();
  await dialog.getByRole('combobox', { name: 'Place' }).fill('pier');
  await dialog
    .getByRole('option', { name: /Grandma’s pier/ })
    .first()
    .click();
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(info(page)).toContainText('53.54300, 9.97900');
  await info(page).getByRole('button', { name: 'Change place' }).click();
  await dialog.getByRole('button', { name: 'No place' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(info(page).getByRole('button', { name: 'Add a place' })).toBeVisible();
});

test('the clock of a whole selection is shifted, shown before and after, and put back by undo', async ({
  page,
  files,
}) => {
  await begin(page, files);
  await editAll(page, 'Date and time');
  const dialog = form(page, 'Date and time of 3 photos');
  await dialog.getByLabel('What to change').selectOption('Shift the clock');
  await dialog.getByLabel('Direction').selectOption('Earlier');
  await dialog.getByLabel('Days').fill('366');
  await expect(dialog).toContainText('Tuesday, June 2, 2020');
  await expect(dialog).toContainText('Tuesday, July 14, 2020');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(notice(page, 'Date of 3 photos saved.')).toBeVisible();
  await expect(page.getByRole('heading', { name: /July 2020/ }).first()).toBeAttached();
  await undo(page);
  await expect(page.getByRole('heading', { name: /July 2021/ }).first()).toBeAttached();
  await expect(page.getByRole('heading', { name: /2020/ })).toHaveCount(0);
});

test('a selection gets tags and a caption; captions there are already are not overwritten unasked', async ({
  page,
  context,
  files,
}) => {
  await begin(page, files);
  await openInfo(page, 'harbor.jpg');
  await caption(page).fill('My own words');
  await info(page).getByRole('combobox', { name: 'Add a tag' }).fill('Boats,');
  await page.keyboard.press('Enter');
  await info(page).getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await thumbnailsShown(page, 3);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await thumbnailsShown(page, 3);

  await editAll(page, 'Tags');
  const tags = form(page, 'Tags of 3 photos');
  await expect(tags.getByRole('button', { name: 'Boats 1 of 3' })).toBeVisible();
  await tags.getByRole('button', { name: 'Boats 1 of 3' }).click();
  await tags.getByRole('combobox', { name: 'Add a tag' }).fill('Summer');
  await page.keyboard.press('Enter');
  await tags.getByRole('button', { name: 'Save' }).click();
  await expect(notice(page, 'Tags of 3 photos saved.')).toBeVisible();

  await editAll(page, 'Caption');
  const captions = form(page, 'Caption of 3 photos');
  await captions.getByRole('textbox', { name: 'Caption' }).fill('Holidays');
  await expect(captions).toContainText('1 of them has a caption already.');
  await context.setOffline(true);
  await captions.getByRole('button', { name: 'Save' }).click();
  await expect(notice(page, 'Caption of 2 photos saved.')).toBeVisible();
  await expect(tile(page, 'My own words')).toHaveCount(1);
  await expect(tile(page, 'Holidays')).toHaveCount(2);
  await context.setOffline(false);
});

test('the panel says that a photo is archived, and leads back', async ({ page, files }) => {
  await begin(page, files);
  await editAll(page, 'Place');
  await expect(form(page, 'Place of 3 photos')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form(page, 'Place of 3 photos')).toHaveCount(0);
  const bar = page.getByRole('region', { name: 'Selected photos' });
  await bar.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('link', { name: 'Archive' }).click();
  await expect(tiles(page)).toHaveCount(3);
  await openInfo(page, 'beach.jpg');
  await expect(info(page)).toContainText('Archived');
  await info(page).getByRole('button', { name: 'Move to timeline' }).click();
  await expect(info(page).getByRole('button', { name: 'Move to timeline' })).toHaveCount(0);
});
