// What a photo is called where it cannot be seen.
import { expect, test } from 'vitest';
import { descriptionOf } from '../../src/grid/description.ts';
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import type { Instant } from '../../src/schema/time.ts';

const photo = (more: Partial<Photo>): Photo =>
  ({
    owner: 'eu-central-1:11111111-2222-3333-4444-555555555555' as IdentityId,
    photoId: 'a'.repeat(43) as PhotoId,
    changedAt: '2021-06-04T00:00:00.000Z' as Instant,
    uploadedAt: '2021-06-04T00:00:00.000Z' as Instant,
    takenAt: '2021-06-03T18:20:00+02:00',
    takenAtSource: 'exif',
    status: 'ready',
    type: 'image/jpeg',
    bytes: 1,
    width: 4,
    height: 3,
    name: 'beach.jpg',
    ...more,
  }) as Photo;
const described = (more: Partial<Photo>): string => descriptionOf(photo(more)).replaceAll('\u202f', ' ');

test('a photo goes by its caption, or else its name, with place and time', () => {
  expect(described({})).toBe('beach.jpg, Jun 3, 2021, 6:20 PM');
  expect(described({ caption: 'Low tide', place: { city: 'Porto', country: 'PT' } })).toBe(
    'Low tide, Porto, Jun 3, 2021, 6:20 PM',
  );
  expect(described({ place: { city: 'Porto', country: 'PT' }, placeOverride: { name: 'Foz' } })).toContain(
    ', Foz,',
  );
});

test('the number a camera gave is not read out, a name that a person gave is', () => {
  for (const name of [
    'IMG_0815.JPG',
    'DSC01234.ARW',
    'P1010123.RW2',
    'PXL_20210603_182000123.jpg',
    'IMG-20210603-0001.jpg',
  ]) {
    expect(described({ name })).toBe('Photo, Jun 3, 2021, 6:20 PM');
  }
  for (const name of ['trip2019-beach.jpg', 'Oma 1980.jpg', 'x.jpg', 'IMG_1.CR2', '2019.png']) {
    expect(described({ name })).toContain(name);
  }
});
