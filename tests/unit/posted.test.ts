// A posted form is read as it comes in: every byte of every file, wherever the network cuts, and nothing of what is no such form.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { postedFiles, TooMuch } from '../../src/upload/posted.ts';

const BOUNDS = { files: 100, bytes: 2 ** 30 };
const TYPE = 'multipart/form-data; boundary=XX';

/** The same bytes in pieces of these sizes, again and again. */
function inPieces(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[turn++ % sizes.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

const of = (text: string, sizes: readonly number[] = [7]) => inPieces(new TextEncoder().encode(text), sizes);
const part = (disposition: string, content: string, more = ''): string =>
  `--XX\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n${content}\r\n`;
const read = (text: string, bounds = BOUNDS) => postedFiles(of(text), TYPE, 'photos', bounds);

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // What looks like the end of a part, and is not.
  fc
    .array(fc.constantFrom('\r', '\n', '\r\n', '--', '\r\n--', '\r\n------WebKitForm', 'x'), {
      maxLength: 40,
    })
    .map((some) => new TextEncoder().encode(some.join(''))),
);

test('what was posted is what is read, wherever it is cut', async () => {
  const file = fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((name) => name.toWellFormed()),
    bytes: content,
    type: fc.constantFrom('image/jpeg', 'video/mp4'),
    field: fc.constantFrom('photos', 'photos', 'title'),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 6 }), sizes, async (files, cuts) => {
      const form = new FormData();
      form.append('text', 'not a file');
      for (const { name, bytes, type, field } of files)
        form.append(field, new File([bytes as BlobPart], name, { type }));
      const response = new Response(form);
      const bytes = new Uint8Array(await response.clone().arrayBuffer());
      const found = await postedFiles(
        inPieces(bytes, cuts),
        response.headers.get('content-type') ?? '',
        'photos',
        BOUNDS,
      );
      const wanted = files.filter(({ field }) => field === 'photos');
      expect(found.map(({ type }) => type)).toEqual(wanted.map(({ type }) => type));
      expect(found.map(({ name }) => name.replaceAll(/[\r\n]/g, ''))).toEqual(
        wanted.map(({ name }) => name.replaceAll(/[\r\n]/g, '')),
      );
      const contents = await Promise.all(found.map(async (one) => new Uint8Array(await one.arrayBuffer())));
      expect(contents).toEqual(wanted.map((one) => new Uint8Array(one.bytes)));
    }),
  );
});

test('a large file arrives whole', async () => {
  const bytes = Uint8Array.from({ length: 9 * 2 ** 20 + 5 }, (_, i) => (i * 31) % 251);
  const form = new FormData();
  form.append('photos', new File([bytes], 'film.mp4'));
  const { body, headers } = new Response(form);
  if (!body) throw new Error('there is no body');
  const [film] = await postedFiles(body, headers.get('content-type') ?? '', 'photos', BOUNDS);
  if (!film) throw new Error('there is no film');
  expect(film.size).toBe(bytes.length);
  expect(Buffer.from(await film.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
});

test('a form that ends early, or is none, is refused', async () => {
  const whole = `${part('name="photos"; filename="a.jpg"', 'abc')}--XX--\r\n`;
  expect(await read(whole)).toHaveLength(1);
  expect(await read(whole.slice(0, -2))).toHaveLength(1);
  for (const cut of [0, 3, 20, 60, whole.length - 8, whole.length - 4])
    await expect(read(whole.slice(0, cut))).rejects.toThrow(TypeError);
  await expect(read(`${part('name="photos"; filename="a.jpg"', 'abc')}--XXYZ`)).rejects.toThrow(TypeError);
  await expect(read(`--XX\r\n${'x'.repeat(20_000)}`)).rejects.toThrow(TypeError);
  for (const type of ['', 'text/plain', 'multipart/form-data', 'multipart/mixed; boundary=XX'])
    await expect(postedFiles(of(whole), type, 'photos', BOUNDS)).rejects.toThrow(TypeError);
});

test('what has no name is no file, and a form without files has none', async () => {
  expect(await read('--XX--')).toEqual([]);
  expect(await read(`${part('name="photos"; filename=""', '')}--XX--`)).toEqual([]);
  expect(await read(`${part('name="photos"', 'a text')}--XX--`)).toEqual([]);
  const [quoted] = await read(`${part('name="photos"; filename="a%22b.jpg"', '')}--XX--`);
  expect([quoted?.name, quoted?.size]).toEqual(['a"b.jpg', 0]);
  const [lines] = await read(`${part('name="photos"; filename="a\u2028content-type: b.jpg"', 'abc')}--XX--`);
  expect(lines?.name).toBe('a\u2028content-type: b.jpg');
});

test('beyond its bounds a form is not read on', async () => {
  const two = `${part('name="photos"; filename="a"', 'abc')}${part('name="photos"; filename="b"', 'defg')}--XX--`;
  expect(await read(two, { files: 2, bytes: 7 })).toHaveLength(2);
  await expect(read(two, { files: 1, bytes: 7 })).rejects.toThrow(TooMuch);
  await expect(read(two, { files: 2, bytes: 6 })).rejects.toThrow(TooMuch);
});
