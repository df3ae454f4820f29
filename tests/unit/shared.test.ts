// What others share with one, as the page puts it together: who counts, what is new, what was said, and what is kept.
import { describe, expect, test } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import type { Shares } from '../../src/cloud/shares.ts';
import { sharedRowsIn, type Circle } from '../../src/library/friends.ts';
import { readersOf } from '../../src/library/shared-in.ts';
import { toBase64Url, type IdentityId, type PhotoId, type RandomId } from '../../src/schema/ids.ts';
import type { Manifest } from '../../src/schema/manifest.ts';
import {
  parseSocialRow,
  randomId,
  seenId,
  type Friend,
  type Share,
  type SharedWith,
  type SocialRow,
} from '../../src/schema/social.ts';
import { Ahead } from '../../src/share/ahead.ts';
import { SharedList } from '../../src/share/list.ts';
import { OpenShare } from '../../src/share/open-share.svelte.ts';
import { isWebp, saveAll } from '../../src/share/save.ts';
import { commenting, liking, ownRows, talkOf } from '../../src/share/talk.ts';
import { movedTo, received, seeing, unreadIn } from '../../src/share/with-me.ts';
import { photo } from './search-library.ts';

const person = (digit: number) =>
  `eu-central-1:${String(digit).repeat(8)}-2222-4222-8222-222222222222` as IdentityId;
const [ME, ADA, BEN, EVE] = [1, 2, 3, 4].map(person) as [IdentityId, IdentityId, IdentityId, IdentityId];
const NOW = '2026-11-20T12:00:00.000Z';
const LATER = '2026-11-20T13:00:00.000Z';

const row = (owner: IdentityId, id: string, more: object = {}): SocialRow => {
  const parsed = parseSocialRow({ owner, id, changedAt: NOW, ...more });
  if (!parsed) throw new Error(`${id} is no row`);
  return parsed;
};
const friendRow = (owner: IdentityId, other: IdentityId, name?: string) =>
  row(owner, `friend#${other}`, { recipient: other, name }) as Friend;
const sharedRow = (owner: IdentityId, share: RandomId, more: object = {}, to = ME) =>
  row(owner, `share#${share}#${to}`, {
    recipient: to,
    source: 'album',
    title: 'Lisbon',
    count: 5,
    added: 5,
    addedAt: NOW,
    ...more,
  });

/** Somebody whose friends are Ada and Ben. */
function world(inbox: readonly SocialRow[], own: readonly SocialRow[] = []) {
  return {
    identityId: ME,
    friends: [friendRow(ME, ADA), friendRow(ME, BEN)],
    inbox: [friendRow(ADA, ME, 'Ada'), friendRow(BEN, ME, 'Ben'), ...inbox],
    mutes: new Map(),
    shares: own.filter((one): one is Share => one.kind === 'share'),
    get: (id: string) => own.find((one) => one.id === id),
  } satisfies Circle & Record<string, unknown>;
}

const manifestOf = (owner: IdentityId, share: RandomId, more: Partial<Manifest> = {}): Manifest => ({
  version: 1,
  share,
  owner,
  source: 'album',
  title: 'Lisbon',
  changedAt: NOW,
  photos: [],
  ...more,
});
const pictured = (takenAt: string) => ({ id: randomId(), width: 3, height: 2, takenAt });

test('what friends share stands under their name, the newest first, and nothing of strangers', () => {
  const [one, two, strange] = [randomId(), randomId(), randomId()];
  const from = world([
    sharedRow(ADA, one),
    sharedRow(ADA, two, { addedAt: LATER, title: 'Porto' }),
    sharedRow(EVE, strange),
  ]);
  expect(received(from)).toMatchObject([
    { person: { name: 'Ada' }, shares: [{ title: 'Porto' }, { title: 'Lisbon' }] },
  ]);
  expect(JSON.stringify(received(from))).not.toContain(strange);
});

test('what came in one go is one entry, new until it was seen, and new again with the next', () => {
  const share = randomId();
  const before = world([sharedRow(ADA, share, { added: 34 })]);
  expect(unreadIn(before)).toBe(34);
  const [entry] = received(before)[0]?.shares ?? [];
  const [seen] = seeing(entry as NonNullable<typeof entry>, before);
  expect(seen).toMatchObject({ id: seenId(share), attributes: { until: NOW } });
  const own = [row(ME, seenId(share), { until: NOW })];
  expect(unreadIn(world([sharedRow(ADA, share, { added: 34 })], own))).toBe(0);
  expect(unreadIn(world([sharedRow(ADA, share, { added: 2, addedAt: LATER })], own))).toBe(2);
});

