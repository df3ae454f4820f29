// Folder paths longer than an original has room for: none of them is lost, and none is believed that is not this photo's.
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { PhotoId } from '../../src/schema/ids.ts';
import {
  beyondMetadata,
  buildOriginalMetadata,
  mayGoOn,
  parseOriginalMetadata,
  PATH_LENGTH,
} from '../../src/schema/original.ts';
import { pathId, type WholePath } from '../../src/schema/social.ts';
import { keepPaths, sweepPaths, type Placed } from '../../src/whole-paths.ts';
import { CloudError } from '../../src/cloud/error.ts';
import type { RowChange } from '../../src/library/social-edits.ts';

const PHOTO = 'A'.repeat(43) as PhotoId;
/** Of letters that take nine bytes each, percent-encoded. */
const LONG = Array.from({ length: 12 }, (_, i) => `${2000 + i}年家族旅行の写真`).join('/');
const keptOf = (path: string): string =>
  parseOriginalMetadata(buildOriginalMetadata({ name: 'a.jpg', path })).path ?? '';

/** A photo that is safe already. */
function placed(path: string, photoId: PhotoId = PHOTO) {
  return {
    photoId,
    path,
    whenSafe: (call: () => void) => call(),
    pathKept: vi.fn<() => void>(),
  } satisfies Placed;
}

function world(photoPath: string, known: readonly string[] = []) {
  const changes: RowChange[] = [];
  const social = {
    get: (id: string) => (known.includes(id) ? ({ id } as never) : undefined),
    putAll: async (some: readonly RowChange[]) => {
      changes.push(...some);
      return 'sent' as const;
    },
  };
  return { changes, social, library: { get: () => ({ path: photoPath }) as never } };
}

test('a path that its original has room for needs no row', () => {
  for (const path of ['', 'Summer', 'Trips/2024/Lisbon', 'x'.repeat(900), '写真/家族'])
    expect(beyondMetadata(path)).toBeUndefined();
  expect(mayGoOn('Trips/2024/Lisbon')).toBe(false);
});

test('of a longer one the original has the beginning, and a row the whole', async () => {
  const { changes, social, library } = world(keptOf(LONG));
  const upload = placed(LONG);
  keepPaths([upload], social, library);
  await expect.poll(() => upload.pathKept.mock.calls.length).toBe(1);
  expect(changes).toEqual([{ id: pathId(PHOTO), attributes: { path: LONG, deletedAt: null } }]);
  expect(LONG.startsWith(keptOf(LONG))).toBe(true);
  expect(mayGoOn(keptOf(LONG))).toBe(true);
});

test('whatever a path is, what is kept of it is its beginning, or it is kept whole', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'ä', '年', '😀', ' ', '.', '%'),
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const path = parts.join('/');
      const beyond = beyondMetadata(path);
      if (!beyond) return;
      expect(beyond.kept).toBe(keptOf(path));
      expect(beyond.whole.length).toBeLessThanOrEqual(PATH_LENGTH);
      expect(mayGoOn(beyond.kept)).toBe(true);
    }),
  );
});

test('a photo that was uploaded from another folder before says that one; a row that is there stays', async () => {
  const elsewhere = world('Elsewhere');
  const known = world(keptOf(LONG), [pathId(PHOTO)]);
  for (const { social, library, changes } of [elsewhere, known]) {
    const upload = placed(LONG);
    keepPaths([upload], social, library);
    await expect.poll(() => upload.pathKept.mock.calls.length).toBe(1);
    expect(changes).toEqual([]);
  }
});

test('one that cannot be saved stays remembered for the next visit', async () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue();
  const { social, library } = world(keptOf(LONG));
  const upload = placed(LONG);
  keepPaths(
    [upload],
    { ...social, putAll: () => Promise.reject(new CloudError('forbidden', 'no')) },
    library,
  );
  await expect.poll(() => warned.mock.calls.length).toBe(1);
  expect(upload.pathKept).not.toHaveBeenCalled();
});

test('the path of a photo that was deleted goes, and comes back with the photo', async () => {
  const now = Date.parse('2026-11-21T12:00:00.000Z');
  const row = (photoId: string, changedAt: string) =>
    ({ kind: 'path', id: `path#${photoId}`, photoId, changedAt, path: LONG }) as WholePath;
  const removed: string[] = [];
  const social = {
    complete: true,
    paths: [
      row('here', '2026-01-01T00:00:00.000Z'),
      row('gone', '2026-01-01T00:00:00.000Z'),
      // Its photo may not have come to this device yet.
      row('new', '2026-11-21T11:00:00.000Z'),
    ],
    remove: async (ids: readonly string[]) => {
      removed.push(...ids);
      return 'sent' as const;
    },
  };
  const get = (photoId: string) => (photoId === 'here' ? ({} as never) : undefined);
  // Before all of the library is here, nobody knows what is gone.
  await sweepPaths(social, { complete: false, get }, now);
  await sweepPaths({ ...social, complete: false }, { complete: true, get }, now);
  expect(removed).toEqual([]);
  await sweepPaths(social, { complete: true, get }, now);
  expect(removed).toEqual(['path#gone']);

  const again = world(keptOf(LONG));
  const deleted = () => ({ deletedAt: '2026-11-21T12:00:00.000Z' }) as never;
  keepPaths([placed(LONG)], { ...again.social, get: deleted }, again.library);
  await expect.poll(() => again.changes).toHaveLength(1);
});
