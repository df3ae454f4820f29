// Who is let in: an owner invites, lets in, locks out and removes, without ever leaving the page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  accountButton,
  expect,
  signInAs,
  signOut,
  signUp,
  signUpWithGoogle,
  someone,
  test,
} from './shoebox.ts';

const ADA = { email: 'ada@example.com' };

/** By the menu of the person, as an owner finds it. */
async function openPeople(page: Page): Promise<void> {
  await page.goto('/');
  await signInAs(page, ADA);
  await accountButton(page).click();
  await page.getByRole('link', { name: 'People' }).click();
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
  await expect(row(page, ADA.email)).toContainText('You');
}

const row = (page: Page, email: string) => page.locator('main li').filter({ hasText: email });
/** The part of the list that somebody is in. */
const part = (page: Page, email: string) =>
  page.locator('main section').filter({ has: page.locator('li', { hasText: email }) });

async function choose(page: Page, email: string, entry: string): Promise<void> {
  await row(page, email)
    .getByRole('button', { name: /^More about/ })
    .click();
  await row(page, email).getByRole('button', { name: entry }).click();
}

async function invite(page: Page, { email, name }: { email: string; name: string }): Promise<void> {
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
}

/** Signs in by Google, as somebody whom nobody has let in. */
async function knock(page: Page, who: { email: string; name: string }): Promise<void> {
  await signUpWithGoogle(page, who, { member: false });
  await expect(page.getByRole('heading', { name: 'You are signed in, but not let in yet.' })).toBeVisible();
}

/** Somebody comes back to the page, and again if it was just looking when it was too early. */
const comeBackTo = (page: Page, shown: () => Promise<void>) =>
  expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await shown();
  }).toPass({ timeout: 20_000 });

test('an owner invites somebody by e-mail, who signs in and has a library', async ({
  page,
  cloud,
  anotherPage,
}) => {
  const ida = someone('Ida Holm');
  await openPeople(page);
  await invite(page, { ...ida, email: 'no address' });
  await expect(page.getByRole('alert')).toHaveText('This does not look like an e-mail address.');
  await page.getByLabel('E-mail').fill(ida.email);
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page.getByText(`An invitation is on its way to ${ida.email}.`)).toBeVisible();
  await expect(part(page, ida.email)).toContainText('open');
  await expect(row(page, ida.email)).toContainText('The password in the mail is good until');
  expect(cloud.messages.all().filter(({ to }) => to === ida.email)).toHaveLength(1);

  const hers = await anotherPage();
  await hers.goto('/');
  await signInAs(hers, ida);
  await expect(hers.getByRole('button', { name: 'Account of Ida Holm' })).toBeVisible();
  await expect(hers.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();

  await comeBackTo(page, () => expect(part(page, ida.email)).toContainText('let in', { timeout: 1000 }));
  await expect(row(page, ida.email)).toContainText('signs in with a password');
});

test('an address is not invited twice', async ({ page, cloud }) => {
  await openPeople(page);
  const mails = cloud.messages.all().length;
  await invite(page, { email: 'Ben@Example.com', name: '' });
  await expect(page.getByRole('alert')).toHaveText(
    'There is somebody with this address already: look for them on the list.',
  );
  expect(cloud.messages.all()).toHaveLength(mails);
});

test('somebody who came with Google is let in with one press, and their page goes on by itself', async ({
  page,
  anotherPage,
}) => {
  const gil = someone('Gil Moreno');
  const his = await anotherPage();
  await knock(his, gil);
  await openPeople(page);
  await expect(part(page, gil.email)).toContainText('to be let in');
  await page.getByRole('button', { name: 'Let Gil Moreno in' }).click();
  await expect(page.getByText('Gil Moreno is let in.')).toBeVisible();
  await expect(part(page, gil.email)).toContainText('are let in');
  await comeBackTo(his, () =>
    expect(his.getByRole('button', { name: 'Account of Gil Moreno' })).toBeVisible({ timeout: 1000 }),
  );
});

test('a second way in of the same person is told apart, because it would be a second library', async ({
  page,
  anotherPage,
}) => {
  const eva = someone('Eva Lund');
  const hers = await anotherPage();
  await signUp(hers, eva);
  await signOut(hers);
  await knock(hers, eva);
  await openPeople(page);
  const waiting = part(page, eva.email).filter({ hasText: 'to be let in' });
  await expect(waiting.locator('li').filter({ hasText: eva.email })).toContainText('a second, empty library');
});

test('a member finds no such page, and its address tells them nothing', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const target = request.headers()['x-amz-target'] ?? '';
    if (target.startsWith('AWSCognitoIdentityProviderService')) asked.push(target);
  });
  await signUp(page, someone('Max Frey'));
  await accountButton(page).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'People' })).toHaveCount(0);
  await page.goto('/people');
  await expect(page.getByRole('heading', { name: 'This page is for owners.' })).toBeVisible();
  await expect(page.locator('main li')).toHaveCount(0);
  expect(asked).toEqual([]);
});

