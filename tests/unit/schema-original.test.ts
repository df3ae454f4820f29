// What an upload says about its file: fits into S3's 2 kB, comes back as it was, and is harmless whoever wrote it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildOriginalMetadata, cleanName, parseOriginalMetadata } from '../../src/schema/original.ts';
import { instantOf } from '../../src/schema/time.ts';
import { milliseconds } from './schema-arbitraries.ts';
import { hostile, spoiled } from './schema-hostile.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 3000, size: 'max' });
const file = fc.record(
  { name: anyText, path: anyText, lastModified: fc.oneof(fc.double(), milliseconds) },
  { requiredKeys: ['name'] },
);
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

test('a name and a path of ordinary length come back as they were', () => {
  const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(cleanName);
  fc.assert(
    fc.property(
      plain,
      fc.array(plain, { minLength: 1, maxLength: 3 }),
      milliseconds,
      (name, parts, modified) => {
        const path = parts.join('/');
        fc.pre(modified > 0 && encodeURIComponent(path).length < 900);
        const metadata = buildOriginalMetadata({ name, path, lastModified: modified });
        expect(parseOriginalMetadata(metadata)).toEqual({ name, path, lastModified: instantOf(modified) });
      },
    ),
  );
});

test('metadata are ASCII and below 2 kB, whatever the file is called', () => {
  fc.assert(
    fc.property(file, (from) => {
      const entries = Object.entries(buildOriginalMetadata(from));
      for (const [, value] of entries) expect(value).toMatch(/^[!-~]+$/);
      expect(entries.flat().join('').length).toBeLessThan(2048);
    }),
  );
});

test('what was built is read without a loss on the second time round', () => {
  fc.assert(
    fc.property(file, (from) => {
      const read = parseOriginalMetadata(buildOriginalMetadata(from));
      const { lastModified, ...rest } = read;
      const again = { ...rest, ...(lastModified ? { lastModified: Date.parse(lastModified) } : {}) };
      expect(parseOriginalMetadata(buildOriginalMetadata(again))).toEqual(read);
    }),
  );
});

test('a long name keeps its ending', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 900, maxLength: 1500 }), (long) => {
      const { name } = parseOriginalMetadata(buildOriginalMetadata({ name: `x${long}.jpeg` }));
      expect(name.endsWith('.jpeg')).toBe(true);
    }),
  );
});

test('a name is never empty, never a way up, and without signs that turn or hide text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = cleanName(text);
      expect(name).not.toMatch(CONTROL);
      expect(name).not.toMatch(/[/\\]|^\s|\s$|^\.{0,2}$/u);
      expect(cleanName(name)).toBe(name);
    }),
  );
  expect(cleanName('photo\u061c\u202egpj.exe')).toBe('photogpj.exe');
  expect(cleanName('../../etc/passwd')).toBe('.._.._etc_passwd');
  for (const name of ['', ' ', '.', '..', '\u202e', '\0']) expect(cleanName(name)).toBe('photo');
});

test('metadata that somebody else wrote are read without throwing, into clean text only', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, spoiled(file.map(buildOriginalMetadata))), (metadata) => {
      const { name, path, lastModified, ...more } = parseOriginalMetadata(metadata);
      expect(more).toEqual({});
      expect(name).not.toMatch(CONTROL);
      expect(name.length).toBeGreaterThan(0);
      for (const part of path?.split('/') ?? []) expect(cleanName(part)).toBe(part);
      expect(lastModified && instantOf(Date.parse(lastModified))).toBe(lastModified);
    }),
  );
});
