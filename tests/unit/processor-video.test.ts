// Video: a row without renditions, with all that the container says; few and small reads, whatever the size.
import { describe, expect, test } from 'vitest';
import { openVideo } from '../../processor/formats/video.ts';
import { sniff } from '../../processor/formats/sniff.ts';
import { measure } from '../../processor/measure.ts';
import { heldSource, RangedSource } from '../../processor/source.ts';
import { isoMedia, photoIdOf } from '../fixtures.ts';
import { originalOf } from '../memory-stores.ts';
import { alternatives, bag, xmpPacket } from '../metadata-builders.ts';
import { box, u32 } from '../bytes.ts';
import {
  element,
  fragmentedMovie,
  fragmentIndex,
  ftyp,
  movie,
  mp4,
  webm,
  type Mp4Options,
  type WebmOptions,
} from '../video-builders.ts';

const JUNE = Date.UTC(2019, 5, 1, 10, 34, 56);
const NAME = { name: 'clip.mov' };

async function measured(bytes: Buffer, metadata = NAME) {
  const { measured: row, renditions } = await measure(photoIdOf(bytes), originalOf(bytes, { metadata }), {
    now: Date.parse('2026-01-02T00:00:00Z'),
    warn: () => {},
  });
  return { row, renditions };
}

test.each<[string, Buffer, string]>([
  ['an MP4', mp4({ created: JUNE }), 'video/mp4'],
  ['a QuickTime movie', mp4({ brand: 'qt  ', created: JUNE }), 'video/quicktime'],
  ['a phone video of old', mp4({ brand: '3gp4', created: JUNE }), 'video/3gpp'],
  ['an MP4 with its movie at the end', mp4({ movieLast: true, created: JUNE }), 'video/mp4'],
  ['an MP4 with long times', mp4({ long: true, created: JUNE }), 'video/mp4'],
  [
    'QuickTime without a brand',
    Buffer.concat([box('wide'), mp4({ created: JUNE }).subarray(ftyp('isom').length)]),
    'video/quicktime',
  ],
  ['a WebM', webm({ width: 1920, height: 1080, seconds: 4.5, created: JUNE }), 'video/webm'],
  [
    'a Matroska',
    webm({ docType: 'matroska', width: 1920, height: 1080, seconds: 4.5, created: JUNE }),
    'video/x-matroska',
  ],
])('%s is ready without renditions', async (_name, file, type) => {
  const { row, renditions } = await measured(file);
  expect(row).toMatchObject({ status: 'ready', type, width: 1920, height: 1080, duration: 4.5 });
  expect(row).toMatchObject({ takenAt: '2019-06-01T10:34:56Z', takenAtSource: 'container' });
  expect(row.failure).toBeUndefined();
  expect(row.placeholder).toBeUndefined();
  expect(renditions).toBeUndefined();
});

test.each<[Mp4Options['rotation'], number, number]>([
  [0, 1920, 1080],
  [90, 1080, 1920],
  [180, 1920, 1080],
  [270, 1080, 1920],
])('a video turned by %i degrees has the size it is seen in', async (rotation, width, height) => {
  for (const long of [false, true])
    expect((await measured(mp4({ rotation, long }))).row).toMatchObject({ width, height });
});

test.each<[string, WebmOptions, number, number]>([
  ['turned', { roll: 90 }, 360, 640],
  ['turned the other way', { roll: -90 }, 360, 640],
  ['with pixels that are not square', { display: [720, 360] }, 720, 360],
  ['as a browser records it', { streamed: true }, 640, 360],
])('a WebM %s has the size it is seen in', async (_name, options, width, height) => {
  expect((await measured(webm(options))).row).toMatchObject({ status: 'ready', width, height });
});

test('a WebM that says nothing of its length has none', async () => {
  const { row } = await measured(webm({ streamed: true }));
  expect(row.duration).toBeUndefined();
});

test('the time on the wall where it was recorded goes before the time in UTC', async () => {
  const keys = { creationdate: '2019-06-01T12:34:56+0200' };
  for (const brand of ['qt  ', 'isom']) {
    const { row } = await measured(mp4({ brand, created: JUNE, keys }));
    expect(row).toMatchObject({ takenAt: '2019-06-01T12:34:56+02:00', takenAtSource: 'container' });
  }
});

