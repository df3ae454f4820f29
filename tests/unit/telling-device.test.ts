// A device that asks to be told: its row comes and goes with the browser's subscription, and what a service worker shows and opens.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Social } from '../../src/library/social.svelte.ts';
import { fromBase64, isRandomId, toBase64Url, type IdentityId, type RandomId } from '../../src/schema/ids.ts';
import { friendId, mailId, muteId, pushId, randomId } from '../../src/schema/social.ts';
import { sharedPath, type Told } from '../../src/schema/told.ts';
import { Telling } from '../../src/settings/telling.svelte.ts';
import { open, show } from '../../src/worker-telling.ts';
import { Locks } from './fake-browser.ts';
import { FakeSocial } from './fake-social.ts';

const ME = 'us-east-1:00000000-0000-4000-8000-000000000001' as IdentityId;
const FRIEND = 'us-east-1:00000000-0000-4000-8000-000000000002' as IdentityId;
const KEY = toBase64Url(Uint8Array.from({ length: 65 }, (_, i) => i + 4));
const OTHER_KEY = toBase64Url(new Uint8Array(65).fill(9));

/** A browser's push manager: one subscription at a time, each with an address of its own. */
class FakePush {
  permission: NotificationPermission = 'default';
  /** What the person answers. */
  answer: NotificationPermission = 'granted';
  subscription: { endpoint: string; key: string } | undefined;
  fails = false;
  #count = 0;

