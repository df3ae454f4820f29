// Numbers and boxes as files have them, for the builders of test files.

/** One byte each. */
export const u8 = (...values: number[]): Buffer => Buffer.from(values);

/** Big-endian, two bytes each. */
export function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, index * 2);
  return bytes;
}

/** Big-endian, four bytes each. */
export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

/** Little-endian, two bytes each. */
export const le16 = (...values: number[]): Buffer => u16(...values).swap16();

/** Little-endian, four bytes each. */
export const le32 = (...values: number[]): Buffer => u32(...values).swap32();

/** A box of the ISO base media format: its length, its type, and what is in it. */
export function box(type: string, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([u32(8 + content.length), Buffer.from(type, 'latin1'), content]);
}