test('a phone’s video in UTC is dated by the clock that its name shows', async () => {
  const named = { name: 'VID_20190601_123452.mp4' };
  // Named after its first second, dated by its last.
  const { row } = await measured(mp4({ created: JUNE, seconds: 4.5 }), named);
  expect(row).toMatchObject({ takenAt: '2019-06-01T12:34:56+02:00', takenAtSource: 'container' });
});

test('a time that was never set is none', async () => {
  for (const created of [undefined, Date.UTC(1904, 0), Date.UTC(1970, 0)]) {
    const { row } = await measured(mp4({ created }));
    expect(row.takenAtSource).toBe('upload');
  }
  const { row } = await measured(webm({ created: Date.UTC(1970, 0) }));
  expect(row.takenAtSource).toBe('upload');
});

test.each<[string, Mp4Options]>([
  [
    'Apple',
    {
      brand: 'qt  ',
      keys: { 'location.ISO6709': '+48.8584+002.2945+035.000/', make: 'Apple', model: 'iPhone 15' },
    },
  ],
  ['Android', { user: { xyz: '+48.8584+002.2945/', mak: 'Apple', mod: 'iPhone 15' } }],
])('where and with what a video was recorded is read as %s writes it', async (_name, options) => {
  const { row } = await measured(mp4(options));
  expect(row.gps).toEqual({ latitude: 48.8584, longitude: 2.2945 });
  expect(row.camera).toBe('Apple iPhone 15');
});

/** A movie that says one thing more about itself, and the file around it. */
const mp4With = (said: Buffer, options: Mp4Options = {}): Buffer => {
  const plain = movie({ ...options, user: {} });
  return Buffer.concat([ftyp('isom'), box('moov', plain.subarray(8), box('udta', said))]);
};
const loci = (name: Buffer, longitude: number, latitude: number): Buffer =>
  box(
    'loci',
    u32(0),
    Buffer.from([0x15, 0xc7]),
    name,
    Buffer.from([0]),
    u32(...[longitude, latitude, 35].map((value) => Math.round(value * 0x10000) >>> 0)),
  );

test.each<[string, Buffer]>([
  ['without a name', Buffer.from('\0')],
  ['with a name', Buffer.from('Ushuaia, tierra del fuego\0')],
  ['with a name in UTF-16', Buffer.from('\xfe\xff\0U\x01\0\0a\0\0', 'latin1')],
])('the place of an older phone’s video is read %s', async (_name, name) => {
  const { row } = await measured(mp4With(loci(name, -68.303, -54.8019)));
  expect(row.gps?.latitude).toBeCloseTo(-54.8019, 4);
  expect(row.gps?.longitude).toBeCloseTo(-68.303, 4);
});

test.each<[string, Buffer]>([
  ['that is nowhere', loci(Buffer.from('\0'), 0, 0)],
  ['beyond the pole', loci(Buffer.from('\0'), 10, 95)],
  ['that is cut off', loci(Buffer.from('\0'), 10, 20).subarray(0, 20)],
  ['with a name without end', box('loci', Buffer.alloc(60, 0x55))],
  ['that is empty', box('loci')],
])('a place %s is none', async (_name, said) => {
  const { row } = await measured(mp4With(said));
  expect(row).toMatchObject({ status: 'ready' });
  expect(row.gps).toBeUndefined();
});

const XMP = Buffer.from(
  xmpPacket(
    alternatives('dc:title', 'Lighthouse') + bag('dc:subject', 'sea'),
    'exif:GPSLatitude="54,48.114S" exif:GPSLongitude="68,18.18W" xmp:Rating="4"',
  ),
);
const XMP_ID = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');

test.each<[string, Buffer]>([
  ['QuickTime', mp4With(box('XMP_', XMP))],
  ['MP4', Buffer.concat([mp4(), box('uuid', Buffer.alloc(16, 1), XMP), box('uuid', XMP_ID, XMP)])],
])('XMP in a video is read where %s has it', async (_name, file) => {
  const { row } = await measured(file);
  expect(row).toMatchObject({ status: 'ready', title: 'Lighthouse', keywords: ['sea'], rating: 4 });
  expect(row.gps).toEqual({ latitude: -54.8019, longitude: -68.303 });
});

