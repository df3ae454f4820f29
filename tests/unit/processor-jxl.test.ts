// JPEG XL: decoded upright and in its own colors, in stripes that fit together; what is wrong with a file does no harm.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { bounded } from '../../processor/wasm.ts';
import { fixture } from '../heif-builders.ts';
import { B, G, measured, near, quartersOf, R, UPRIGHT, W } from '../quarters.ts';

const PLAIN = [R, G, B, W];

async function shown(bytes: Buffer) {
  const { measured: row, renditions } = await measured(bytes);
  if (!renditions) throw new Error(`failed: ${row.failure?.code} ${row.failure?.sentence}`);
  return { row, ...renditions };
}

test.each(UPRIGHT)(
  'a JPEG of orientation %i that was turned into JPEG XL is upright',
  async (orientation, expected) => {
    const { row, view } = await shown(fixture(`orientation-${orientation}.jxl`));
    const [width, height] = orientation < 5 ? [160, 80] : [80, 160];
    expect(row).toMatchObject({ status: 'ready', type: 'image/jxl', width, height });
    expect(row.flags).toBeUndefined();
    expect(await quartersOf(view)).toSatisfy(near(expected));
  },
);

test('EXIF that was compressed along with the picture is read', async () => {
  const { row } = await shown(fixture('orientation-6.jxl'));
  expect(row).toMatchObject({ takenAt: '2019-06-01T12:34:56', takenAtSource: 'exif' });
});

test('a large picture is put together from stripes', async () => {
  const { row, view } = await shown(fixture('big.jxl'));
  expect(row).toMatchObject({ width: 2600, height: 2000 });
  expect(await quartersOf(view)).toSatisfy(near(PLAIN, 6));
  const { data, info } = await sharp(view).raw().toBuffer({ resolveWithObject: true });
  // Down a line in the left half: one color up to the middle, the other below, and nothing in between that does not belong.
  const reds = Array.from({ length: info.height }, (_, y) => data[(y * info.width + 200) * 3] ?? 0);
  const middle = Math.round(info.height / 2);
  expect(reds.slice(0, middle - 4).every((red) => Math.abs(red - R[0]) < 6)).toBe(true);
  expect(reds.slice(middle + 4).every((red) => Math.abs(red - B[0]) < 6)).toBe(true);
});

test.each(['p3.jxl', 'named-p3.jxl'])(
  'Display P3 comes through, by profile or by numbers: %s',
  async (name) => {
    const { view, thumb } = await shown(fixture(name));
    expect(await quartersOf(thumb)).toSatisfy(near(PLAIN, 20));
    expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(PLAIN, 20));
    expect(await quartersOf(view)).not.toSatisfy(near(PLAIN, 20));
  },
);

test('light beyond white is flagged, and pressed together', async () => {
  const { row, view } = await shown(fixture('pq.jxl'));
  expect(row.flags).toEqual(['hdr']);
  const [, , , white] = await quartersOf(view, { asSeen: true });
  expect(Math.min(...(white ?? []))).toBeGreaterThan(225);
});

test('transparency is kept', async () => {
  const { view } = await shown(fixture('alpha.jxl'));
  const quarters = await quartersOf(view);
  expect(quarters.map(([, , , alpha = 0]) => alpha > 192)).toEqual([true, false, true, false]);
  expect(quarters.map((color) => color.slice(0, 3))).toSatisfy(near(PLAIN));
});

test('a grey picture stays grey', async () => {
  const { view } = await shown(fixture('grey.jxl'));
  for (const [red = 0, green = 0, blue = 0] of await quartersOf(view)) {
    expect(Math.max(Math.abs(red - green), Math.abs(red - blue))).toBeLessThan(4);
  }
});

test('of a picture that moves the first frame is shown, and it is flagged', async () => {
  const { row, view } = await shown(fixture('moves.jxl'));
  expect(row).toMatchObject({ width: 20, height: 10, flags: ['animated'] });
  expect(await quartersOf(view)).toSatisfy(near(PLAIN.map(() => [255, 0, 0])));
});

test('a picture that ends early is shown as far as it goes, with a note', async () => {
  const whole = fixture('big.jxl');
  const { row } = await shown(whole.subarray(0, whole.length - 200));
  expect(row).toMatchObject({ status: 'ready', width: 2600, height: 2000, note: 'cut-short' });
});

test.each<[string, string, Buffer]>([
  ['that is only a signature', 'damaged', Buffer.from('\xff\x0a\xfa\x7f', 'latin1')],
  ['that is only a box', 'damaged', Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1')],
  ['cut off in its header', 'damaged', fixture('alpha.jxl').subarray(0, 40)],
  ['of rubbish', 'damaged', Buffer.concat([fixture('alpha.jxl').subarray(0, 60), Buffer.alloc(3000, 0x55)])],
  ['of 108 million pixels', 'too-large', fixture('huge.jxl')],
  ['that claims to have 2^30 x 2^30 pixels', 'too-large', hugeHeader()],
])('a JPEG XL %s is %s', async (_name, code, bytes) => {
  const { measured: row, renditions } = await measured(bytes);
  expect(row).toMatchObject({ status: 'failed', type: 'image/jxl', failure: { code } });
  expect(renditions).toBeUndefined();
});

test('a module in WebAssembly gets no more memory than it is given', async () => {
  // (module (memory 1) (export "memory" (memory 0)))
  const module = Buffer.from('0061736d010000000503010001070a01066d656d6f72790200', 'hex');
  const grow = async (bytes: Buffer, pages: number): Promise<number> => {
    const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes));
    const memory = instance.exports['memory'];
    if (!(memory instanceof WebAssembly.Memory)) throw new TypeError('no memory');
    return memory.grow(pages);
  };
  expect(await grow(module, 100)).toBe(1);
  expect(await grow(bounded(module, 300), 299)).toBe(1);
  await expect(grow(bounded(module, 300), 300)).rejects.toThrow(RangeError);
  expect(() => bounded(module, 0)).toThrow(RangeError);
  expect(() => bounded(module.subarray(0, 8), 10)).toThrow(TypeError);
});

/** The least that says how large a picture is: SizeHeader in its longest form. (ISO/IEC 18181-1, D.2) */
function hugeHeader(): Buffer {
  // Bits from the lowest of each byte on: div8 = 0, height by U32 selector 3 (30 bits, plus 1), ratio = 0, width likewise.
  const bits = [
    0,
    1,
    1,
    ...Array.from({ length: 30 }, () => 1),
    0,
    0,
    0,
    1,
    1,
    ...Array.from({ length: 30 }, () => 1),
    1,
  ];
  const bytes = Buffer.alloc(64);
  bytes.set([0xff, 0x0a]);
  for (const [index, bit] of bits.entries()) {
    const at = 2 + (index >> 3);
    bytes[at] = (bytes[at] ?? 0) | (bit << (index & 7));
  }
  return bytes;
}
