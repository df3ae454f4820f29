// What an export begins with: all there is, as the cloud has it now, and not what this device happened to know.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud.ts';
import { CloudError } from '../../src/cloud/error.ts';
import { Exporting } from '../../src/exporting/exporting.svelte.ts';
import { wholeOf } from '../../src/exporting/whole.ts';
import { forgetReplicas } from '../../src/library/forget.ts';
import { Library } from '../../src/library/library.svelte.ts';
import { Social } from '../../src/library/social.svelte.ts';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { albumId, entryId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';
import { FakeFolder } from './fake-folder.ts';
import { FakeSocial } from './fake-social.ts';
import { FakeTable } from './fake-table.ts';
import { ME, photo, photoId, START } from './library-photos.ts';

const LISBON = 'AAAAAAAAAAAAAAAAAAAAAA' as RandomId;
const { signal } = new AbortController();

let table: FakeTable;
let others: FakeSocial;
let library: Library;
let closing: AbortController;
let social: Social;
/** What lies among the originals, in two pages. */
let originals: PhotoId[];

const cloud = {
  originalsAfter: async (after?: string) => {
    const page = originals.filter((id) => after === undefined || id > after).slice(0, 2);
    const last = page.at(-1);
    return {
      entries: page.map((id) => ({ photoId: id, bytes: 1000, storedAt: instantOf(START) })),
      ...(last !== undefined && last !== originals.at(-1) && { next: last }),
    };
  },
};

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  table = new FakeTable(ME, START + 60_000);
  others = new FakeSocial(START);
  closing = new AbortController();
  library = await Library.open(table);
  social = await Social.open(others.device(ME));
  table.put(photo(0), photo(1), photo(2, { trashedAt: instantOf(START) }), photo(3, { archived: true }));
  originals = [0, 1, 2, 3].map(photoId);
});

afterEach(async () => {
  closing.abort();
  library.close();
  social.close();
  await forgetReplicas();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('what other devices have added is exported, too; what is in the trash is not, in no album either', async () => {
  others.write(ME, { id: albumId(LISBON), title: 'Lisbon' });
  for (const n of [1, 2]) others.write(ME, { id: entryId(LISBON, photoId(n)) });
  const { plan, unprepared } = await wholeOf(library, social, cloud, signal);
  expect(plan.photos.map(({ folder, name }) => `${folder}/${name}`).sort()).toEqual([
    '2026/01/photo 0.jpg',
    '2026/02/photo 1.jpg',
    '2026/04/photo 3.jpg',
  ]);
  expect(plan.albums).toMatchObject([{ folder: 'Albums/Lisbon', photos: [{ photoId: photoId(1) }] }]);
  expect(unprepared).toBe(0);
});

test('originals that are not in the library yet are counted, wherever they lie', async () => {
  originals = [0, 1, 2, 3, 5, 7].map(photoId);
  expect((await wholeOf(library, social, cloud, signal)).unprepared).toBe(2);
});

test('nothing is called everything when the cloud cannot be asked what there is', async () => {
  table.fault = new CloudError('offline', 'no connection');
  await expect(wholeOf(library, social, cloud, signal)).rejects.toMatchObject({ code: 'offline' });
});

/** What the settings show, with what the person's picker does. */
function exportingInto(pick: () => Promise<unknown>): Exporting {
  vi.stubGlobal('showDirectoryPicker', pick);
  vi.stubGlobal('document', new EventTarget());
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  const source = { ...cloud, playUrl: async () => 'https://s3.example/original' };
  return new Exporting({
    library,
    cloud: source as unknown as Cloud,
    social: Promise.resolve(social),
    identify: async () => undefined,
    closing: closing.signal,
  });
}

test('whoever closes the picker has changed nothing', async () => {
  const exporting = exportingInto(() => Promise.reject(new DOMException('closed', 'AbortError')));
  await exporting.start();
  expect(exporting).toMatchObject({ state: 'idle', ending: undefined });
});

test('a folder that may not be written is said to be that', async () => {
  const exporting = exportingInto(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
  vi.spyOn(console, 'warn').mockReturnValue();
  await exporting.start();
  expect(exporting).toMatchObject({ state: 'stopped', ending: 'denied' });
});

test('without a connection nothing is written, and the person is told why', async () => {
  const folder = new FakeFolder();
  const exporting = exportingInto(async () => folder.handle);
  vi.spyOn(console, 'warn').mockReturnValue();
  table.fault = new CloudError('offline', 'no connection');
  await exporting.start();
  expect(exporting).toMatchObject({ state: 'stopped', ending: 'offline', folder: 'Backup' });
  expect(folder.paths).toEqual([]);
});

test('who signs out meanwhile leaves only whole files, and nothing goes on', async () => {
  const folder = new FakeFolder();
  const exporting = exportingInto(async () => folder.handle);
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', (_url: string, { signal: given }: RequestInit) => {
    asked.push(given);
    closing.abort();
    return Promise.reject(given?.reason as Error);
  });
  await exporting.start();
  expect(exporting).toMatchObject({ state: 'stopped', ending: undefined });
  expect(asked.length).toBeGreaterThan(0);
  expect(folder.paths.filter((path) => !path.endsWith('metadata.json'))).toEqual([]);
});

test('photos whose originals cannot be had are named, and the summary counts them', async () => {
  const folder = new FakeFolder();
  const exporting = exportingInto(async () => folder.handle);
  vi.stubGlobal('fetch', async () => new Response('<Code>InvalidObjectState</Code>', { status: 403 }));
  await exporting.start();
  expect(exporting).toMatchObject({ state: 'done', tally: { all: 3, failed: 3, written: 0 } });
  expect(exporting.failed).toContainEqual({ what: '2026/01/photo 0.jpg', why: 'archived' });
});