test('what the container says of the place goes before its XMP, and broken XMP costs nothing', async () => {
  const before = await measured(
    Buffer.concat([mp4({ user: { xyz: '+48.8584+002.2945/' } }), box('uuid', XMP_ID, XMP)]),
  );
  expect(before.row.gps).toEqual({ latitude: 48.8584, longitude: 2.2945 });
  for (const broken of [Buffer.alloc(0), XMP.subarray(0, 300), Buffer.alloc(500, 0x3c)]) {
    const { row } = await measured(Buffer.concat([mp4({ created: JUNE }), box('uuid', XMP_ID, broken)]));
    expect(row).toMatchObject({ status: 'ready', duration: 4.5, takenAt: '2019-06-01T10:34:56Z' });
  }
});

describe('a video in fragments', () => {
  const fragment = Buffer.concat([box('moof', Buffer.alloc(100)), box('mdat', Buffer.alloc(500))]);
  const start = fragmentedMovie;
  const sidx = (long = false): Buffer =>
    fragmentIndex(
      [
        [fragment.length, 1500],
        [fragment.length, 1500],
      ],
      long,
    );

  test.each<[string, Buffer, number | undefined]>([
    ['in its header', Buffer.concat([start(box('mehd', u32(0, 2700))), fragment]), 4.5],
    ['in a long header', Buffer.concat([start(box('mehd', u32(0x0100_0000, 0, 2700))), fragment]), 4.5],
    ['in its index', Buffer.concat([start(), sidx(), fragment, fragment]), 3],
    ['in a long index', Buffer.concat([start(), sidx(true), fragment, fragment]), 3],
    ['nowhere', Buffer.concat([start(), fragment]), undefined],
    ['as unknown', Buffer.concat([start(box('mehd', u32(0, 0xffff_ffff))), fragment]), undefined],
    // One index for each few fragments: the first does not speak for all.
    ['in many indexes', Buffer.concat([start(), sidx(), fragment, fragment, sidx(), fragment]), undefined],
    ['in an index that is cut off', Buffer.concat([start(), sidx().subarray(0, 30)]), undefined],
    ['in an index without a clock', Buffer.concat([start(), box('sidx', Buffer.alloc(60))]), undefined],
  ])('has the duration that stands %s', async (_name, file, duration) => {
    const { row } = await measured(file);
    expect(row).toMatchObject({ status: 'ready', width: 1920, height: 1080 });
    expect(row.duration).toBe(duration);
  });

  test('of many gigabytes is not read fragment by fragment', async () => {
    const head = Buffer.concat([start(), sidx()]);
    let asked = 0;
    const source = new RangedSource(50_000_000_000, head, (from, length) => {
      asked += 1;
      const part = Buffer.alloc(length);
      // A fragment of a hundred megabytes, again and again.
      for (let at = 0; at + 8 <= length; at += 1)
        if ((from + at - head.length) % 100_000_000 === 0)
          Buffer.concat([u32(100_000_000), Buffer.from('moof')]).copy(part, at);
      return Promise.resolve(part);
    });
    expect(await openVideo(source)).toMatchObject({ size: { width: 1920, height: 1080 } });
    expect(asked).toBeLessThan(5);
  });
});

test.each([0, -5, Number.NaN, Infinity])(
  'a WebM of %d seconds does not know how long it is',
  async (seconds) => {
    const { row } = await measured(webm({ seconds }));
    expect(row).toMatchObject({ status: 'ready' });
    expect(row.duration).toBeUndefined();
  },
);

test('south and west are told from north and east', async () => {
  const { row } = await measured(mp4({ user: { xyz: '-54.8019-068.3030/' } }));
  expect(row.gps).toEqual({ latitude: -54.8019, longitude: -68.303 });
});

test.each(['+95.0000+002.2945/', 'somewhere', '+48.8584', ''])('%j is no place', async (xyz) => {
  expect((await measured(mp4({ user: { xyz } }))).row.gps).toBeUndefined();
});

