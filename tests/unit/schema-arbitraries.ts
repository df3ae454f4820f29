// Everything the schema calls right, at random: identities, photo ids, times and photos with every attribute there may be.
import * as fc from 'fast-check';
import { photoIdOfDigest, toBase64, type IdentityId } from '../../src/schema/ids.ts';
import {
  FAILURE_CODES,
  FLAGS,
  NOTE_CODES,
  TAKEN_AT_SOURCES,
  type Photo,
  type PlaceOverride,
  type Tombstone,
} from '../../src/schema/photo.ts';
import { instantOf, type LocalTime } from '../../src/schema/time.ts';

export const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
export const photoId = digest.map(photoIdOfDigest);

export const identityId = fc
  .tuple(fc.constantFrom('us-east-1', 'eu-west-1', 'ap-southeast-2', 'us-gov-west-1'), fc.uuid())
  .map(([region, uuid]) => `${region}:${uuid}` as IdentityId);

const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
export const milliseconds = fc.integer({ min: FIRST, max: LAST });
export const instants = milliseconds.map(instantOf);

export const localTimes: fc.Arbitrary<LocalTime> = fc
  .tuple(instants, fc.constantFrom('', '.5', '.123456789'), fc.constantFrom('', 'Z', '+02:00', '-11:30'))
  .map(([instant, fraction, offset]) => instant.slice(0, 19) + fraction + offset);

const words = (maxLength: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength: maxLength / 20 });
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** The same fields, any of which may be missing altogether. */
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] });

const row = { owner: identityId, photoId, changedAt: instants };
const always = {
  ...row,
  name: words(1024),
  type: words(100),
  bytes: fc.maxSafeNat(),
  takenAt: localTimes,
  takenAtSource: fc.constantFrom(...TAKEN_AT_SOURCES),
  uploadedAt: instants,
};
const gps = fc.record({ latitude: number(-90, 90), longitude: number(-180, 180) });
const place = fc
  .tuple(some({ city: words(200), region: words(200) }), fc.constantFrom('DE', 'FJ', 'US'))
  .map(([town, country]) => Object.assign({}, town, { country }));
const placeOverride = some<PlaceOverride>({ name: words(300), place, gps });
const sometimes = {
  placeholder: fc.uint8Array({ minLength: 1, maxLength: 25 }).map(toBase64),
  camera: words(200),
  lens: words(200),
  exposure: some({
    time: number(0, 1e6),
    aperture: number(0, 1e4),
    iso: number(0, 1e9),
    focalLength: number(0, 1e6),
  }),
  gps,
  place,
  note: fc.constantFrom(...NOTE_CODES),
  path: words(2048),
  duration: number(0, 1e9),
  flags: fc.uniqueArray(fc.constantFrom(...FLAGS)),
  title: words(1000),
  description: words(10_000),
  keywords: fc.array(words(200), { maxLength: 5 }),
  rating: fc.integer({ min: 1, max: 5 }),
  pipeline: fc.maxSafeNat(),
  favorite: fc.boolean(),
  caption: words(10_000),
  tags: fc.array(words(200), { maxLength: 5 }),
  archived: fc.boolean(),
  trashedAt: instants,
  takenAtOverride: localTimes,
  placeOverride,
  favoriteEditedAt: instants,
  captionEditedAt: instants,
  tagsEditedAt: instants,
  archivedEditedAt: instants,
  trashedAtEditedAt: instants,
  takenAtOverrideEditedAt: instants,
  placeOverrideEditedAt: instants,
};
const side = fc.integer({ min: 1, max: 1_000_000 });

const ready = fc.record({ ...always, status: fc.constant('ready' as const), width: side, height: side });
const failed = fc.record({
  ...always,
  status: fc.constant('failed' as const),
  width: fc.constant(0),
  height: fc.constant(0),
  failure: fc.record({ code: fc.constantFrom(...FAILURE_CODES), sentence: words(1000) }),
});

export const photos: fc.Arbitrary<Photo> = fc
  .tuple(fc.oneof(ready, failed), some(sometimes))
  .map(([measured, more]): Photo => Object.assign({}, measured, more));
export const tombstones: fc.Arbitrary<Tombstone> = fc.record({ ...row, deletedAt: instants });