test('what members add to an open album is part of it, not an entry of its own', () => {
  const [share, theirs] = [randomId(), randomId()];
  const album = randomId();
  const from = world([
    sharedRow(ADA, share, { album, open: true }),
    sharedRow(BEN, theirs, { album, albumOwner: ADA, count: 2, added: 2, addedAt: LATER }),
  ]);
  expect(received(from)).toMatchObject([
    { person: { name: 'Ada' }, shares: [{ count: 7, unread: 7, addedAt: LATER, share }] },
  ]);
});

test('a share that goes on under another id is found again by its album, and by nothing less', () => {
  const [before, after] = [randomId(), randomId()];
  const album = randomId();
  const was = (more: object) => sharedRowsIn([sharedRow(ADA, before, more)])[0] as SharedWith;
  const rows = (more: object, owner = ADA) => sharedRowsIn([sharedRow(owner, after, more)]);
  expect(movedTo(was({ album }), rows({ album }))).toMatchObject({ share: after });
  expect(movedTo(was({ source: 'everything' }), rows({ source: 'everything' }))).toMatchObject({
    share: after,
  });
  expect(movedTo(was({ album }), rows({ album }, BEN))).toBeUndefined();
  expect(movedTo(was({ album }), rows({ album: randomId() }))).toBeUndefined();
  expect(movedTo(was({ album }), rows({ source: 'everything' }))).toBeUndefined();
  expect(movedTo(was({ source: 'photos' }), rows({ source: 'photos' }))).toBeUndefined();
  expect(movedTo(was({ album }), sharedRowsIn([sharedRow(ADA, before, { album })]))).toBeUndefined();
});

test("what a friend adds to one's own album leads to that album", () => {
  const [mine, theirs] = [randomId(), randomId()];
  const album = randomId();
  const own = row(ME, `share#${mine}`, {
    audience: 'friends',
    source: 'album',
    createdAt: NOW,
    album,
    open: true,
    readers: [BEN],
  });
  const from = world([sharedRow(BEN, theirs, { album, albumOwner: ME })], [own]);
  expect(received(from)).toMatchObject([
    { person: { name: 'Ben' }, shares: [{ share: mine, of: ME, yours: true }] },
  ]);
});

test('photos of several shares are one list, the latest first, each from where it lies', () => {
  const [early, late] = [pictured('2020-01-01T00:00:00'), pictured('2021-01-01T00:00:00')];
  const ours = manifestOf(ADA, randomId(), { photos: [early] });
  const theirs = manifestOf(BEN, randomId(), { photos: [late] });
  const list = new SharedList([ours, theirs]);
  expect([list.idAt(0), list.idAt(1), list.length]).toEqual([late.id, early.id, 2]);
  expect(list.indexOf(early.id as string as PhotoId)).toBe(1);
  expect(list.originOf(late.id as string as PhotoId)?.address).toEqual({ owner: BEN, share: theirs.share });
  expect(list.indexOf(randomId() as string as PhotoId)).toBe(-1);
});

test('only members count: what others call a part of the album is not shown', async () => {
  const [share, album] = [randomId(), randomId()];
  const host = manifestOf(ADA, share, {
    album: { owner: ADA, album, members: [ME, BEN] },
    photos: [pictured('2020-01-01T00:00:00')],
  });
  const part = (owner: IdentityId) =>
    manifestOf(owner, randomId(), {
      album: { owner: ADA, album, members: [] },
      photos: [pictured('2021-01-01T00:00:00')],
    });
  const [ben, eve] = [part(BEN), part(EVE)];
  const asked: RandomId[] = [];
  const shares: Pick<Shares, 'manifest'> = {
    manifest: async ({ share: wanted }) => {
      asked.push(wanted);
      return [host, ben, eve].find((one) => one.share === wanted);
    },
  };
  const open = new OpenShare(shares, { share, owner: ADA });
  const parts = [ben, eve].map(({ owner, share: id }) => ({
    share: id,
    owner,
    album,
    albumOwner: ADA,
    changedAt: NOW,
  }));
  await open.load(NOW, parts);
  expect(open.state).toBe('ready');
  expect(open.list.length).toBe(2);
  expect(asked).not.toContain(eve.share);
  // Nothing is fetched again that has not changed.
  await open.load(NOW, parts);
  expect(asked).toHaveLength(2);
});

