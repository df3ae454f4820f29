// Names of files that are brought out: whatever a photo or an album is called, every system takes it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSystem } from '../../src/schema/system-files.ts';
import { marked, safeName, Taken } from '../../src/takeout/safe-names.ts';

test.each([
  ['IMG_1.jpg', 'IMG_1.jpg'],
  ['a/b\\c:d*e?f"g<h>i|j.jpg', 'a_b_c_d_e_f_g_h_i_j.jpg'],
  ['con', '_con'],
  ['Lpt1.jpg', '_Lpt1.jpg'],
  ['console.jpg', 'console.jpg'],
  ['.hidden.jpg', '_.hidden.jpg'],
  ['Thumbs.db', '_Thumbs.db'],
  ['Ende. . .', 'Ende'],
  ['...', 'photo'],
  ['', 'photo'],
  ['  \u202Egpj.exe\u0000', 'gpj.exe'],
  ['e\u0301.jpg', 'é.jpg'],
])('%j is called %j', (text, name) => {
  expect(safeName(text)).toBe(name);
});

test('a long name is cut at a whole character, and keeps its ending', () => {
  const name = safeName(`${'😀'.repeat(200)}.jpeg`);
  expect(name).toMatch(/^(?:😀)+\.jpeg$/u);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(180);
});

test('whatever text there is, its name is one part of a path, short enough, seen, and safe to be made safe again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const name = safeName(text);
      expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}]|[. ]$/u);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(181);
      expect([name === '', isSystem(name)]).toEqual([false, false]);
      expect(name.isWellFormed()).toBe(true);
      expect(safeName(name)).toBe(name);
    }),
  );
});

test('names that differ by case or accents alone, or that a sidecar has, are not taken twice', () => {
  const taken = new Taken();
  taken.add('Été.jpg');
  for (const name of ['été.JPG', 'E\u0301te\u0301.jpg', 'ÉTÉ.jpg.json']) expect(taken.has(name)).toBe(true);
  expect(taken.has('Été.png')).toBe(false);
  taken.add('x.json');
  expect(taken.has('x')).toBe(true);
  expect(marked('a.b.jpg', '1a2b')).toBe('a.b-1a2b.jpg');
  expect(marked('a', '1a2b')).toBe('a-1a2b');
});
