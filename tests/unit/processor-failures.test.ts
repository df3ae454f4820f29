// Files that cannot be shown: each becomes a failed row with a code and a sentence, and none gets a decoder it should not.
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { measure } from '../../processor/measure.ts';
import { photoIdOfDigest } from '../../src/schema/ids.ts';
import { RENDITIONS } from '../../src/schema/keys.ts';
import { parsePhotoRow } from '../../src/schema/photo.ts';
import { processRecord } from '../../processor/process.ts';
import { MAX_HELD_BYTES } from '../../processor/source.ts';
import { identity, isoMedia, jpeg, photo, photoIdOf, pngOfSize } from '../fixtures.ts';
import { MemoryStores, originalOf } from '../memory-stores.ts';

let whole: Buffer;
beforeAll(async () => {
  whole = await jpeg({ width: 400, height: 300 });
});

async function outcomeOf(content: Buffer, photoId = photoIdOf(content)) {
  const stores = new MemoryStores();
  const key = { owner: identity(), photoId };
  await processRecord(stores.upload(key, content), { stores, now: stores.now, log: () => {} });
  const row = parsePhotoRow(stores.row(key));
  if (!row || !('status' in row)) throw new Error('no row of a photo');
  return { row, renditions: stores.renditions.size, originals: stores.originals.size };
}

const text = (content: string): Buffer => Buffer.from(content, 'latin1');

test.each<[string, Buffer, string, string]>([
  ['JPEG 2000', text('\0\0\0\x0cjP  \r\n\x87\n'), 'image/jp2', 'JPEG 2000'],
  ['a raw photo without a preview', text('FUJIFILMCCD-RAW 0201'), 'image/x-fuji-raf', 'without a preview'],
  [
    'SVG',
    text('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
    'image/svg+xml',
    'SVG',
  ],
  ['SVG with a prolog', text('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><svg/>'), 'image/svg+xml', 'SVG'],
  [
    'SVG with an entity',
    text('<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'),
    'image/svg+xml',
    'SVG',
  ],
  ['PDF', text('%PDF-1.7\n'), 'application/pdf', 'PDF'],
  ['HTML', text('<!DOCTYPE html><script>alert(1)</script>'), 'text/html', 'web page'],
  ['BMP', text('BM\x46\0\0\0\0\0\0\0'), 'image/bmp', 'BMP'],
  ['ZIP', text('PK\x03\x04'), 'application/zip', 'ZIP'],
  ['SVG behind many comments', text(`${'<!---->'.repeat(500)}<svg/>`), 'image/svg+xml', 'SVG'],
  [
    'comments without end',
    text('<!---->'.repeat(2000)),
    'application/octet-stream',
    'a file of an unknown kind',
  ],
  ['plain text', text('hello'), 'application/octet-stream', 'a file of an unknown kind'],
  ['a single byte', text('\xff'), 'application/octet-stream', 'a file of an unknown kind'],
  ['a song', text('ID3\x04\0\0'), 'audio/mpeg', 'a sound recording'],
  ['an Ogg of sound only', text(`OggS\0\x02${'\0'.repeat(22)}\x01vorbis`), 'audio/ogg', 'a sound recording'],
])('%s is named in plain words and not decoded', async (_name, content, type, words) => {
  const { row, ...kept } = await outcomeOf(content);
  expect(row).toMatchObject({
    status: 'failed',
    type,
    width: 0,
    height: 0,
    failure: { code: 'unsupported' },
  });
  expect(row.failure?.sentence).toContain(words);
  expect(kept).toEqual({ renditions: 0, originals: 1 });
});

test('an empty file is said to be empty', async () => {
  const { row } = await outcomeOf(Buffer.alloc(0));
  expect(row).toMatchObject({ status: 'failed', bytes: 0, failure: { code: 'empty' } });
});

test.each<[string, () => Buffer | Promise<Buffer>]>([
  ['a JPEG cut off in its header', () => whole.subarray(0, 100)],
  ['a JPEG of rubbish', () => Buffer.concat([whole.subarray(0, 300), Buffer.alloc(5000, 0x55)])],
  ['a PNG cut off', async () => (await photo({ format: 'png', width: 200, height: 200 })).subarray(0, 2000)],
  ['a WebP cut off', async () => (await photo({ format: 'webp', width: 200, height: 200 })).subarray(0, 500)],
  ['an AVIF that is only a head', () => isoMedia('avif', 'mif1', 'miaf')],
  ['a HEIC that is only a head', () => isoMedia('heic', 'mif1', 'heic')],
  ['a HEIC by its compatible brand that is only a head', () => isoMedia('mif1', 'mif1', 'heic')],
  ['a GIF that is only a head', () => text('GIF89a')],
  ['a TIFF without a directory', () => text('II*\0\xff\xff\xff\0')],
  ['an AVIF brand around an empty file', () => isoMedia('avif')],
  ['a JPEG head before HTML', () => text('\xff\xd8\xff<html><script>alert(1)</script>')],
])('%s is damaged', async (_name, content) => {
  const { row, ...kept } = await outcomeOf(await content());
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'damaged' } });
  expect(kept).toEqual({ renditions: 0, originals: 1 });
});