test('a share that was taken back shows nothing any more', async () => {
  let manifest: Manifest | undefined = manifestOf(ADA, randomId(), {
    photos: [pictured('2020-01-01T00:00:00')],
  });
  const { share } = manifest;
  const open = new OpenShare({ manifest: async () => manifest }, { share, owner: ADA });
  await open.load(NOW, []);
  expect(open.list.length).toBe(1);
  manifest = undefined;
  await open.load(LATER, []);
  expect([open.state, open.list.length, open.manifest]).toEqual(['gone', 0, undefined]);
});

test('a manifest that says it is of another share, or of somebody else, is none', async () => {
  const share = randomId();
  for (const manifest of [manifestOf(EVE, share), manifestOf(ADA, randomId())]) {
    const open = new OpenShare({ manifest: async () => manifest }, { share, owner: ADA });
    await open.load(NOW, []);
    expect(open.state).toBe('gone');
  }
});

describe('a share that somebody points at', () => {
  const manifest = manifestOf(ADA, randomId(), { photos: [pictured('2020-01-01T00:00:00')] });
  const known = { owner: ADA, share: manifest.share };
  const told = { changedAt: NOW, count: 1 };

  /** Shares that count what is asked of them, and a clock. */
  function pointing() {
    const heard = { asked: 0, now: 0, answer: async (): Promise<unknown> => manifest };
    const shares = {
      manifest: () => {
        heard.asked++;
        return heard.answer();
      },
    };
    const ahead = new Ahead(shares, () => heard.now);
    return { heard, ahead, open: () => new OpenShare(shares, known, ahead) };
  }

  test('is asked for once, however often, and is there when it is opened', async () => {
    const { heard, ahead, open } = pointing();
    ahead.ask(known, told);
    ahead.ask(known, told);
    const opened = open();
    await opened.load(NOW, []);
    expect([opened.state, opened.list.length, heard.asked]).toEqual(['ready', 1, 1]);
    // What was there before is not what there is next time.
    await open().load(NOW, []);
    expect(heard.asked).toBe(2);
  });

  test('is asked for anew when it has changed since, when that was long ago, or when it is another', async () => {
    const { heard, ahead, open } = pointing();
    ahead.ask(known, told);
    await open().load(LATER, []);
    expect(heard.asked).toBe(2);
    ahead.ask(known, told);
    heard.now = 10_000;
    await open().load(NOW, []);
    expect(heard.asked).toBe(4);
    ahead.ask({ ...known, share: randomId() }, told);
    await open().load(NOW, []);
    expect(heard.asked).toBe(6);
  });

  test('that could not be had is asked for again when it is opened', async () => {
    const { heard, ahead, open } = pointing();
    heard.answer = () => Promise.reject(new CloudError('offline', 'no connection'));
    ahead.ask(known, told);
    heard.answer = async () => manifest;
    const opened = open();
    await opened.load(NOW, []);
    expect([opened.state, heard.asked]).toEqual(['ready', 2]);
  });

  test('is read no less strictly, and not at all where it is huge', async () => {
    const { heard, ahead, open } = pointing();
    ahead.ask(known, { ...told, count: 1001 });
    expect(heard.asked).toBe(0);
    heard.answer = async () => ({ ...manifest, owner: EVE });
    ahead.ask(known, told);
    const opened = open();
    await opened.load(NOW, []);
    expect(opened.state).toBe('gone');
  });
});

test('what is said reaches everybody who sees the photo but oneself, at most 50', () => {
  const readers = Array.from(
    { length: 80 },
    (_, i) => `eu-central-1:${String(i).padStart(8, '0')}-2222-4222-8222-222222222222` as IdentityId,
  );
  const manifest = manifestOf(ADA, randomId(), { readers: [ME, ...readers] });
  const said = commenting({ manifest, photo: randomId(), me: ME, by: 'Me' }, 'x'.repeat(5000), NOW);
  expect(said).toHaveLength(50);
  expect(said.map(({ attributes }) => attributes['recipient'])).not.toContain(ME);
  // Each is a row that its reader can read.
  for (const { id, attributes } of said) expect(row(ME, id, attributes)).toMatchObject({ kind: 'comment' });
  expect(liking({ manifest, photo: randomId(), me: ADA, by: undefined })).toHaveLength(50);
});