  #described() {
    const { subscription } = this;
    if (!subscription) return null;
    return {
      endpoint: subscription.endpoint,
      options: { applicationServerKey: bytesOf(subscription.key).buffer },
      toJSON: () => ({ keys: { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) } }),
      unsubscribe: () => {
        this.subscription = undefined;
        return Promise.resolve(true);
      },
    };
  }

  registration = {
    pushManager: {
      getSubscription: () => Promise.resolve(this.#described()),
      subscribe: ({ applicationServerKey: key }: { applicationServerKey: string }) => {
        if (this.fails) return Promise.reject(new DOMException('no push service', 'AbortError'));
        this.subscription = { endpoint: `https://fcm.googleapis.com/fcm/send/${this.#count++}`, key };
        return Promise.resolve(this.#described());
      },
    },
    getNotifications: () => Promise.resolve([]),
  };

  use(): void {
    vi.stubGlobal('PushManager', Object);
    vi.stubGlobal('Notification', {
      permission: this.permission,
      requestPermission: () => {
        this.permission = this.answer;
        return Promise.resolve(this.answer);
      },
    });
    vi.stubGlobal('navigator', {
      locks: new Locks(),
      onLine: true,
      serviceWorker: {
        ready: Promise.resolve(this.registration),
        getRegistration: () => Promise.resolve(this.registration),
      },
    });
  }
}

const bytesOf = (key: string): Uint8Array =>
  fromBase64(`${key.replaceAll('-', '+').replaceAll('_', '/')}=`) as Uint8Array;

let social: Social;
let push: FakePush;

beforeEach(async () => {
  push = new FakePush();
  push.use();
  vi.stubGlobal('indexedDB', new IDBFactory());
  social = await Social.open(new FakeSocial(Date.UTC(2026, 10, 20, 12)).device(ME));
});
afterEach(() => {
  social.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const opened = async (pushKey: string | undefined = KEY): Promise<Telling> => {
  push.use();
  const telling = new Telling(social, { pushKey });
  await telling.start();
  return telling;
};
const deviceRow = (device: string) => social.get(pushId(device as RandomId));
const idOf = async (endpoint = push.subscription?.endpoint ?? ''): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return toBase64Url(new Uint8Array(digest, 0, 16));
};

test('a device is told once it is asked for, and its row says where', async () => {
  const telling = await opened();
  expect(telling.state).toBe('off');
  await telling.turn(true);
  expect(telling.state).toBe('on');
  const device = await idOf();
  expect(isRandomId(device)).toBe(true);
  expect(deviceRow(device)).toMatchObject({
    kind: 'push',
    endpoint: push.subscription?.endpoint,
    p256dh: 'p'.repeat(87),
    auth: 'a'.repeat(22),
  });
  // At the next visit it is as it was.
  expect((await opened()).state).toBe('on');
});

test('who turns it off is unsubscribed, and the row is gone', async () => {
  const telling = await opened();
  await telling.turn(true);
  const device = await idOf();
  await telling.turn(false);
  expect(telling.state).toBe('off');
  expect(push.subscription).toBeUndefined();
  expect(deviceRow(device)).toHaveProperty('deletedAt');
});

test('signing out ends it, and nothing at all happens where nothing was', async () => {
  const nothing = await opened();
  await nothing.leave();
  const telling = await opened();
  await telling.turn(true);
  const device = await idOf();
  await telling.leave();
  expect(push.subscription).toBeUndefined();
  expect(deviceRow(device)).toHaveProperty('deletedAt');
});

test('a browser that says no, has no push service, or a deployment without keys is told so plainly', async () => {
  push.answer = 'denied';
  const refused = await opened();
  await refused.turn(true);
  expect(refused.state).toBe('refused');
  expect((await opened()).state).toBe('refused');

  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  push.permission = 'default';
  push.answer = 'granted';
  push.fails = true;
  const failed = await opened();
  await failed.turn(true);
  expect(failed.state).toBe('failed');
  expect(failed.busy).toBe(false);

  const without = new Telling(social, {});
  await without.start();
  expect(without.state).toBe('none');
});

test('a subscription made with other keys is given up: nobody could send to it', async () => {
  const before = await opened(OTHER_KEY);
  await before.turn(true);
  const telling = await opened(KEY);
  expect(telling.state).toBe('off');
  expect(push.subscription).toBeUndefined();
  await telling.turn(true);
  expect(push.subscription?.key).toBe(KEY);
});

test('a subscription that the notifier took for gone is put back', async () => {
  const telling = await opened();
  await telling.turn(true);
  const device = await idOf();
  await social.remove([pushId(device as RandomId)]);
  await opened();
  expect(deviceRow(device)).not.toHaveProperty('deletedAt');
});

test('quiet hours, muted friends and an address are kept in rows of their own', async () => {
  const telling = await opened();
  await telling.turn(true);
  await telling.keepQuiet({ from: '22:00', to: '07:00' });
  expect(telling.quiet).toEqual({ from: '22:00', to: '07:00' });
  await telling.keepQuiet(undefined);
  expect(telling.quiet).toBeUndefined();

  await social.put(friendId(FRIEND), { recipient: FRIEND });
  await telling.mute(FRIEND, true);
  expect(telling.isMuted(FRIEND)).toBe(true);
  await social.put(muteId(FRIEND), { inTimeline: true });
  await telling.mute(FRIEND, false);
  expect(social.get(muteId(FRIEND))).toMatchObject({ inTimeline: true });
  expect(telling.isMuted(FRIEND)).toBe(false);

  expect(await telling.mailTo('nobody')).toBe(false);
  expect(await telling.mailTo('a@b.example, c@d.example')).toBe(false);
  expect(telling.address).toBeUndefined();
  expect(await telling.mailTo('me@home.example')).toBe(true);
  expect(telling.address).toBe('me@home.example');
  expect(telling.asked).toBe(false);
  await telling.mailTo(undefined);
  expect(social.get(mailId)).toHaveProperty('deletedAt');
});

const told: Told = {
  news: randomId(),
  share: randomId(),
  sender: FRIEND,
  count: 2,
  name: 'Ada',
  title: 'Lisbon',
};

test('a service worker shows what it can read, by the name of the batch, and nothing else', async () => {
  const shown: unknown[] = [];
  const showNotification = (title: string, options: object) =>
    Promise.resolve(void shown.push({ title, ...options }));
  vi.stubGlobal('self', { registration: { showNotification } });
  const message = (json: () => unknown) => ({ data: { json } }) as unknown as PushEvent;
  await show(message(() => told));
  for (const wrong of [
    null,
    { ...told, share: '/elsewhere' },
    { title: 'x', path: 'https://evil.example' },
  ]) {
    await show(message(() => wrong));
  }
  await show(
    message(() => {
      throw new SyntaxError('no JSON');
    }),
  );
  await show({ data: null } as unknown as PushEvent);
  expect(shown).toMatchObject([
    { title: 'Ada', body: 'added 2 photos to “Lisbon”', tag: told.news, data: { path: sharedPath(told) } },
  ]);
});

test('a notification that is pressed opens its share: in the page that is there, else in a new one', async () => {
  const went: string[] = [];
  const page = {
    postMessage: ({ path }: { path: string }) => went.push(`page ${path}`),
    focus: () => Promise.resolve(),
  };
  const pages: (typeof page)[] = [];
  const clients = {
    matchAll: () => Promise.resolve(pages),
    openWindow: (path: string) => Promise.resolve(void went.push(`new ${path}`)),
  };
  vi.stubGlobal('self', { clients });
  const path = sharedPath(told);
  const pressed = { notification: { close: () => {}, data: { path } } } as unknown as NotificationEvent;
  await open(pressed);
  pages.push(page);
  await open(pressed);
  await open({ notification: { close: () => {} } } as unknown as NotificationEvent);
  expect(went).toEqual([`new ${path}`, `page ${path}`]);
});
