// The way in: for people the library knows, for new ones, and for those it does not let in.
import { accountButton, expect, leave, remains, signUp, signUpWithGoogle, someone, test } from './shoebox.ts';

test('somebody the library knows signs in and is invited to begin', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Your photos, in a place of your own.' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Ada Berger' }).click();
  await expect(page.getByRole('button', { name: 'Account of Ada Berger' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  await expect(page.getByText('Drop photos or whole folders anywhere on this page.')).toBeVisible();
  // Nothing of the way in stays in the address.
  expect(new URL(page.url()).search).toBe('');
});

test('somebody new signs in by name and e-mail, and is still there after a reload', async ({ page }) => {
  await signUp(page, someone('Dora Lind'));
  await page.reload();
  await expect(page.getByRole('button', { name: 'Account of Dora Lind' })).toBeVisible();
});

test('somebody signs in with Google', async ({ page }) => {
  await signUpWithGoogle(page, someone('Gil Moreno'));
  await expect(page.getByRole('button', { name: 'Account of Gil Moreno' })).toBeVisible();
});

test('a visitor who is not let in is told whom to ask, and gets in once let in', async ({ page, cloud }) => {
  const visitor = someone('Vera Stein');
  await signUp(page, visitor, { member: false });
  await expect(page.getByRole('heading', { name: 'You are signed in, but not let in yet.' })).toBeVisible();
  await expect(page.getByText(visitor.email)).toBeVisible();
  await expect(accountButton(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed in, but not let in yet.' })).toBeVisible();
  cloud.people.people.find(({ email }) => email === visitor.email)?.groups.push('members');
  // The try before may have been late enough to succeed.
  await page.getByRole('button', { name: 'Try again' }).or(accountButton(page)).click();
  await expect(accountButton(page)).toBeVisible();
});

test('a visitor who is not let in can sign out again', async ({ page }) => {
  await signUp(page, someone('Vito Stein'), { member: false });
  await leave(page);
  await expect.poll(() => remains(page)).toEqual([]);
});

test('a sign-in that was broken off changes nothing and says so', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Someone new')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Ben Okafor' }).click();
  await expect(accountButton(page)).toBeVisible();
});

test('an answer to a sign-in that this browser never began is refused', async ({ page }) => {
  await page.goto('/?code=stolen&state=made-up');
  await expect(page.getByRole('alert')).toHaveText('The sign-in did not work. Please try again.');
  await expect(accountButton(page)).toHaveCount(0);
  expect(new URL(page.url()).search).toBe('');
});
