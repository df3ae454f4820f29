// Ids and S3 keys: what is built is read back the same, and nothing else is taken for one, however close.
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeEventKey } from '../../infra/s3-event.ts';
import {
  checksumOfPhotoId,
  fromBase64,
  isIdentityId,
  isPhotoId,
  photoIdOfDigest,
  toBase64,
} from '../../src/schema/ids.ts';
import {
  decodeEventKey,
  friendSharePrefix,
  indexPrefix,
  LINK_CLASSES,
  linkSharePrefix,
  originalKey,
  originalPrefix,
  parseOriginalKey,
  parseRenditionKey,
  parseWishKey,
  renditionKey,
  renditionPrefix,
  RENDITIONS,
  wishKey,
  wishPrefix,
} from '../../src/schema/keys.ts';
import { identityId, photoId } from './schema-arbitraries.ts';
import { hostile } from './schema-hostile.ts';

const rendition = fc.constantFrom(...RENDITIONS);
/** One character more, less or other than it should be. */
const nearly = (key: fc.Arbitrary<string>) =>
  fc
    .tuple(key, fc.nat(), fc.string({ unit: 'binary', maxLength: 1 }), fc.nat(1))
    .map(([text, at, put, cut]) => {
      const place = at % (text.length + 1);
      return { text, changed: text.slice(0, place) + put + text.slice(place + cut) };
    })
    .filter(({ text, changed }) => text !== changed)
    .map(({ changed }) => changed);

test('a photo id is the SHA-256 as base64url, and its checksum the same in base64', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const sha256 = createHash('sha256').update(bytes).digest();
      const id = photoIdOfDigest(sha256);
      expect(id).toBe(sha256.toString('base64url'));
      expect(isPhotoId(id)).toBe(true);
      expect(checksumOfPhotoId(id)).toBe(sha256.toString('base64'));
    }),
  );
});

test('a digest of any other length is a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      fc.pre(bytes.length !== 32);
      expect(() => photoIdOfDigest(bytes)).toThrow(RangeError);
    }),
  );
});

test('only one text stands for a digest: no photo has two ids', () => {
  const canonical = (text: string): string | undefined => {
    const bytes = isPhotoId(text) ? fromBase64(checksumOfPhotoId(text)) : undefined;
    return bytes && photoIdOfDigest(bytes);
  };
  fc.assert(
    fc.property(fc.oneof(photoId, nearly(photoId)), (text) => {
      expect(canonical(text)).toBe(isPhotoId(text) ? text : undefined);
    }),
  );
});

test('base64 goes both ways, and what is none is undefined', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(fromBase64(text)?.length ?? 0).toBeLessThanOrEqual((text.length / 4) * 3);
    }),
  );
});

test('whatever is no id is not taken for one', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      expect(isIdentityId(value) || isPhotoId(value)).toBe(false);
    }),
  );
  for (const text of ['us-east-1:', 'us-east-1:*', 'eu-west-1:00000000-0000-0000-0000-00000000000G'])
    expect(isIdentityId(text)).toBe(false);
  for (const text of [`${'A'.repeat(43)}\n`, 'A'.repeat(42), `${'A'.repeat(42)}B`, `${'A'.repeat(42)}=`])
    expect(isPhotoId(text)).toBe(false);
});

test('keys are read back as they were built', () => {
  fc.assert(
    fc.property(identityId, photoId, rendition, (owner, id, kind) => {
      expect(parseOriginalKey(originalKey(owner, id))).toEqual({ owner, photoId: id });
      expect(parseWishKey(wishKey(owner, id))).toEqual({ owner, photoId: id });
      expect(parseRenditionKey(renditionKey(owner, id, kind))).toEqual({
        owner,
        photoId: id,
        rendition: kind,
      });
    }),
  );
});

test('text that is read as a key is the key that would be built', () => {
  const close = fc.oneof(
    nearly(fc.tuple(identityId, photoId).map((parts) => originalKey(...parts))),
    nearly(fc.tuple(identityId, photoId).map((parts) => wishKey(...parts))),
    nearly(fc.tuple(identityId, photoId, rendition).map((parts) => renditionKey(...parts))),
    fc.string({ unit: 'binary' }),
  );
  const rebuilt = (text: string): string => {
    const original = parseOriginalKey(text);
    const made = parseRenditionKey(text);
    const wished = parseWishKey(text);
    if (wished) return wishKey(wished.owner, wished.photoId);
    if (original) return originalKey(original.owner, original.photoId);
    return made ? renditionKey(made.owner, made.photoId, made.rendition) : text;
  };
  fc.assert(
    fc.property(close, (text) => void expect(rebuilt(text)).toBe(text)),
    { numRuns: 1000 },
  );
});

test('no prefix of one owner contains a key of another', () => {
  fc.assert(
    fc.property(identityId, identityId, photoId, (me, you, id) => {
      fc.pre(me !== you);
      const prefixes = [
        ...[originalPrefix, renditionPrefix, indexPrefix, friendSharePrefix, wishPrefix].map((build) =>
          build(me),
        ),
        ...LINK_CLASSES.map((kind) => linkSharePrefix(me, kind)),
      ];
      const keys = [
        originalKey(you, id),
        renditionKey(you, id, 'thumb'),
        wishKey(you, id),
        `${friendSharePrefix(you)}manifest.json`,
      ];
      for (const prefix of prefixes) {
        expect(prefix.endsWith('/')).toBe(true);
        for (const key of keys) expect(key.startsWith(prefix)).toBe(false);
      }
    }),
  );
});

test('a key comes out of an event as it went in', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('a b', 'a+b', '100%', '%2B', '../up', '🙂'),
  );
  fc.assert(fc.property(texts, (key) => void expect(decodeEventKey(encodeEventKey(key))).toBe(key)));
});

test('a key that cannot be decoded is undefined, and none throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeEventKey(text)));
  for (const text of ['%', '%zz', '%ff', '%c3%28']) expect(decodeEventKey(text)).toBeUndefined();
});
