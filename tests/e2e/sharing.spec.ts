// Sharing between friends, each in a browser of their own: what one shares the others see, until it is taken back.
import { CopyObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { friendSharePrefix } from '../../src/schema/keys.ts';
import { albumId, entryId, randomId } from '../../src/schema/social.ts';
import { clientsFor, type Member } from '../cloud/people.ts';
import { befriend, putRow } from '../cloud/sharing.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUpMember,
  snapshot,
  someone,
  test,
  thumbnailsShown,
  tiles,
  withThreePhotos,
} from './shoebox.ts';

interface Somebody extends Member {
  page: Page;
  name: string;
}

/** Somebody new in a browser of their own. */
async function join(anotherPage: () => Promise<Page>, cloud: LocalCloud, name: string): Promise<Somebody> {
  const page = await anotherPage();
  return { ...(await signUpMember(page, cloud, someone(name))), page, name };
}

/** As if they had met: each has a row for the other. */
async function meet(cloud: LocalCloud, ...people: Somebody[]): Promise<void> {
  const rows = people.flatMap((from) =>
    people.filter((to) => to !== from).map((to) => befriend(cloud, from, to.identityId, from.name)),
  );
  await Promise.all(rows);
  await Promise.all(people.map(({ page }) => look(page)));
}

/** Looks for news, as when the connection comes back. */
const look = (page: Page) => page.evaluate(() => void dispatchEvent(new Event('online')));

/** Looks until what is expected is there: news travel by rows, and the index that others read is a little behind. */
const found = (page: Page, locator: ReturnType<Page['locator']>) =>
  expect(async () => {
    await look(page);
    await expect(locator).toBeVisible({ timeout: 1000 });
  }).toPass();
const gone = (page: Page, locator: ReturnType<Page['locator']>) =>
  expect(async () => {
    await look(page);
    await expect(locator).toHaveCount(0, { timeout: 1000 });
  }).toPass();

/** One photo more, in a library that may be empty. */
async function added(page: Page, files: Files, name: string, seed: number): Promise<void> {
  await drop(page, await files({ [name]: await snapshot(seed, '2022:02:03 10:00:00') }));
  await allSafe(page, 1);
  await closeUploads(page);
}

type Files = (contents: Readonly<Record<string, Uint8Array>>) => Promise<string[]>;

/** Somebody's photos, the newest last. */
async function photosOf({ identityId, dynamodb }: Somebody, cloud: LocalCloud): Promise<PhotoId[]> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: cloud.config.photosTable,
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': identityId },
    }),
  );
  return Items.map((item) => item['photoId'] as PhotoId);
}

const entryIn = (cloud: LocalCloud, who: Somebody, album: RandomId, photoId: PhotoId) =>
  putRow(cloud, who, entryId(album, photoId));

/** An album as another device of that person has made it. */
async function albumOf(
  cloud: LocalCloud,
  who: Somebody,
  title: string,
  photos: readonly PhotoId[],
): Promise<RandomId> {
  const album = randomId();
  await putRow(cloud, who, albumId(album), { title, sort: 'oldest' });
  for (const photoId of photos) await entryIn(cloud, who, album, photoId);
  return album;
}

/** Puts other bytes behind the names of pictures in what somebody shares, as nobody but the cloud's own processor could. */
async function spoil(
  cloud: LocalCloud,
  { identityId, s3 }: Somebody,
  evil: readonly (readonly [type: string, body: string])[],
): Promise<void> {
  const { libraryBucket } = cloud.config;
  const { Contents = [] } = await s3.library.send(
    new ListObjectsV2Command({ Bucket: libraryBucket, Prefix: friendSharePrefix(identityId) }),
  );
  const role = clientsFor(cloud, cloud.issueRole(cloud.stack.processor.role));
  for (const [i, Key] of Contents.map((one) => one.Key ?? '')
    .filter((key) => key.endsWith('.webp'))
    .entries()) {
    const [ContentType, Body] = evil[i % evil.length] ?? evil[0] ?? ['', ''];
    // The processor may write renditions alone: from there the owner's own right copies them.
    const source = `renditions/${identityId}/${Key.split('/').slice(-2).join('/')}`;
    await role.s3.library.send(
      new PutObjectCommand({ Bucket: libraryBucket, Key: source, ContentType, Body }),
    );
    await s3.library.send(
      new CopyObjectCommand({ Bucket: libraryBucket, Key, CopySource: `${libraryBucket}/${source}` }),
    );
  }
}

const nav = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name }).click();
const said = (page: Page, text: string | RegExp) => expect(page.getByText(text)).toBeVisible();
const guest = (page: Page) => page.getByRole('dialog', { name: /^Shared photo/ });