test.each<[string, Buffer, string]>([
  ['an MP4 of sound only', mp4({ handler: 'soun' }), 'sound recording'],
  ['a WebM of sound only', webm({ sound: true }), 'sound recording'],
  ['an M4A', isoMedia('M4A ', 'mp42'), 'sound recording'],
])('%s is named and kept', async (_name, file, words) => {
  const { row } = await measured(file);
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'unsupported' } });
  expect(row.failure?.sentence).toContain(words);
});

/** `before` stands before each packet. */
const transportStream = (before: number, packets = 12): Buffer =>
  Buffer.concat(
    Array.from({ length: packets }, () =>
      Buffer.concat([Buffer.alloc(before, 1), Buffer.from('G'), Buffer.alloc(187, 0x55)]),
    ),
  );
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

test.each<[string, Buffer, string, string]>([
  ['an AVI', latin1('RIFF\0\0\0\0AVI LIST'), 'video/x-msvideo', 'an AVI video'],
  ['an MPEG program stream', latin1('\0\0\x01\xba\x44\0\0'), 'video/mpeg', 'an MPEG video'],
  ['a television recording', transportStream(0), 'video/mp2t', 'MPEG-TS'],
  ['a camcorder’s MTS', transportStream(4), 'video/mp2t', 'MPEG-TS'],
  [
    'a WMV',
    Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'),
    'video/x-ms-asf',
    'a Windows Media video',
  ],
  ['an FLV', latin1('FLV\x01\x05\0\0\0\x09'), 'video/x-flv', 'a Flash video'],
  ['a RealMedia', latin1('.RMF\0\0\0\x12'), 'application/vnd.rn-realmedia', 'a RealMedia video'],
  ['an Ogg', latin1(`OggS\0\x02${'\0'.repeat(22)}\x80theora`), 'video/ogg', 'an Ogg video'],
])('%s is said to be a video that cannot be played here', async (_name, file, type, words) => {
  const { row } = await measured(file);
  expect(row).toMatchObject({
    status: 'failed',
    type,
    width: 0,
    height: 0,
    failure: { code: 'unsupported' },
  });
  expect(row.failure?.sentence).toContain(words);
  expect(row.failure?.sentence).toContain('a kind of video that cannot be played here');
});

test('a text with some capital G in it is no video', async () => {
  for (const packets of [1, 3]) {
    const text = Buffer.concat([transportStream(0, packets), Buffer.from('Good morning. '.repeat(100))]);
    expect((await measured(text)).row.type).toBe('application/octet-stream');
  }
});

describe('a broken video is a row all the same', () => {
  const whole = mp4({ created: JUNE, keys: { creationdate: '2019-06-01T12:34:56+0200' } });

  test.each<[string, Buffer]>([
    ['an MP4 without its movie', Buffer.concat([mp4({ movieLast: true }).subarray(0, 3000)])],
    ['an MP4 that is only a head', isoMedia('isom', 'mp42')],
    ['an MP4 with an empty movie', Buffer.concat([ftyp('isom'), box('moov')])],
    ['an MP4 with a short header', Buffer.concat([ftyp('isom'), box('moov', box('mvhd', u32(0)))])],
    [
      'an MP4 with a box of negative size',
      Buffer.concat([ftyp('isom'), u32(1), Buffer.from('moov'), Buffer.alloc(8, 0xff)]),
    ],
    ['an MP4 with a box of four bytes', Buffer.concat([ftyp('isom'), u32(4), Buffer.from('moov')])],
    ['a WebM that is only a head', Buffer.from('\x1aE\xdf\xa3', 'latin1')],
    ['a WebM without tracks', Buffer.concat([element(0x1a45dfa3), element(0x18538067)])],
    ['a WebM of zeros', Buffer.concat([Buffer.from('\x1aE\xdf\xa3', 'latin1'), Buffer.alloc(5000)])],
    ['a WebM of ones', Buffer.concat([Buffer.from('\x1aE\xdf\xa3', 'latin1'), Buffer.alloc(5000, 0xff)])],
  ])('%s', async (_name, file) => {
    const { row } = await measured(file);
    expect(row.failure?.code).toMatch(/^(?:damaged|unsupported)$/);
  });

  test('an MP4 cut off anywhere', async () => {
    for (let at = 12; at < whole.length; at += 7) {
      const { row } = await measured(whole.subarray(0, at));
      expect(
        row.status === 'ready' || row.failure?.code === 'damaged' || row.failure?.code === 'unsupported',
      ).toBe(true);
    }
  });

  test('a WebM cut off anywhere', async () => {
    const file = webm({ seconds: 3, created: JUNE });
    for (let at = 4; at < file.length; at += 7) {
      const { row } = await measured(file.subarray(0, at));
      expect(
        row.status === 'ready' || row.failure?.code === 'damaged' || row.failure?.code === 'unsupported',
      ).toBe(true);
    }
  });

  test('an MP4 of a million empty boxes is not followed to its end', async () => {
    const boxes = Buffer.concat(Array.from({ length: 100_000 }, () => box('free')));
    const { row } = await measured(Buffer.concat([ftyp('isom'), boxes, movie()]));
    expect(row.failure?.code).toBe('damaged');
  });

  test('boxes within boxes within boxes are no staircase without end', async () => {
    let nested = box('trak');
    for (let depth = 0; depth < 5000; depth++) nested = box('moov', nested);
    const { row } = await measured(Buffer.concat([ftyp('isom'), nested]));
    expect(row.failure?.code).toBe('damaged');
  });
});

