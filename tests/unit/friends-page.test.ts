// What the friends page does, on the rows as they are kept, sent and synced: two people with a page each, and a third who was not asked.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { People, suggestedName } from '../../src/friends/people.svelte.ts';
import { keepFriends } from '../../src/friends/settle.ts';
import { Social } from '../../src/library/social.svelte.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { parseInvitation, type Invitation } from '../../src/schema/invite.ts';
import { randomId, shareId, sharedWithId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';
import { FakeSocial, type FakeDevice } from './fake-social.ts';

const person = (n: number) =>
  `eu-west-1:00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as IdentityId;
const [ADA, BEN, EVE] = [person(1), person(2), person(3)];
const { signal } = new AbortController();
const DAY = 86_400_000;

let table: FakeSocial;
const opened: Social[] = [];
beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks(), onLine: true });
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('location', { origin: 'https://photos.example' });
  table = new FakeSocial(Date.UTC(2026, 10, 20, 12));
});
afterEach(() => {
  for (const social of opened.splice(0)) social.close();
  vi.unstubAllGlobals();
});

class Page {
  readonly device: FakeDevice;
  readonly social: Social;
  readonly people: People;

  static async of(who: IdentityId): Promise<Page> {
    const device = table.device(who);
    const social = await Social.open(device);
    opened.push(social);
    return new Page(device, social);
  }
  private constructor(device: FakeDevice, social: Social) {
    this.device = device;
    this.social = social;
    this.people = new People(social, () => table.now);
  }

  /** As the page does every few minutes. */
  async sync(): Promise<void> {
    await this.social.sync(signal);
    await keepFriends(this.social, table.now);
    await this.social.sendEdits(5000);
  }
  get friends(): string[] {
    return this.people.friends.map(({ name }) => name);
  }
}

const invitationIn = (link: string): Invitation => {
  const found = parseInvitation(new URL(link).hash);
  if (!found) throw new Error(`no invitation: ${link}`);
  return found;
};

async function friends(): Promise<[Page, Page]> {
  const [ada, ben] = [await Page.of(ADA), await Page.of(BEN)];
  await ada.people.show({ name: 'Ada' });
  await ben.people.show({ name: 'Ben' });
  await ben.people.answer(invitationIn(await ada.people.invite()));
  await ben.social.sendEdits(5000);
  for (const page of [ada, ben, ada]) await page.sync();
  return [ada, ben];
}

test('an invitation made and answered without a connection makes friends once there is one', async () => {
  const [ada, ben] = [await Page.of(ADA), await Page.of(BEN)];
  ada.device.online = ben.device.online = false;
  await ada.people.show({ name: 'Ada' });
  await ben.people.show({ name: 'Ben' });
  const link = await ada.people.invite();
  expect(ada.people.invites).toHaveLength(1);
  expect(ada.people.linkTo(ada.people.invites[0] as never)).toBe(link);
  await ben.people.answer(invitationIn(link));
  expect(ben.people.awaited).toHaveLength(1);
  ada.device.online = ben.device.online = true;
  await ada.sync();
  await ben.sync();
  await ben.social.sendEdits(5000);
  await ada.sync();
  await ben.sync();
  expect([ada.friends, ben.friends]).toEqual([['Ben'], ['Ada']]);
  expect(ada.people.invites).toEqual([]);
  expect(ben.people.awaited).toEqual([]);
});

test('a page that has not synced yet settles nothing', async () => {
  const ada = await Page.of(ADA);
  await ada.people.show({ name: 'Ada' });
  await ada.people.invite();
  table.now += 8 * DAY;
  await keepFriends(ada.social, table.now);
  expect(ada.social.invites).toHaveLength(1);
  await ada.sync();
  expect(ada.social.invites).toEqual([]);
});

test('an invitation that is withdrawn can be brought back, and what is said of one is known before', async () => {
  const [ada, ben] = [await Page.of(ADA), await Page.of(BEN)];
  const invitation = invitationIn(await ada.people.invite());
  const [row] = ada.people.invites;
  if (!row) throw new Error('there is an invitation');
  // Also when the cloud has it.
  await ada.social.sendEdits(5000);
  expect(ada.people.invites).toHaveLength(1);
  await ada.people.withdraw(row);
  expect(ada.people.invites).toEqual([]);
  await ada.people.restore(row);
  expect(ada.people.invites).toHaveLength(1);
  expect(ada.people.standing(invitation)).toBe('own');
  expect(ben.people.standing(invitation)).toBeUndefined();
  await ben.people.block(ADA);
  expect(ben.people.standing(invitation)).toBe('blocked');
  await ben.people.answer(invitation);
  expect(ben.people.blocked).toEqual([]);
});

test('parting ends it on both pages, and takes the other out of all that is shared', async () => {
  const [ada, ben] = await friends();
  const share = randomId();
  await ada.social.putAll([
    {
      id: shareId(share),
      attributes: {
        audience: 'friends',
        source: 'photos',
        title: 'Lisbon',
        createdAt: instantOf(table.now),
        readers: [BEN, EVE],
      },
    },
    ...[BEN, EVE].map((recipient) => ({
      id: sharedWithId(share, recipient),
      attributes: { recipient, source: 'photos', title: 'Lisbon', count: 1 },
    })),
  ]);
  await ada.sync();
  await ben.sync();
  expect(ben.social.inbox.filter(({ kind }) => kind === 'shared')).toHaveLength(1);
  await ben.people.part(ADA);
  await ben.social.sendEdits(5000);
  await ada.sync();
  expect(ada.friends).toEqual([]);
  expect(ada.social.shares[0]?.readers).toEqual([EVE]);
  expect(ada.social.told.map(({ recipient }) => recipient)).toEqual([EVE]);
  await ben.sync();
  expect(ben.social.inbox.filter(({ kind }) => kind === 'shared')).toEqual([]);
  for (const page of [ada, ben]) {
    expect(page.people.requests).toEqual([]);
    expect(page.people.awaited).toEqual([]);
  }
  // And again, by a new invitation.
  await ben.people.answer(invitationIn(await ada.people.invite()));
  await ben.social.sendEdits(5000);
  for (const page of [ada, ben]) await page.sync();
  expect([ada.friends, ben.friends]).toEqual([['Ben'], ['Ada']]);
});

test('whoever is blocked is not heard any more, whatever they send', async () => {
  const [ada, ben] = await friends();
  await ada.people.block(BEN);
  await ada.sync();
  await ben.social.put(sharedWithId(randomId(), ADA), { recipient: ADA, title: 'Look', source: 'photos' });
  await ben.people.show({ name: 'Ben, again' });
  await ben.sync();
  await ada.sync();
  expect(ada.social.inbox).toEqual([]);
  expect(ada.people.blocked).toEqual([{ identityId: BEN, name: 'Ben' }]);
  expect(ben.friends).toEqual([]);
});

test('a thousand strangers are a short list, and cost the friend nothing', async () => {
  const [ada, ben] = await friends();
  for (let n = 100; n < 1100; n++)
    table.write(person(n), { id: `friend#${ADA}`, recipient: ADA, name: `Stranger ${n}` });
  await ben.people.show({ name: 'Benjamin' });
  await ben.sync();
  await ada.sync();
  expect(ada.people.requests).toHaveLength(20);
  expect(ada.social.inbox.length).toBeLessThanOrEqual(201);
  expect(ada.friends).toEqual(['Benjamin']);
  const [first] = ada.people.requests;
  if (!first) throw new Error('there are requests');
  await ada.people.accept(first.identityId);
  expect(ada.friends).toHaveLength(2);
});

test('a name and a picture reach friends, and go again', async () => {
  const [ada, ben] = await friends();
  await ada.people.show({ name: ' Ada the First ', picture: 'QUJD' });
  await ada.sync();
  await ben.sync();
  expect(ben.people.friends).toEqual([{ identityId: ADA, name: 'Ada the First', picture: 'QUJD' }]);
  await ada.people.show({ name: 'Ada' });
  await ada.sync();
  await ben.sync();
  expect(ben.people.friends).toEqual([{ identityId: ADA, name: 'Ada' }]);
});

test('an e-mail address is never suggested as a name', () => {
  expect(suggestedName('Ada Lind')).toBe('Ada Lind');
  expect(suggestedName('ada@example.com')).toBe('');
});
