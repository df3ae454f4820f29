// WebAssembly that cannot take more memory than it is given: a module says itself how far it may grow, so that number is lowered.
// (https://webassembly.github.io/spec/core/binary/modules.html#memory-section)
import { readFile } from 'node:fs/promises';

const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;
const PAGE_BYTES = 65_536;

/** Compiles a module whose memory never exceeds `maxBytes`. */
export const compileBounded = async (file: string, maxBytes: number): Promise<WebAssembly.Module> =>
  WebAssembly.compile(Uint8Array.from(bounded(await readFile(file), Math.floor(maxBytes / PAGE_BYTES))));

/** The module with another upper limit of its memory, in pages. Throws for a module that has no memory of its own. */
export function bounded(module: Buffer, maxPages: number): Buffer {
  let at = 8;
  while (at < module.length) {
    const section = module.readUInt8(at);
    const [size, start] = number(module, at + 1);
    const end = start + size;
    if (section === MEMORY_SECTION) {
      const [, limits] = number(module, start);
      const [minPages] = number(module, limits + 1);
      if (minPages > maxPages) throw new RangeError(`the module needs ${minPages} pages of memory`);
      const memory = Buffer.from([1, HAS_MAXIMUM, ...leb(minPages), ...leb(maxPages)]);
      const head = Buffer.from([MEMORY_SECTION, ...leb(memory.length)]);
      return Buffer.concat([module.subarray(0, at), head, memory, module.subarray(end)]);
    }
    at = end;
  }
  throw new TypeError('the module has no memory');
}

/** A LEB128 number, and where it ends. */
function number(bytes: Buffer, start: number): [number, number] {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = bytes.readUInt8(at);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value >>> 0, at + 1];
  }
}

function leb(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...leb(value >>> 7)];
}
