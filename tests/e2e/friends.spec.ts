// Becoming friends by a link, and parting again: several people, each with a browser of their own.
import { AxeBuilder } from '@axe-core/playwright';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { friendId, randomId, sharedWithId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { member, type Member } from '../cloud/people.ts';
import { ownItems, putRow } from '../cloud/sharing.ts';
import {
  accountButton,
  expect,
  signOut,
  signUp,
  signUpMember,
  snapshot,
  someone,
  test as base,
} from './shoebox.ts';

const test = base.extend({
  anotherPage: ({ anotherPage }, use) => use(() => anotherPage({ serviceWorkers: 'block' })),
});

const friendsPage = async (page: Page): Promise<void> => {
  await page.getByRole('navigation').getByRole('link', { name: 'Friends' }).click();
  await expect(page.getByRole('heading', { name: 'Friends', level: 1 })).toBeVisible();
};
const friends = (page: Page) => page.getByRole('region', { name: 'Your friends' }).getByRole('listitem');
const friend = (page: Page, name: string) => friends(page).filter({ hasText: name });
const requests = (page: Page) => page.getByText(/would like to be friends$/);

/** Whoever comes back to a page has it look again. */
const untilSeen = (page: Page, look: () => Promise<void>): Promise<void> =>
  expect(async () => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await look();
  }).toPass();

/** From the friends page; gives the link. */
async function makeInvitation(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Invite a friend' }).click();
  await page.getByRole('button', { name: 'Make an invitation' }).click();
  const link = await page.getByRole('textbox', { name: 'Invitation to Shoebox' }).inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  return link;
}

async function accept(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Become friends' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your answer is on its way' })).toBeVisible();
}

/** Both on their friends pages, where each sees the other. */
async function befriended(ada: Page, ben: Page): Promise<void> {
  const [her, him] = [someone('Ada Lind'), someone('Ben Moss')];
  await Promise.all([signUp(ada, her), signUp(ben, him)]);
  await friendsPage(ada);
  await accept(ben, await makeInvitation(ada));
  await untilSeen(ada, () => expect(friend(ada, 'Ben Moss')).toBeVisible({ timeout: 4000 }));
  await untilSeen(ben, () => expect(friend(ben, 'Ada Lind')).toBeVisible({ timeout: 4000 }));
}

