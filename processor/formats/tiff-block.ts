// Writes a TIFF block with a few tags: metadata that stands elsewhere in a file, in the shape that the reader of metadata knows.

/** A tag's number, and its value: text, bytes, or fractions as numbers. */
export type TagValue = readonly [number, string | Buffer | readonly number[]];

const BYTES = 1;
const TEXT = 2;
const LONG = 4;
const FRACTION = 5;
const DENOMINATOR = 1_000_000;
const HEADER_BYTES = 8;

interface Field {
  id: number;
  type: number;
  count: number;
  bytes: Buffer;
}

function fieldOf([id, value]: TagValue): Field {
  if (typeof value === 'string') {
    const bytes = Buffer.from(`${value}\0`);
    return { id, type: TEXT, count: bytes.length, bytes };
  }
  if (Buffer.isBuffer(value)) return { id, type: BYTES, count: value.length, bytes: value };
  const bytes = Buffer.alloc(value.length * 8);
  for (const [index, number] of value.entries()) {
    bytes.writeUInt32BE(Math.round(number * DENOMINATOR), index * 8);
    bytes.writeUInt32BE(DENOMINATOR, index * 8 + 4);
  }
  return { id, type: FRACTION, count: value.length, bytes };
}

/** Big-endian; `linked` are directories of their own behind a tag, as GPS is behind 0x8825. Fractions below 4,000, please. */
export function tiffBlock(
  tags: readonly TagValue[],
  linked: ReadonlyMap<number, readonly TagValue[]> = new Map(),
): Buffer {
  const header = Buffer.from('MM\0\x2a\0\0\0\x08', 'latin1');
  const links: Field[] = [...linked.keys()].map((id) => ({
    id,
    type: LONG,
    count: 1,
    bytes: Buffer.alloc(4),
  }));
  const blocks = [header, directory([...tags.map(fieldOf), ...links], HEADER_BYTES)];
  let end = header.length + (blocks[1]?.length ?? 0);
  for (const [index, values] of [...linked.values()].entries()) {
    links[index]?.bytes.writeUInt32BE(end);
    const block = directory(values.map(fieldOf), end);
    blocks.push(block);
    end += block.length;
  }
  blocks[1] = directory([...tags.map(fieldOf), ...links], HEADER_BYTES);
  return Buffer.concat(blocks);
}

/** A directory that will stand at `at`, followed by the values that do not fit into it. */
function directory(fields: readonly Field[], at: number): Buffer {
  const sorted = fields.toSorted((a, b) => a.id - b.id);
  const head = Buffer.alloc(2 + sorted.length * 12 + 4);
  head.writeUInt16BE(sorted.length, 0);
  const values: Buffer[] = [];
  let end = at + head.length;
  for (const [index, { id, type, count, bytes }] of sorted.entries()) {
    const entry = 2 + index * 12;
    head.writeUInt16BE(id, entry);
    head.writeUInt16BE(type, entry + 2);
    head.writeUInt32BE(count, entry + 4);
    if (bytes.length <= 4) {
      head.set(bytes, entry + 8);
      continue;
    }
    head.writeUInt32BE(end, entry + 8);
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    values.push(padded);
    end += padded.length;
  }
  return Buffer.concat([head, ...values]);
}
