// What the information panel says: dates with their zone, lengths, sizes, places, and why a photo is not shown in full.
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/schema/time.ts';
import {
  FAILURE_CODES,
  FLAGS,
  NOTE_CODES,
  TAKEN_AT_SOURCES,
  type FailureCode,
  type Photo,
} from '../../src/schema/photo.ts';
import { fullDateOf, sizeOf, typeOf } from '../../src/ui/details.ts';
import { clockOf, durationOf } from '../../src/ui/duration.ts';
import { failures } from '../../src/ui/words/problems.ts';
import { words } from '../../src/ui/words/viewer.ts';
import { factsOf, keywordsOf, noteOf } from '../../src/viewer/facts.ts';
import { moves } from '../../src/viewer/moving.ts';
import { identity, photoIdOf } from '../fixtures.ts';

const at = '2024-05-05T12:00:00.000Z' as Instant;
const photo = (more: Partial<Photo> = {}): Photo => ({
  owner: identity(),
  photoId: photoIdOf(Buffer.from('a photo')),
  changedAt: at,
  uploadedAt: at,
  status: 'ready',
  name: 'IMG_1.jpg',
  type: 'image/jpeg',
  bytes: 2_500_000,
  width: 4032,
  height: 3024,
  takenAt: '2019-06-01T14:03:00',
  takenAtSource: 'exif',
  ...more,
});
const factOf = (label: string, more: Partial<Photo>) =>
  factsOf(photo(more)).find((fact) => fact.label === label);

describe('when a photo was taken', () => {
  const here = () => 120;

  test('in the zone one is in, the clock is enough', () => {
    expect(fullDateOf('2019-06-01T14:03:00+02:00', here)).toBe('Saturday, June 1, 2019 at 2:03 PM');
  });

  test('in another zone, the zone is said', () => {
    expect(fullDateOf('2019-06-01T14:03:00+05:30', here)).toBe('Saturday, June 1, 2019 at 2:03 PM GMT+5:30');
    expect(fullDateOf('2019-06-01T14:03:00-08:00', here)).toBe('Saturday, June 1, 2019 at 2:03 PM GMT-8');
    expect(fullDateOf('2019-06-01T14:03:00.25Z', here)).toBe('Saturday, June 1, 2019 at 2:03 PM GMT');
    expect(fullDateOf('2019-06-01T14:03:00-00:30', here)).toBe('Saturday, June 1, 2019 at 2:03 PM GMT-0:30');
  });

  test('of an unknown zone nothing is claimed', () => {
    expect(fullDateOf('2019-06-01T14:03:00', here)).toBe('Saturday, June 1, 2019 at 2:03 PM');
  });

  test('the zone is compared with the one here at that time of the year', () => {
    const asked: string[] = [];
    const summerTime = (date: Date) => {
      asked.push(date.toISOString());
      return date.getUTCMonth() === 5 ? 120 : 60;
    };
    expect(fullDateOf('2019-12-01T14:03:00+01:00', summerTime)).not.toContain('GMT');
    expect(fullDateOf('2019-06-01T14:03:00+01:00', summerTime)).toContain('GMT+1');
    expect(asked).toEqual(['2019-12-01T13:03:00.000Z', '2019-06-01T13:03:00.000Z']);
  });

  test('every source has its words, and a date set by hand is not said to be the camera’s', () => {
    for (const takenAtSource of TAKEN_AT_SOURCES)
      expect(factOf('Taken', { takenAtSource })?.more).toBe(words.info.takenFrom[takenAtSource]);
    expect(factOf('Taken', { takenAtOverride: '2001-02-03T04:05:06' })).toEqual({
      label: 'Taken',
      text: 'Saturday, February 3, 2001 at 4:05 AM',
      more: 'as you set it',
    });
  });
});

describe('where a photo was taken', () => {
  const place = { city: 'Munich', region: 'Bavaria', country: 'DE' };
  const gps = { latitude: 48.137, longitude: 11.575 };

  test('the country has its name, and coordinates are the small print', () => {
    expect(factOf('Place', { place, gps })).toEqual({
      label: 'Place',
      text: 'Munich, Bavaria, Germany',
      more: '48.13700, 11.57500',
    });
  });

  test('a name said by both city and region is said once', () => {
    expect(factOf('Place', { place: { city: 'Berlin', region: 'Berlin', country: 'DE' } })?.text).toBe(
      'Berlin, Germany',
    );
    expect(factOf('Place', { place: { city: 'Monaco', country: 'MC' } })?.text).toBe('Monaco');
  });

  test('a country nobody knows keeps its code', () => {
    expect(factOf('Place', { place: { city: 'Nowhere', country: 'QX' } })?.text).toBe('Nowhere, QX');
  });

  test('without a name the coordinates do, and the owner’s own words go before all', () => {
    expect(factOf('Place', { gps })).toEqual({ label: 'Place', text: '48.13700, 11.57500' });
    const placeOverride = { name: 'Grandma’s garden', place };
    expect(factOf('Place', { place, gps, placeOverride })).toEqual({
      label: 'Place',
      text: 'Grandma’s garden',
    });
    expect(factOf('Place', { place, gps, placeOverride: {} })).toBeUndefined();
    expect(factOf('Place', {})).toBeUndefined();
  });
});