test('somebody new is invited, waits to be let in, goes on by herself, and both are friends', async ({
  page: ada,
  anotherPage,
  cloud,
}) => {
  await signUp(ada, someone('Ada Lind'));
  await friendsPage(ada);
  await expect(ada.getByRole('heading', { name: 'Photos are better with friends.' })).toBeVisible();
  await ada.getByRole('button', { name: 'Invite a friend' }).click();
  const dialog = ada.getByRole('dialog', { name: 'Invite a friend' });
  await expect(dialog.getByLabel('Your name')).toHaveValue('Ada Lind');
  await dialog.getByRole('button', { name: 'Make an invitation' }).click();
  const link = await dialog.getByRole('textbox', { name: 'Invitation to Shoebox' }).inputValue();
  await dialog.getByRole('button', { name: 'Code' }).click();
  await expect(dialog.getByRole('img', { name: /as a code to scan/ })).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(ada.getByText(/^Can be answered until/)).toBeVisible();

  const nora = await anotherPage();
  const requested: string[] = [];
  nora.on('request', (request) => requested.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
  await nora.goto(link);
  await expect(
    nora.getByRole('heading', { name: 'Somebody invites you to see their photos.' }),
  ).toBeVisible();
  const [inviter = '', , secret = ''] = new URL(link).hash.slice(1).split('/');
  // The secret has left the address bar, was sent to nobody, and is shown nowhere.
  expect(nora.url()).not.toContain(inviter);
  expect(await nora.content()).not.toContain(secret);

  const person = someone('Nora Falk');
  await nora.getByRole('button', { name: 'Sign in' }).click();
  await nora.getByText('Someone new').click();
  await nora.getByLabel('Name').fill(person.name);
  await nora.getByLabel('E-mail').fill(person.email);
  await nora.getByLabel('Let in as a member').setChecked(false);
  await nora.getByRole('button', { name: 'Create and sign in' }).click();
  await expect(nora.getByText('Your invitation waits on this device')).toBeVisible();
  await nora.reload();
  await expect(nora.getByText('Your invitation waits on this device')).toBeVisible();

  cloud.people.people.find(({ email }) => email === person.email)?.groups.push('members');
  // As when she comes back to the page; else it looks every minute.
  await nora.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(nora.getByRole('heading', { name: 'Become friends?' })).toBeVisible();
  await expect(nora.getByLabel('Your name')).toHaveValue('Nora Falk');
  await nora.getByRole('button', { name: 'Become friends' }).click();
  await expect(nora.getByRole('region', { name: 'Waiting for an answer' })).toBeVisible();
  await expect.poll(() => nora.evaluate(() => JSON.stringify(localStorage))).not.toContain(secret);
  expect(requested.filter((line) => line.includes(secret))).toEqual([]);

  await untilSeen(ada, () => expect(friend(ada, 'Nora Falk')).toBeVisible({ timeout: 4000 }));
  await expect(ada.getByText(/^Can be answered until/)).toHaveCount(0);
  await untilSeen(nora, () => expect(friend(nora, 'Ada Lind')).toBeVisible({ timeout: 4000 }));
  await expect(nora.getByRole('region', { name: 'Waiting for an answer' })).toHaveCount(0);
  // Nobody is told an e-mail address.
  expect(await ada.content()).not.toContain(person.email);
});

test('the page of somebody who waits looks by itself', async ({ page, cloud }) => {
  const person = someone('Vera Wait');
  await page.clock.install();
  const invitation = `${randomId()}/${'A'.repeat(43)}`;
  await page.goto(`/invite#eu-west-1:12345678-1234-4234-8234-123456789abc/${invitation}`);
  await expect(page.getByRole('heading', { name: /^Somebody invites you/ })).toBeVisible();
  await signUp(page, person, { member: false });
  await expect(page.getByText('Your invitation waits on this device')).toBeVisible();
  cloud.people.people.find(({ email }) => email === person.email)?.groups.push('members');
  await page.clock.runFor(61_000);
  await expect(page.getByRole('heading', { name: 'Become friends?' })).toBeVisible();
  await page.getByRole('button', { name: 'No, thanks' }).click();
  await expect(page.getByRole('heading', { name: 'Become friends?' })).toHaveCount(0);
  expect(await page.evaluate(() => Object.keys(localStorage))).not.toContain('shoebox.invitation');
});

test('an invitation is not kept beyond the sign-out, and a broken one not at all', async ({ page }) => {
  await page.goto('/invite#eu-west-1:1/2/<img src=x onerror=alert(1)>');
  await expect(page.getByRole('alert')).toHaveText(/This invitation is not complete/);
  expect(await page.evaluate(() => Object.keys(localStorage))).not.toContain('shoebox.invitation');
  await signUp(page);
  await page.goto(`/invite#eu-west-1:12345678-1234-4234-8234-123456789abc/${randomId()}/${'A'.repeat(43)}`);
  await expect(page.getByRole('heading', { name: 'Become friends?' })).toBeVisible();
  await signOut(page);
  expect(await page.evaluate(() => Object.keys(localStorage))).not.toContain('shoebox.invitation');
});

test('a link serves one person and only in its time: others come to nothing but a quiet list', async ({
  page: ada,
  anotherPage,
  cloud,
}) => {
  const hers = await signUpMember(ada, cloud, someone('Ada Lind'));
  await friendsPage(ada);
  const [used, late] = [await makeInvitation(ada), await makeInvitation(ada)];

  const ben = await anotherPage();
  await signUp(ben, someone('Ben Moss'));
  await accept(ben, used);
  await untilSeen(ada, () => expect(friend(ada, 'Ben Moss')).toBeVisible({ timeout: 4000 }));

  // The other invitation's time is over: said by another of her devices.
  const invitations = await ownItems(cloud, hers, 'invite#');
  const row = invitations.find(({ id }) => late.includes(String(id).split('#')[1] ?? '-'));
  const [past, now] = [instantOf(Date.now() - 60_000), instantOf(Date.now())];
  await putRow(cloud, hers, String(row?.['id']), { ...row, until: past, changedAt: now });
  await untilSeen(ada, () =>
    expect(ada.getByText(/^Can be answered until/)).toHaveCount(0, { timeout: 4000 }),
  );

  for (const [name, link] of [
    ['Cal Late', late],
    ['Dan Replay', used],
  ] as const) {
    const other = await anotherPage();
    await signUp(other, someone(name));
    await accept(other, link);
  }
  await untilSeen(ada, () =>
    expect(requests(ada)).toHaveText('2 people would like to be friends', { timeout: 4000 }),
  );
  await expect(friends(ada)).toHaveCount(1);
  // Folded away, and no sign at the navigation that asks to be looked at.
  await expect(ada.getByText('Cal Late')).toBeHidden();
  await requests(ada).click();
  await ada.getByRole('button', { name: 'Dismiss Dan Replay' }).click();
  await expect(requests(ada)).toHaveText('1 person would like to be friends');
  await ada.getByRole('button', { name: 'Accept Cal Late' }).click();
  await expect(friend(ada, 'Cal Late')).toBeVisible();
  await expect(requests(ada)).toHaveCount(0);
});

test('a thousand rows of a stranger are one quiet line, and a friend is heard all the same', async ({
  page: ada,
  anotherPage,
  cloud,
}) => {
  const { identityId: recipient } = await signUpMember(ada, cloud, someone('Ada Lind'));
  const eve = await member(cloud, someone('Eve Loud'));
  await flood(cloud, eve, recipient);
  await friendsPage(ada);
  const ben = await anotherPage();
  await signUp(ben, someone('Ben Moss'));
  await accept(ben, await makeInvitation(ada));
  await untilSeen(ada, () => expect(friend(ada, 'Ben Moss')).toBeVisible({ timeout: 4000 }));
  await expect(requests(ada)).toHaveText('1 person would like to be friends');
  await requests(ada).click();
  await ada.getByRole('button', { name: 'Block Eve' }).click();
  await expect(requests(ada)).toHaveCount(0);
  await expect(friend(ada, 'Ben Moss')).toBeVisible();
});

async function flood(cloud: LocalCloud, eve: Member, recipient: IdentityId): Promise<void> {
  const changedAt = instantOf(Date.now());
  const rows = Array.from({ length: 1000 }, (_, index) => {
    const id = index === 0 ? friendId(recipient) : sharedWithId(randomId(), recipient);
    const title = `<script>alert(${index})</script>`;
    return {
      owner: eve.identityId,
      id,
      recipient,
      changedAt,
      name: 'Eve',
      title,
      source: 'photos',
      count: 1,
    };
  });
  for (let first = 0; first < rows.length; first += 25) {
    const RequestItems = {
      [cloud.config.socialTable]: rows.slice(first, first + 25).map((Item) => ({ PutRequest: { Item } })),
    };
    await eve.dynamodb.send(new BatchWriteCommand({ RequestItems }));
  }
}

test('friends part, become friends again, and one blocks the other', async ({ page: ada, anotherPage }) => {
  test.slow();
  const ben = await anotherPage();
  await befriended(ada, ben);
  await ada.getByRole('button', { name: 'More about Ben Moss' }).click();
  await ada.getByRole('button', { name: 'Unfriend' }).click();
  await expect(ada.getByRole('dialog')).toContainText('Ben Moss can no longer see what you share');
  await ada.getByRole('dialog').getByRole('button', { name: 'Unfriend' }).click();
  await expect(friends(ada)).toHaveCount(0);
  await untilSeen(ben, async () => {
    await expect(ben.getByRole('heading', { name: 'Photos are better with friends.' })).toBeVisible({
      timeout: 4000,
    });
  });
  await expect(requests(ada)).toHaveCount(0);
  await expect(requests(ben)).toHaveCount(0);

  await accept(ben, await makeInvitation(ada));
  await untilSeen(ada, () => expect(friend(ada, 'Ben Moss')).toBeVisible({ timeout: 4000 }));
  await ada.getByRole('button', { name: 'More about Ben Moss' }).click();
  await ada.getByRole('button', { name: 'Block' }).click();
  await ada.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await expect(ada.getByText('1 person is blocked')).toBeVisible();
  await expect(friends(ada)).toHaveCount(0);
  // Not even an invitation brings him back.
  await accept(ben, await makeInvitation(ada));
  await ada.reload();
  await expect(ada.getByText('1 person is blocked')).toBeVisible();
  await expect(friends(ada)).toHaveCount(0);
  await ada.getByText('1 person is blocked').click();
  await ada.getByRole('button', { name: 'Unblock Ben Moss' }).click();
  await expect(ada.getByText('1 person is blocked')).toHaveCount(0);
});

test('a new name and a picture reach the friend', async ({ page: ada, anotherPage, files }) => {
  const ben = await anotherPage();
  await befriended(ada, ben);
  await ada.getByRole('button', { name: 'Edit' }).click();
  const form = ada.getByRole('dialog', { name: 'How friends see you' });
  const [notes = '', face = ''] = await files({
    'notes.jpg': Buffer.from('no picture at all'),
    'face.jpg': await snapshot(7, '2024:05:01 10:00:00', { width: 1600, height: 1200 }),
  });
  await form.getByLabel('Picture', { exact: true }).setInputFiles(notes);
  await expect(form.getByRole('status')).toHaveText(/cannot be used as a picture/);
  await form.getByLabel('Picture', { exact: true }).setInputFiles(face);
  await expect(form.locator('.avatar img')).toBeVisible();
  await form.getByLabel('Name').fill('Ada the First');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toHaveCount(0);
  await untilSeen(ben, () => expect(friend(ben, 'Ada the First')).toBeVisible({ timeout: 4000 }));
  const picture = friend(ben, 'Ada the First').locator('img');
  await expect(picture).toHaveJSProperty('complete', true);
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThanOrEqual(96);
  expect((await picture.getAttribute('src'))?.length).toBeLessThan(12_100);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colors`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });
    test('the friends page puts up no barrier', async ({ page: ada, anotherPage, cloud }) => {
      const barriers = async () =>
        (await new AxeBuilder({ page: ada }).analyze()).violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
      const ben = await anotherPage();
      await befriended(ada, ben);
      await makeInvitation(ada);
      expect.soft(await barriers(), 'page').toEqual([]);
      await ada.getByRole('button', { name: 'Show the link' }).click();
      expect.soft(await barriers(), 'link').toEqual([]);
      await ada.keyboard.press('Escape');
      await ada.getByRole('button', { name: 'Edit' }).click();
      expect.soft(await barriers(), 'profile').toEqual([]);
      await ada.keyboard.press('Escape');
      await ada.getByRole('button', { name: 'More about Ben Moss' }).click();
      await ada.getByRole('button', { name: 'Block' }).click();
      expect.soft(await barriers(), 'parting').toEqual([]);
      expect(cloud.urls.site).toBeTruthy();
      await expect(accountButton(ada)).toBeVisible();
    });
  });
}