describe('a video of several gigabytes takes few reads', () => {
  /** Frames that are nowhere, with a movie behind them. */
  function sparse(head: Buffer, hole: number, tail: Buffer) {
    const bytes = head.length + hole + tail.length;
    const asked: number[] = [];
    const source = new RangedSource(bytes, Buffer.alloc(0), (start, length) => {
      asked.push(length);
      const part = Buffer.alloc(length);
      for (const [piece, at] of [
        [head, 0],
        [tail, head.length + hole],
      ] as const) {
        const from = Math.max(start, at);
        const to = Math.min(start + length, at + piece.length);
        if (from < to) piece.copy(part, from - start, from - at, to - at);
      }
      return Promise.resolve(part);
    });
    return { source, asked };
  }

  test('also when its movie is at the end', async () => {
    const hole = 5_000_000_000;
    const frames = Buffer.concat([
      u32(1),
      Buffer.from('mdat'),
      u32(Math.floor((hole + 16) / 2 ** 32), (hole + 16) >>> 0),
    ]);
    const head = Buffer.concat([ftyp('isom'), frames]);
    const { source, asked } = sparse(head, hole, movie({ created: JUNE, rotation: 90 }));
    expect(await sniff(source)).toMatchObject({ type: 'video/mp4' });
    expect(await openVideo(source)).toMatchObject({
      size: { width: 1080, height: 1920 },
      duration: 4.5,
      containerTime: '2019-06-01T10:34:56Z',
    });
    expect(asked.length).toBeLessThan(5);
    expect(asked.reduce((sum, length) => sum + length)).toBeLessThan(1_000_000);
  });

  test('also with many megabytes in its movie before what matters', async () => {
    const hole = 100_000_000;
    const before = movie({ created: JUNE }).subarray(8);
    const whole = movie({ created: JUNE, keys: { creationdate: '2019-06-01T12:34:56+0200' } }).subarray(8);
    const after = whole.subarray(before.length);
    const header = Buffer.concat([u32(8 + before.length + 8 + hole + after.length), Buffer.from('moov')]);
    const head = Buffer.concat([ftyp('isom'), header, before, u32(8 + hole), Buffer.from('free')]);
    const { source, asked } = sparse(head, hole, after);
    expect((await openVideo(source)).containerTime).toBe('2019-06-01T12:34:56+02:00');
    expect(asked.length).toBeLessThan(5);
  });
});

test('a store that fails while a video is read is no fault of the video', async () => {
  const source = new RangedSource(1000, Buffer.alloc(0), () => Promise.reject(new Error('SlowDown')));
  await expect(openVideo(source)).rejects.toThrow('SlowDown');
  expect(source.failure).toMatchObject({ message: 'SlowDown' });
});

test('a held video is read where it lies', async () => {
  expect((await openVideo(heldSource(mp4()))).size).toEqual({ width: 1920, height: 1080 });
});