test('who is locked out cannot sign in, and has the library back when let back in', async ({
  page,
  cloud,
  anotherPage,
}) => {
  const kim = someone('Kim Vega');
  const hers = await anotherPage();
  await signUp(hers, kim);
  await signOut(hers);
  await openPeople(page);
  await choose(page, kim.email, 'Lock out …');
  const dialog = page.getByRole('dialog', { name: 'Lock Kim Vega out?' });
  await expect(dialog).toContainText('what they share stays shared');
  await dialog.getByRole('button', { name: 'Lock out' }).click();
  await expect(part(page, kim.email)).toContainText('locked out');

  await signInAs(hers, kim);
  await expect(hers.getByRole('alert')).toHaveText('User is disabled.');

  // Tokens know only seconds: one of the very second in which she was signed out would count as older.
  const { signedOutAt = 0 } = cloud.people.people.find(({ email }) => email === kim.email) ?? {};
  await expect.poll(() => Math.floor(Date.now() / 1000)).toBeGreaterThan(signedOutAt);
  await page.getByRole('button', { name: 'Let Kim Vega back in' }).click();
  await expect(page.getByText('Kim Vega can sign in again.')).toBeVisible();
  await hers.goto('/');
  await signInAs(hers, kim);
  await expect(accountButton(hers)).toBeVisible();
});

test('somebody is removed, after it was said what becomes of their photos', async ({ page, anotherPage }) => {
  const mia = someone('Mia Roth');
  const hers = await anotherPage();
  await signUp(hers, mia);
  await signOut(hers);
  await openPeople(page);
  await choose(page, mia.email, 'Remove …');
  const dialog = page.getByRole('dialog', { name: 'Remove Mia Roth?' });
  await expect(dialog).toContainText('The photos of Mia Roth are not deleted');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(row(page, mia.email)).toBeVisible();
  await choose(page, mia.email, 'Remove …');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(row(page, mia.email)).toHaveCount(0);
  await hers.getByRole('button', { name: 'Sign in' }).click();
  await expect(hers.getByText('Someone new')).toBeVisible();
  await expect(hers.getByRole('button', { name: mia.email })).toHaveCount(0);
});

test('an owner makes another, who finds the page and cannot be talked out of their own account', async ({
  page,
  anotherPage,
}) => {
  const noa = someone('Noa Brand');
  const hers = await anotherPage();
  await signUp(hers, noa);
  await signOut(hers);
  await openPeople(page);
  await choose(page, noa.email, 'Make an owner …');
  await page.getByRole('dialog').getByRole('button', { name: 'Make an owner' }).click();
  await expect(row(page, noa.email)).toContainText('Owner');

  await signInAs(hers, noa);
  await accountButton(hers).click();
  await hers.getByRole('link', { name: 'People' }).click();
  await expect(row(hers, noa.email)).toContainText('You');
  await expect(row(hers, noa.email).getByRole('button')).toHaveCount(0);

  await choose(page, noa.email, 'No longer an owner');
  await expect(row(page, noa.email)).not.toContainText('Owner');
});

test('without a connection nothing is said to be done, and the list comes back with it', async ({
  page,
  context,
  anotherPage,
}) => {
  const leo = someone('Leo Park');
  const his = await anotherPage();
  await signUp(his, leo);
  await openPeople(page);
  // What is said comes with the first that is said, and has to be there before the connection goes.
  await choose(page, leo.email, 'Sign out everywhere');
  await expect(page.getByText('Leo Park has to sign in again on every device')).toBeVisible();
  await context.setOffline(true);
  await choose(page, leo.email, 'Sign out everywhere');
  await expect(page.getByText('There is no connection.').first()).toBeVisible();
  await expect(row(page, leo.email)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await choose(page, leo.email, 'Lock out …');
  await page.getByRole('dialog').getByRole('button', { name: 'Lock out' }).click();
  await expect(part(page, leo.email)).toContainText('locked out');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colors`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('looking after people puts up no barrier that axe knows of', async ({ page, anotherPage }) => {
      await knock(await anotherPage(), someone('Vera Stein'));
      await openPeople(page);
      const barriers = async () =>
        (await new AxeBuilder({ page }).analyze()).violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
      expect.soft(await barriers(), 'list').toEqual([]);
      await row(page, 'ben@example.com').getByRole('button').click();
      expect.soft(await barriers(), 'menu').toEqual([]);
      await page.getByRole('button', { name: 'Remove …' }).click();
      expect.soft(await barriers(), 'question').toEqual([]);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Invite somebody' }).click();
      expect.soft(await barriers(), 'invitation').toEqual([]);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('the list fits, also with a very long name, and everything is in reach', async ({
    page,
    anotherPage,
  }) => {
    const long = someone('Wolfeschlegelsteinhausenbergerdorff Featherstonehaugh-Cholmondeley');
    await knock(await anotherPage(), long);
    await openPeople(page);
    const letIn = row(page, long.email).getByRole('button', { name: /^Let / });
    await expect(letIn).toBeInViewport({ ratio: 1 });
    const box = await letIn.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    ).toBe(true);
    await row(page, long.email)
      .getByRole('button', { name: /^More about/ })
      .tap();
    await expect(page.getByRole('button', { name: 'Remove …' })).toBeInViewport({ ratio: 1 });
  });
});
