// Reads a zip as programs do: from the directory at its end, Zip64 included, and each entry from where the directory says it is.

export interface ZipEntry {
  name: string;
  method: number;
  crc: number;
  /** Wall-clock time, two seconds exact. */
  date: string;
  content: Uint8Array;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const FULL = 0xffffffff;

const two = (n: number): string => String(n).padStart(2, '0');

export function entriesOf(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));
  const end = bytes.length - 22;
  if (u32(end) !== END) throw new Error('no zip, or one with a comment');
  let count = u16(end + 10);
  let at = u32(end + 16);
  if (count === 0xffff || at === FULL) {
    const end64 = u64(end - 20 + 8);
    if (u32(end64) !== END64) throw new Error('no Zip64 end');
    count = u64(end64 + 32);
    at = u64(end64 + 48);
  }
  return Array.from({ length: count }, () => {
    if (u32(at) !== DIRECTORY) throw new Error(`no directory entry at ${at}`);
    const [method, time, day, crc] = [u16(at + 10), u16(at + 12), u16(at + 14), u32(at + 16)];
    const [size, nameLength, extraLength] = [u32(at + 24), u16(at + 28), u16(at + 30)];
    const local = u32(at + 42);
    const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
    const name = new TextDecoder('utf-8', { fatal: true }).decode(nameBytes);
    if (u32(local) !== LOCAL) throw new Error(`no entry at ${local}`);
    if (Buffer.compare(bytes.subarray(local + 30, local + 30 + nameLength), nameBytes) !== 0)
      throw new Error(`${name} is called otherwise where it is`);
    const begin = local + 30 + u16(local + 26) + u16(local + 28);
    at += 46 + nameLength + extraLength + u16(at + 32);
    const date = `${(day >> 9) + 1980}-${two((day >> 5) & 15)}-${two(day & 31)}`;
    const clock = `${two(time >> 11)}:${two((time >> 5) & 63)}:${two((time & 31) * 2)}`;
    return { name, method, crc, date: `${date}T${clock}`, content: bytes.subarray(begin, begin + size) };
  });
}