test('a picture of 60,000 x 60,000 pixels is refused by its header alone', async () => {
  const { row } = await outcomeOf(pngOfSize(60_000, 60_000));
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'too-large' } });
  expect(row.failure?.sentence).toContain('3600 million pixels');
});

test('a picture that has to be decoded whole is refused when memory would not do', async () => {
  const { row } = await outcomeOf(pngOfSize(15_000, 15_000, true));
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'too-large' } });
  const { row: lineByLine } = await outcomeOf(pngOfSize(15_000, 15_000));
  expect(lineByLine).toMatchObject({ status: 'failed', failure: { code: 'damaged' } });
});

test('a file too large to hold is hashed as it passes and then refused', async () => {
  const megabyte = Buffer.from('\xff\xd8\xff'.padEnd(1_000_000, 'x'), 'latin1');
  const pieces = MAX_HELD_BYTES / megabyte.length + 1;
  const hash = createHash('sha256');
  for (let piece = 0; piece < pieces; piece++) hash.update(megabyte);
  const { measured, renditions } = await measure(
    photoIdOfDigest(hash.digest()),
    originalOf(megabyte, {
      bytes: megabyte.length * pieces,
      body: (async function* () {
        for (let piece = 0; piece < pieces; piece++) yield megabyte;
      })(),
    }),
    { now: Date.now(), warn: () => {} },
  );
  expect(measured).toMatchObject({ status: 'failed', type: 'image/jpeg', failure: { code: 'too-large' } });
  expect(renditions).toBeUndefined();
});

test('bytes that are not those of the photo id are refused, and renditions of that id are removed', async () => {
  const { row, renditions } = await outcomeOf(whole, photoIdOf(text('other')));
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'hash-mismatch' } });
  expect(renditions).toBe(0);
});

test('a failed photo that is put right is ready again, without a trace of the failure', async () => {
  const stores = new MemoryStores();
  const key = { owner: identity(), photoId: photoIdOf(whole) };
  const dependencies = { stores, now: stores.now, log: () => {} };
  await processRecord(stores.upload(key, text('wrong')), dependencies);
  expect(stores.row(key)).toMatchObject({ status: 'failed' });
  stores.remove(key);
  await processRecord(stores.upload(key, whole), dependencies);
  expect(stores.row(key)).toMatchObject({ status: 'ready' });
  expect(stores.row(key)).not.toHaveProperty('failure');
  expect(stores.renditions.size).toBe(RENDITIONS.length);
});

test('libvips itself refuses what is not on the list, should anything slip through', async () => {
  await expect(
    sharp(text('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')).toBuffer(),
  ).rejects.toThrow('unsupported image format');
});