/** Shares all photos of the page with these friends. */
async function shareAll(page: Page, title: string, friends: readonly string[]): Promise<void> {
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await tiles(page).first().focus();
  await page.keyboard.press('x');
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Share with friends' }).click();
  const dialog = page.getByRole('dialog', { name: /^Share/ });
  await dialog.getByLabel('Name').fill(title);
  for (const friend of friends) await dialog.getByLabel(friend).check();
  await dialog.getByRole('button', { name: 'Share' }).click();
  await said(page, /^Shared with /);
}

test.describe('sharing with friends', () => {
  test('what one shares, a friend sees, likes and speaks of, until it is taken back', async ({
    anotherPage,
    cloud,
    files,
  }) => {
    test.slow();
    const ada = await join(anotherPage, cloud, 'Ada');
    const ben = await join(anotherPage, cloud, 'Ben');
    await withThreePhotos(ada.page, files);
    await closeUploads(ada.page);
    await meet(cloud, ada, ben);
    await shareAll(ada.page, 'By the sea', ['Ben']);

    await nav(ben.page, 'Shared');
    const card = ben.page.getByRole('link', { name: /By the sea/ });
    await found(ben.page, card);
    await expect(card).toContainText('3 new');
    expect((await new AxeBuilder({ page: ben.page }).include('main').analyze()).violations).toEqual([]);
    await card.click();
    await thumbnailsShown(ben.page, 3);
    await said(ben.page, /by Ada/);

    await tiles(ben.page).first().click();
    await guest(ben.page).getByRole('button', { name: 'Comments and details' }).click();
    await guest(ben.page).getByRole('button', { name: 'Like', exact: true }).click();
    await expect(guest(ben.page).getByText('You', { exact: true })).toBeVisible();
    await guest(ben.page).getByLabel('Say something').fill('What a <b>day</b>!');
    await guest(ben.page).getByRole('button', { name: 'Send' }).click();
    await expect(guest(ben.page).getByText('What a <b>day</b>!')).toBeVisible();
    await guest(ben.page).getByRole('button', { name: 'Close' }).first().click();

    await nav(ada.page, 'Shared');
    await ada.page.getByRole('link', { name: 'What I share' }).click();
    await ada.page.getByRole('link', { name: 'By the sea' }).click();
    await tiles(ada.page).first().click();
    await guest(ada.page).getByRole('button', { name: 'Comments and details' }).click();
    await found(ada.page, guest(ada.page).getByText('What a <b>day</b>!'));
    await expect(guest(ada.page).getByText('Ben').first()).toBeVisible();
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Escape');

    await nav(ada.page, 'Shared');
    await ada.page.getByRole('link', { name: 'What I share' }).click();
    await ada.page.getByRole('button', { name: 'Stop sharing', exact: true }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
    await said(ada.page, 'Everything is private');
    await nav(ben.page, 'Shared');
    await gone(ben.page, card);
  });

  test('an album is live, filled by several people, and closed to those who part', async ({
    anotherPage,
    cloud,
    files,
  }) => {
    test.slow();
    const ada = await join(anotherPage, cloud, 'Ada');
    const ben = await join(anotherPage, cloud, 'Ben');
    const cleo = await join(anotherPage, cloud, 'Cleo');
    await Promise.all([withThreePhotos(ada.page, files), added(ben.page, files, 'boat.jpg', 7)]);
    await meet(cloud, ada, ben, cleo);
    const photos = await photosOf(ada, cloud);
    const album = await albumOf(cloud, ada, 'Lisbon', photos.slice(0, 2));
    await nav(ada.page, 'Shared');
    await ada.page.getByRole('link', { name: 'What I share' }).click();
    await ada.page.getByRole('button', { name: 'Share with a friend' }).click();
    const dialog = ada.page.getByRole('dialog', { name: 'Share with friends' });
    await expect(async () => {
      await look(ada.page);
      await dialog.getByLabel('What?').selectOption({ label: 'Lisbon' }, { timeout: 1000 });
    }).toPass();
    for (const name of ['Ben', 'Cleo']) await dialog.getByLabel(name).check();
    await dialog.getByLabel('They may add photos').check();
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await said(ada.page, 'Shared with Ben and Cleo.');

    // Both see it; what Ada adds comes by itself.
    for (const { page } of [ben, cleo]) {
      await nav(page, 'Shared');
      const card = page.getByRole('link', { name: /Lisbon/ });
      await found(page, card);
      await card.click();
      await thumbnailsShown(page, 2);
    }
    await entryIn(cloud, ada, album, photos[2] as PhotoId);
    await expect(async () => {
      await look(ada.page);
      await look(cleo.page);
      await expect(tiles(cleo.page)).toHaveCount(3, { timeout: 2000 });
    }).toPass();

    // Ben adds a photo of his own.
    await nav(ben.page, 'Photos');
    await tiles(ben.page).first().hover();
    await expect(ben.page.locator('.selectable')).toBeVisible();
    await tiles(ben.page).first().focus();
    await ben.page.keyboard.press('x');
    await ben.page.getByRole('button', { name: 'More' }).click();
    await ben.page.getByRole('button', { name: 'Add to a shared album' }).click();
    const adding = ben.page.getByRole('dialog', { name: 'Add to a shared album' });
    await adding.getByLabel(/Lisbon/).check();
    await adding.getByRole('button', { name: 'Add' }).click();
    await said(ben.page, /added to “Lisbon”/);
    for (const { page } of [cleo, ada]) {
      if (page === ada.page) await ada.page.getByRole('link', { name: 'Lisbon' }).click();
      await expect(async () => {
        await look(page);
        await expect(tiles(page)).toHaveCount(4, { timeout: 2000 });
      }).toPass();
    }

    // Ada parts from Ben: he sees nothing of it any more, Cleo goes on, and Ben's photo goes with him.
    await ada.page.getByRole('button', { name: 'All that is shared' }).click();
    await ada.page.getByRole('link', { name: 'What I share' }).click();
    await ada.page.getByRole('button', { name: 'Stop sharing this with Ben' }).click();
    await said(ada.page, 'No longer shared.');
    await nav(ben.page, 'Shared');
    await gone(ben.page, ben.page.getByRole('link', { name: /Lisbon/ }));
    // She had it open: where it has gone, her page goes too.
    await expect(async () => {
      await look(cleo.page);
      await expect(tiles(cleo.page)).toHaveCount(3, { timeout: 2000 });
    }).toPass();
  });

  test('a photo that is saved is in the own library, and stays there when the friend takes theirs back', async ({
    anotherPage,
    cloud,
    files,
  }) => {
    test.slow();
    const ada = await join(anotherPage, cloud, 'Ada');
    const ben = await join(anotherPage, cloud, 'Ben');
    await withThreePhotos(ada.page, files);
    await closeUploads(ada.page);
    await meet(cloud, ada, ben);
    await shareAll(ada.page, 'Keep these', ['Ben']);
    await nav(ben.page, 'Shared');
    const card = ben.page.getByRole('link', { name: /Keep these/ });
    await found(ben.page, card);
    await card.click();
    await thumbnailsShown(ben.page, 3);
    await tiles(ben.page).first().click();
    await guest(ben.page).getByRole('button', { name: 'Comments and details' }).click();
    await guest(ben.page)
      .getByRole('button', { name: /Save to my library/ })
      .click();
    await said(ben.page, 'On its way to your library.');
    await ben.page.keyboard.press('Escape');
    await ben.page.keyboard.press('Escape');
    await allSafe(ben.page, 1);

    // Nothing of it is kept by the service worker, and every address ends when the share does.
    const picture = await ben.page.locator('main .tile img').first().getAttribute('src');
    expect(new URL(picture ?? '').searchParams.get('response-cache-control')).toBe('private, max-age=300');
    expect(new URL(picture ?? '').searchParams.get('response-content-type')).toBe('image/webp');
    const kept = await ben.page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return all.flat().filter(({ url }) => url.includes('/shares/')).length;
    });
    expect(kept).toBe(0);
    await nav(ada.page, 'Shared');
    await ada.page.getByRole('link', { name: 'What I share' }).click();
    await ada.page.getByRole('button', { name: 'Stop sharing', exact: true }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
    await said(ada.page, 'Everything is private');
    const answer = await ben.page.evaluate(
      async (url) => (await fetch(url, { cache: 'reload' })).status,
      picture ?? '',
    );
    expect(answer).toBe(403);
    await nav(ben.page, 'Photos');
    await thumbnailsShown(ben.page, 1);
    await expect(tiles(ben.page).first()).toHaveAttribute('aria-label', /2021/);
  });

  test('a friend’s photos stand in one’s own timeline where that is wanted, each marked, as long as they are shared', async ({
    anotherPage,
    cloud,
    files,
  }) => {
    test.slow();
    const ada = await join(anotherPage, cloud, 'Ada');
    const ben = await join(anotherPage, cloud, 'Ben');
    const own = {
      'boat.jpg': await snapshot(7, '2022:02:03 10:00:00'),
      'rain.jpg': await snapshot(8, '2021:07:01 10:00:00'),
    };
    await Promise.all([
      withThreePhotos(ada.page, files),
      files(own).then(async (paths) => {
        await drop(ben.page, paths);
        await allSafe(ben.page, 2);
      }),
    ]);
    await Promise.all([ada, ben].map(({ page }) => closeUploads(page)));
    await meet(cloud, ada, ben);
    await shareAll(ada.page, 'By the sea', ['Ben']);

    // Nothing of it before he says so.
    await nav(ben.page, 'Shared');
    await found(ben.page, ben.page.getByRole('link', { name: /By the sea/ }));
    await nav(ben.page, 'Photos');
    await thumbnailsShown(ben.page, 2);
    await nav(ben.page, 'Friends');
    await ben.page.getByRole('button', { name: 'More about Ada' }).click();
    await ben.page.getByRole('switch', { name: 'Show their photos in my timeline' }).check();
    await nav(ben.page, 'Photos');
    await thumbnailsShown(ben.page, 5);
    const named = () => tiles(ben.page).evaluateAll((all) => all.map((one) => one.ariaLabel ?? ''));
    const whose = (await named()).map((name) => (name.includes('By Ada') ? 'Ada' : 'Ben'));
    expect(whose).toEqual(['Ben', 'Ada', 'Ada', 'Ben', 'Ada']);
    await expect(ben.page.getByTitle('By Ada')).toHaveCount(3);
    expect((await new AxeBuilder({ page: ben.page }).include('main').analyze()).violations).toEqual([]);

    // Looked at as in the share, one after the other; then the focus is where one was.
    const harbor = tiles(ben.page).nth(1);
    const forest = tiles(ben.page).nth(2);
    await harbor.click();
    await guest(ben.page).getByRole('button', { name: 'Next photo' }).click();
    await expect(guest(ben.page).getByText('Jul 14, 2021')).toBeVisible();
    await guest(ben.page).getByRole('button', { name: 'Comments and details' }).click();
    await expect(guest(ben.page).getByText('Shared by Ada')).toBeVisible();
    await ben.page.keyboard.press('Escape');
    await expect(guest(ben.page).getByText('Shared by Ada')).toHaveCount(0);
    await ben.page.keyboard.press('Escape');
    await expect(guest(ben.page)).toHaveCount(0);
    await expect(forest).toBeFocused();

    // Only one's own can be selected.
    await expect(ben.page.locator('.selectable')).toBeVisible();
    await ben.page.keyboard.press('x');
    await said(ben.page, /This photo is a friend’s/);
    await ben.page.keyboard.press('Control+a');
    await expect(ben.page.getByText('2 selected').first()).toBeVisible();
    await ben.page.keyboard.press('Escape');

    // Off and on again, this time where her shares are.
    const heading = ben.page.getByRole('switch', { name: 'In my timeline' });
    await nav(ben.page, 'Shared');
    await heading.uncheck();
    await nav(ben.page, 'Photos');
    await thumbnailsShown(ben.page, 2);
    await nav(ben.page, 'Shared');
    await heading.check();
    await nav(ben.page, 'Photos');
    await thumbnailsShown(ben.page, 5);

    await nav(ada.page, 'Shared');
    await ada.page.getByRole('link', { name: 'What I share' }).click();
    await ada.page.getByRole('button', { name: 'Stop sharing', exact: true }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
    await said(ada.page, 'Everything is private');
    await gone(ben.page, ben.page.getByTitle('By Ada'));
    await thumbnailsShown(ben.page, 2);
  });

  test('a page or a drawing behind the name of a picture never runs', async ({
    anotherPage,
    cloud,
    files,
  }) => {
    test.slow();
    const ada = await join(anotherPage, cloud, 'Ada');
    const ben = await join(anotherPage, cloud, 'Ben');
    await withThreePhotos(ada.page, files);
    await closeUploads(ada.page);
    await meet(cloud, ada, ben);
    await shareAll(ada.page, 'Not what it seems', ['Ben']);
    const evil = [
      ['text/html', '<script>parent.hurt = document.title = "hurt"</script>'],
      ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="parent.hurt = 1"/>'],
    ] as const;
    await spoil(cloud, ada, evil);
    await nav(ben.page, 'Shared');
    const card = ben.page.getByRole('link', { name: /Not what it seems/ });
    await found(ben.page, card);
    await card.click();
    await expect(tiles(ben.page)).toHaveCount(3);
    await tiles(ben.page).first().click();
    await expect(guest(ben.page)).toBeVisible();
    await guest(ben.page).getByRole('button', { name: 'Comments and details' }).click();
    await guest(ben.page)
      .getByRole('button', { name: /Save to my library/ })
      .click();
    await said(ben.page, 'This photo could not be saved.');
    // Opened by its address it is a broken picture, and no page.
    const url = await ben.page.locator('main .tile img').first().getAttribute('src');
    const tab = await ben.page.context().newPage();
    const response = await tab.goto(url ?? '');
    expect(response?.headers()['content-type']).toBe('image/webp');
    expect(await tab.evaluate(() => [document.title, 'hurt' in window].join())).not.toMatch(/hurt,|true/);
    expect(await ben.page.evaluate(() => 'hurt' in window)).toBe(false);
  });
});