describe('what kind of photo it is', () => {
  test('every flag has its words, in one line', () => {
    expect(factOf('Kind', { flags: ['animated', 'panorama'] })?.text).toBe('Animated  ·  Panorama');
    for (const flag of FLAGS) expect(factOf('Kind', { flags: [flag] })?.text).toBe(words.kinds[flag]);
    expect(factOf('Kind', { flags: [] })).toBeUndefined();
  });

  test.each([
    ['image/jpeg', 'JPEG'],
    ['image/heic', 'HEIC'],
    ['image/x-canon-cr2', 'CR2'],
    ['image/x-adobe-dng', 'DNG'],
    ['image/svg+xml', 'SVG'],
    ['video/quicktime', 'MOV'],
    ['video/mp4', 'MP4'],
    ['application/pdf', 'PDF'],
    ['application/octet-stream', ''],
  ])('%s is called %j', (mime, name) => {
    expect(typeOf(mime)).toBe(name);
  });

  test('a failed photo has no size in pixels, and one of an unknown type no type', () => {
    expect(
      factOf('File', { status: 'failed', width: 0, height: 0, type: 'application/octet-stream', bytes: 12 }),
    ).toEqual({ label: 'File', text: 'IMG_1.jpg', more: '12 bytes' });
    expect(factOf('File', {})?.more).toBe('4,032 × 3,024  ·  2.5 MB  ·  JPEG');
  });

  test('the folder it came from is told', () => {
    expect(factOf('Folder', { path: 'Trips/2019' })?.text).toBe('Trips/2019');
  });

  test('a lens is told even where the camera is not', () => {
    expect(factOf('Camera', { camera: 'Leica Q3', lens: 'Summilux 28' })).toMatchObject({
      text: 'Leica Q3',
      more: 'Summilux 28',
    });
    expect(factOf('Lens', { lens: 'Summilux 28' })?.text).toBe('Summilux 28');
  });
});

describe('how long a video is', () => {
  test.each([
    [0.2, '0:01', '1 second'],
    [42, '0:42', '42 seconds'],
    [59.7, '1:00', '1 minute'],
    [65, '1:05', '1 minute, 5 seconds'],
    [725, '12:05', '12 minutes, 5 seconds'],
    [3723, '1:02:03', '1 hour, 2 minutes, 3 seconds'],
    [36_000, '10:00:00', '10 hours'],
  ])('%d seconds are %s on a clock, and %j in words', (seconds, clock, text) => {
    expect(clockOf(seconds)).toBe(clock);
    expect(durationOf(seconds)).toBe(text);
    expect(factOf('Length', { type: 'video/mp4', duration: seconds })?.text).toBe(text);
  });

  test('a video that does not tell has no line about it', () => {
    expect(factOf('Length', { type: 'video/webm' })).toBeUndefined();
  });
});

describe('why a photo is not shown, or not in full', () => {
  const failed = (code: FailureCode, sentence: string): string | undefined =>
    noteOf(photo({ status: 'failed', failure: { code, sentence } }));

  test('every failure has a sentence of its own', () => {
    const sentences = FAILURE_CODES.map((code) =>
      failed(code, code === 'unsupported' ? '' : 'as put in a row'),
    );
    expect(sentences).toEqual(FAILURE_CODES.map((code) => failures[code]));
    expect(new Set(sentences).size).toBe(FAILURE_CODES.length);
  });

  test('what kind of file it is that cannot be shown is said as the row has it', () => {
    expect(failed('unsupported', 'This is a PDF document.')).toBe('This is a PDF document.');
  });

  test('a failed photo that does not say why is not called fine', () => {
    expect(noteOf(photo({ status: 'failed' }))).toBe(failures.unexpected);
  });

  test('every note has a sentence, and a raw photo’s preview is said to be in the raw photo', () => {
    for (const note of NOTE_CODES) expect(noteOf(photo({ note }))).toBe(words.info.notes[note]);
    expect(noteOf(photo({ note: 'preview', flags: ['raw'] }))).toContain('inside the raw photo');
  });

  test('a photo shown in full has no note', () => {
    expect(noteOf(photo({ flags: ['raw'] }))).toBeUndefined();
  });
});

test('keywords of the file and tags of the owner are listed once each', () => {
  expect(keywordsOf(photo({ keywords: ['sea', 'sun'], tags: ['best', 'sea'] }))).toEqual([
    'best',
    'sea',
    'sun',
  ]);
  expect(keywordsOf(photo())).toEqual([]);
});

describe('a picture that moves', () => {
  const gif = photo({ type: 'image/gif', flags: ['animated'] });

  test('moves, unless the person asked for less motion', () => {
    expect(moves(gif, false)).toBe(true);
    expect(moves(gif, true)).toBe(false);
  });

  test('stays still when it is large, of a kind browsers do not know, failed, or one frame only', () => {
    expect(moves({ ...gif, bytes: 20_000_001 }, false)).toBe(false);
    expect(moves({ ...gif, type: 'image/heic' }, false)).toBe(false);
    expect(moves({ ...gif, type: 'image/svg+xml' }, false)).toBe(false);
    expect(moves({ ...gif, status: 'failed' }, false)).toBe(false);
    expect(moves({ ...gif, flags: ['hdr'] }, false)).toBe(false);
    expect(moves({ ...gif, flags: ['motion'], type: 'image/jpeg' }, false)).toBe(false);
  });
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999_499, '999 kB'],
  [2_500_000, '2.5 MB'],
  [4.2e9, '4.2 GB'],
])('%d bytes are said as %s', (bytes, text) => {
  expect(sizeOf(bytes)).toBe(text);
});
