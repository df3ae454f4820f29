// Being told of what friends share: asked for on a device, delivered once, opened, muted, and over with the sign-out. The subscription
// is that of the stand-in push service, and its messages are handed to the browser by the DevTools protocol.
import type { BrowserContext, Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { parseSocialRow } from '../../src/schema/social.ts';
import { member, type Member } from '../cloud/people.ts';
import { makeFriends, ownItems, shareWith } from '../cloud/sharing.ts';
import { expect, signOut, signUpMember, someone, test } from './shoebox.ts';

const section = (page: Page) => page.getByRole('region', { name: 'When friends share photos' });
const here = (page: Page) => section(page).getByRole('switch', { name: 'Notify me on this device' });

/** A browser that may notify, whose push service is the stand-in. */
async function withPushService(context: BrowserContext, cloud: LocalCloud): Promise<{ endpoint: string }> {
  await context.grantPermissions(['notifications'], { origin: cloud.urls.site });
  const given = cloud.pushes.subscribe();
  await context.addInitScript((json) => {
    const kept = 'a test’s subscription';
    const subscription = {
      endpoint: json.endpoint,
      options: { applicationServerKey: null },
      toJSON: () => json,
      unsubscribe: () => {
        localStorage.removeItem(kept);
        return Promise.resolve(true);
      },
    };
    PushManager.prototype.getSubscription = () =>
      Promise.resolve(localStorage.getItem(kept) ? (subscription as unknown as PushSubscription) : null);
    PushManager.prototype.subscribe = (options) => {
      if (!options?.userVisibleOnly || !options.applicationServerKey)
        throw new TypeError('so no browser does');
      localStorage.setItem(kept, 'yes');
      return Promise.resolve(subscription as unknown as PushSubscription);
    };
  }, given);
  return given;
}

/** Hands a push message to the page's service worker. */
async function deliver(page: Page, cloud: LocalCloud, data: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registration = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(
        ({ isDeleted, scopeURL }) => !isDeleted && scopeURL.startsWith(cloud.urls.site),
      );
      if (found) resolve(found.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registration;
  await session.send('ServiceWorker.deliverPushMessage', { origin: cloud.urls.site, registrationId, data });
  await session.detach();
}

const notifications = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  });

const sentTo = (cloud: LocalCloud, endpoint: string): string[] =>
  cloud.messages
    .all()
    .filter(({ to }) => to === endpoint)
    .map(({ text }) => text);

const rowsOf = async (cloud: LocalCloud, who: Member, begin: string) =>
  (await ownItems(cloud, who, begin)).flatMap((item) => parseSocialRow(item) ?? []);

/** Ben at his page, and Ada, his friend, through the SDK. */
async function friends(page: Page, cloud: LocalCloud) {
  const bens = await signUpMember(page, cloud, someone('Ben Summer'));
  const ada = await member(cloud, someone('Ada Spring'));
  await makeFriends(cloud, ada, bens);
  return { ada, bens };
}

async function openSettings(page: Page): Promise<void> {
  await page.goto('/settings');
  await expect(section(page)).toBeVisible();
}

test('a friend’s photos are told once on a device that asked, and the notification opens the share', async ({
  page,
  context,
  cloud,
}) => {
  const { endpoint } = await withPushService(context, cloud);
  const { ada, bens } = await friends(page, cloud);
  await openSettings(page);
  await here(page).click();
  await expect(section(page).getByText('This device is notified.')).toBeVisible();
  await expect
    .poll(async () => (await rowsOf(cloud, bens, 'push#')).map((row) => row.kind))
    .toEqual(['push']);

  const share = await shareWith(cloud, ada, [bens.identityId], {
    title: '<img src=x onerror=alert(1)>',
    count: 34,
  });
  await expect.poll(() => sentTo(cloud, endpoint), { timeout: 20_000 }).toHaveLength(1);
  const [message = ''] = sentTo(cloud, endpoint);
  await deliver(page, cloud, 'no JSON');
  await deliver(page, cloud, '{"title":"anything","url":"https://evil.example"}');
  await deliver(page, cloud, message);
  const { news } = JSON.parse(message) as { news: string };
  const shown = { title: 'One', body: 'added 34 photos to “<img src=x onerror=alert(1)>”', tag: news };
  await expect.poll(() => notifications(page)).toEqual([shown]);
  await deliver(page, cloud, message);
  await expect.poll(() => notifications(page)).toEqual([shown]);

  const [worker] = context.serviceWorkers();
  await worker?.evaluate(async () => {
    const scope = self as unknown as ServiceWorkerGlobalScope;
    const [notification] = await scope.registration.getNotifications();
    if (!notification) throw new Error('there is no notification');
    scope.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  });
  await expect(page).toHaveURL(
    `${cloud.urls.site}/shared?${new URLSearchParams({ share, of: ada.identityId })}`,
  );
  await expect.poll(() => notifications(page)).toEqual([]);
});

test('quiet hours, a muted friend and the switch are for the notifier to keep; signing out ends it all', async ({
  page,
  context,
  cloud,
}) => {
  const { endpoint } = await withPushService(context, cloud);
  const { ada, bens } = await friends(page, cloud);
  await openSettings(page);
  await here(page).click();
  await section(page).getByRole('switch', { name: 'Quiet hours' }).click();
  await section(page).getByLabel('Quiet to').fill('06:30');
  const stored = async () => {
    const [row] = await rowsOf(cloud, bens, 'push#');
    return row?.kind === 'push' && [row.quietFrom !== undefined, row.quietTo !== undefined];
  };
  await expect.poll(stored).toEqual([true, true]);
  await section(page).getByRole('switch', { name: 'Quiet hours' }).click();
  await expect.poll(stored).toEqual([false, false]);

  await section(page).getByRole('checkbox', { name: 'One' }).uncheck();
  await expect.poll(async () => (await rowsOf(cloud, bens, 'mute#')).length).toBe(1);
  await shareWith(cloud, ada, [bens.identityId]);
  await section(page).getByRole('checkbox', { name: 'One' }).check();
  await expect
    .poll(async () => (await rowsOf(cloud, bens, 'mute#')).map((row) => row.kind === 'mute' && row.muted))
    .toEqual([undefined]);
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  // The notifier may come to what was shared before only now; that it keeps quiet while somebody is muted, its own tests show.
  const heard = await shareWith(cloud, ada, [bens.identityId]);
  await expect
    .poll(() => sentTo(cloud, endpoint).map((text) => (JSON.parse(text) as { share: string }).share), {
      timeout: 20_000,
    })
    .toContain(heard);

  await signOut(page);
  await expect
    .poll(async () => (await rowsOf(cloud, bens, 'push#')).map(({ deletedAt }) => deletedAt !== undefined))
    .toEqual([true]);
  expect(await page.evaluate(() => localStorage.getItem('a test’s subscription'))).toBeNull();
});