test('comments are of those who may see the photo, in their own name, and gone when their author or the owner wants it', () => {
  const [share, old, of] = [randomId(), randomId(), randomId()];
  const manifest = manifestOf(ADA, share, { readers: [ME, BEN], was: [old] });
  const comment = (owner: IdentityId, text: string, more: object = {}, where = share) =>
    row(owner, `comment#${where}#${of}#${randomId()}#${ME}`, {
      recipient: ME,
      text,
      saidAt: NOW,
      ...more,
    });
  const hidden = comment(BEN, 'rude');
  const rows = [
    comment(BEN, 'second', { saidAt: LATER }),
    comment(ADA, 'first'),
    comment(BEN, 'before it moved', { saidAt: '2026-11-19T00:00:00.000Z' }, old),
    comment(EVE, 'from a stranger'),
    comment(EVE, 'as if by Ada', { by: 'Ada', from: ADA, sender: ADA }),
    comment(BEN, 'elsewhere', {}, randomId()),
    comment(BEN, 'gone', { deletedAt: NOW }),
    hidden,
  ];
  const secret = (hidden as Extract<SocialRow, { kind: 'comment' }>).comment;
  const shown = (one: Manifest, circle: Circle) =>
    talkOf({ manifest: one, photo: of }, rows, circle).comments.map(({ text, name }) => `${name}: ${text}`);
  expect(shown(manifest, world([]))).toEqual([
    'Ben: before it moved',
    'Ada: first',
    'Ben: rude',
    'Ben: second',
  ]);
  expect(shown({ ...manifest, hidden: [secret] }, world([]))).not.toContain('Ben: rude');
  // Who hid it can show it again.
  const adas = { ...world([]), identityId: ADA };
  expect(
    talkOf({ manifest: { ...manifest, hidden: [secret] }, photo: of }, rows, adas).comments,
  ).toContainEqual(expect.objectContaining({ text: 'rude', hidden: true }));
});

test("one takes back one's own like, and one's own comment in all its rows", () => {
  const manifest = manifestOf(ADA, randomId(), { readers: [ME, BEN] });
  const [one, other] = [randomId(), randomId()];
  const saying = (of: RandomId) => ({ manifest, photo: of, me: ME, by: undefined });
  const own = [
    ...liking(saying(one)),
    ...liking(saying(other)),
    ...commenting(saying(one), 'hello', NOW),
  ].map(({ id, attributes }) => row(ME, id, { ...attributes, by: undefined, deletedAt: undefined }));
  expect(ownRows(own, { photo: one })).toEqual(liking(saying(one)).map(({ id }) => id));
  const said = own.find((each) => each.kind === 'comment');
  expect(ownRows(own, { photo: one, comment: said?.comment as RandomId })).toHaveLength(2);
});

test('a photo is private until it is in a share, and again when that is over', () => {
  const mine = photo();
  const share = (more: object): Share =>
    row(ME, `share#${randomId()}`, {
      audience: 'friends',
      createdAt: NOW,
      source: 'photos',
      ...more,
    }) as Share;
  const album = randomId();
  const by = (...shares: Share[]) =>
    readersOf(mine, { identityId: ME, shares, has: (one, id) => one === album && id === mine.photoId });
  expect(by()).toEqual([]);
  expect(
    by(
      share({ photos: [mine.photoId], readers: [ADA] }),
      share({ source: 'album', album, readers: [BEN, ADA] }),
    ),
  ).toEqual([ADA, BEN]);
  expect(by(share({ photos: [mine.photoId], readers: [] }))).toEqual([]);
  expect(by(share({ source: 'everything', since: '2025-01-01T00:00:00.000Z', readers: [BEN] }))).toEqual([
    BEN,
  ]);
  expect(by(share({ source: 'everything', since: NOW, readers: [BEN] }))).toEqual([]);
});

test('only pictures are saved, under a name that says when they were taken', async () => {
  const webp = new TextEncoder().encode('RIFF0000WEBPVP8 ....');
  const html = new TextEncoder().encode('<script>alert(1)</script>');
  expect([isWebp(webp), isWebp(html), isWebp(new Uint8Array())]).toEqual([true, false, false]);
  const [good, bad, missing] = [
    '2020-01-01T10:20:30+02:00',
    '2021-01-01T00:00:00',
    '2022-01-01T00:00:00',
  ].map(pictured) as [ReturnType<typeof pictured>, ReturnType<typeof pictured>, ReturnType<typeof pictured>];
  const list = new SharedList([manifestOf(ADA, randomId(), { photos: [good, bad, missing] })]);
  const bytes = new Map([
    [good.id, webp],
    [bad.id, html],
  ]);
  const files: File[] = [];
  const saved = await saveAll(list, {
    shares: { picture: async (_address: unknown, id: RandomId) => bytes.get(id) } as never,
    upload: async (some) => void files.push(...some),
  });
  expect(saved).toBe(1);
  expect(files.map(({ name, type }) => [name, type])).toEqual([['2020-01-01 10.20.30.webp', 'image/webp']]);
  expect(toBase64Url(new Uint8Array(await (files[0] as File).arrayBuffer()))).toBe(toBase64Url(webp));
});
