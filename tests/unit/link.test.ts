// Links for anyone: the address that is passed on, the password, and what a link that is over, broken or hostile comes to.
import * as fc from 'fast-check';
import { expect, test, vi, afterEach } from 'vitest';
import { openLink } from '../../src/link/open.ts';
import type { IdentityId, RandomId } from '../../src/schema/ids.ts';
import { LINK_CLASSES } from '../../src/schema/keys.ts';
import { linkedUrl, linkOf, parseLink, type LinkAddress } from '../../src/schema/link.ts';
import { parseSealed, type Manifest } from '../../src/schema/manifest.ts';
import { seal, unseal } from '../../src/schema/seal.ts';
import { MANIFEST_NAME, sharePrefix } from '../../src/schema/share-keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { identityId } from './schema-arbitraries.ts';

afterEach(() => vi.unstubAllGlobals());

const HOST = 'https://links.example';
const owner = 'eu-west-1:12345678-1234-4234-8234-123456789abc' as IdentityId;
const address: LinkAddress = { linkClass: '7d', owner, share: randomId() };
const manifest: Manifest = {
  version: 1,
  owner,
  share: address.share,
  source: 'photos',
  title: 'Lisbon',
  changedAt: '2026-01-01T00:00:00.000Z',
  photos: [{ id: randomId(), width: 3, height: 2, takenAt: '2026-01-01T00:00:00' }],
};
const addresses: fc.Arbitrary<LinkAddress> = fc.record({
  linkClass: fc.constantFrom(...LINK_CLASSES),
  owner: identityId,
  share: fc.constant(0).map(randomId),
});

/** Whoever asks the host of links is answered so. */
const answers = (body: string, { status = 200, date = '2026-01-02T00:00:00.000Z', age = 0 } = {}): void => {
  const headers = { date: new Date(date).toUTCString(), age: String(age) };
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers })));
};

test('a link is read as it was made, and everything of it is in the fragment', () => {
  fc.assert(
    fc.property(addresses, (made) => {
      const url = new URL(linkOf('https://photos.example', made));
      expect(url.pathname + url.search).toBe('/s');
      expect(parseLink(url.hash)).toEqual(made);
      expect(parseLink(encodeURIComponent(url.hash.slice(1)).replaceAll('%2F', '/'))).toEqual(made);
      const key = `${sharePrefix(made.owner, made.linkClass, made.share)}${MANIFEST_NAME}`;
      expect(linkedUrl(HOST, made, MANIFEST_NAME)).toBe(`${HOST}/${key.replace('shares/links/', '')}`);
    }),
  );
});

test('what is no link is not taken for one, and never leads anywhere else', () => {
  const { hash } = new URL(linkOf('https://photos.example', address));
  for (const wrong of [
    '',
    '#',
    hash.slice(0, -1),
    `${hash}/more`,
    `${hash}/../../friends`,
    hash.replace('7d', 'friends'),
    hash.replace('7d', 'constructor'),
    hash.replace(address.share, '../../../secret/sec'),
    `#https://evil.example/${owner}/${address.share}`,
  ]) {
    expect(parseLink(wrong)).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => void expect(parseLink(text)).toBeUndefined()));
});

test('a password opens what it sealed, however a keyboard composes its letters', async () => {
  const sealed = await seal(manifest, 'Café\u0301 2026');
  expect(parseSealed(JSON.parse(JSON.stringify(sealed)))).toEqual(sealed);
  expect(sealed.sealed.iterations).toBeGreaterThanOrEqual(600_000);
  expect(JSON.stringify(sealed)).not.toContain('Lisbon');
  expect(await unseal(sealed, 'Caf\u00e9\u0301 2026')).toEqual(manifest);
});

test('a wrong password, or one bit changed on the way, opens nothing', async () => {
  const sealed = await seal(manifest, 'right', { iterations: 100_000 });
  expect(await unseal(sealed, 'wrong')).toBeUndefined();
  expect(await unseal(sealed, '')).toBeUndefined();
  const { data } = sealed.sealed;
  const changed = (data.startsWith('A') ? 'B' : 'A') + data.slice(1);
  expect(await unseal({ version: 1, sealed: { ...sealed.sealed, data: changed } }, 'right')).toBeUndefined();
});

test('the same manifest is never sealed the same twice', async () => {
  const [one, two] = await Promise.all([1, 2].map(() => seal(manifest, 'same', { iterations: 100_000 })));
  expect(one?.sealed.salt).not.toBe(two?.sealed.salt);
  expect(one?.sealed.iv).not.toBe(two?.sealed.iv);
  expect(one?.sealed.data).not.toBe(two?.sealed.data);
});

test('a link shows its photos until its time is over, by the clock of the host', async () => {
  const body = JSON.stringify({ ...manifest, until: '2026-01-08T00:00:00.000Z' });
  answers(body, { date: '2026-01-07T23:59:59.000Z' });
  expect(await openLink(HOST, address)).toMatchObject({ is: 'open', manifest: { title: 'Lisbon' } });
  answers(body, { date: '2026-01-08T00:00:00.000Z' });
  expect(await openLink(HOST, address)).toEqual({ is: 'gone' });
  // Kept by the host for a while.
  answers(body, { date: '2026-01-07T23:58:00.000Z', age: 120 });
  expect(await openLink(HOST, address)).toEqual({ is: 'gone' });
});

test('with a password its time is over, too', async () => {
  const sealed = await seal({ ...manifest, until: '2026-01-08T00:00:00.000Z' }, 'p', { iterations: 100_000 });
  answers(JSON.stringify(sealed), { date: '2026-02-01T00:00:00.000Z' });
  const opened = await openLink(HOST, address);
  expect(opened.is).toBe('sealed');
  if (opened.is !== 'sealed') return;
  expect(await opened.unlock('q')).toBeUndefined();
  expect(await opened.unlock('p')).toEqual({ is: 'gone' });
});

test.each([403, 404, 410])('a link that is answered with %i is over', async (status) => {
  answers('<Error/>', { status });
  expect(await openLink(HOST, address)).toEqual({ is: 'gone' });
});

test('without a connection, or while the host is busy, nobody is told that a link is over', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect(await openLink(HOST, address)).toEqual({ is: 'offline' });
  answers('', { status: 503 });
  expect(await openLink(HOST, address)).toEqual({ is: 'offline' });
});

test('the manifest of another link, or of another person, shows nothing here', async () => {
  const other = 'eu-west-1:99999999-1234-4234-8234-123456789abc' as IdentityId;
  const strange: object[] = [
    { ...manifest, owner: other },
    { ...manifest, share: randomId() as RandomId },
    { ...manifest, version: 2 },
    { ...manifest, photos: 'none' },
    [],
  ];
  for (const json of strange) {
    answers(JSON.stringify(json));
    expect(await openLink(HOST, address)).toEqual({ is: 'broken' });
  }
  answers('<html>');
  expect(await openLink(HOST, address)).toEqual({ is: 'broken' });
  // Sealed by somebody else with the same password, say.
  answers(JSON.stringify(await seal({ ...manifest, owner: other }, 'p', { iterations: 100_000 })));
  const opened = await openLink(HOST, address);
  if (opened.is !== 'sealed') throw new Error(opened.is);
  expect(await opened.unlock('p')).toEqual({ is: 'broken' });
});
