// Tells a camera's raw photo from a TIFF picture: both begin alike, so the tags of the first directory decide.

const NEW_SUBFILE_TYPE = 0x00fe;
const COMPRESSION = 0x0103;
const DNG_VERSION = 0xc612;
/** Nikon, Sony, Samsung, Pentax. */
const RAW_COMPRESSIONS: ReadonlyMap<number, string> = new Map([
  [34713, 'Nikon'],
  [32767, 'Sony'],
  [32769, 'Samsung'],
  [32770, 'Samsung'],
  [65535, 'Pentax'],
]);
/** Real TIFF pictures have a few dozen tags. */
const MAX_TAGS = 500;

/** What kind of raw photo this is; undefined for a TIFF picture, and for one whose first directory is out of reach. */
export function rawPhotoOf(bytes: Buffer): string | undefined {
  const little = bytes[0] === 0x49;
  const u16 = (at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  // 43 is BigTIFF, which no camera writes.
  if (bytes.length < 8 || u16(2) !== 42) return undefined;
  const directory = u32(4);
  if (directory + 2 > bytes.length) return undefined;
  const tags = Math.min(u16(directory), MAX_TAGS);
  for (let tag = 0; tag < tags; tag++) {
    const at = directory + 2 + tag * 12;
    if (at + 12 > bytes.length) return undefined;
    const id = u16(at);
    if (id === DNG_VERSION) return 'DNG';
    // A reduced-resolution picture as the first one is a preview of what follows.
    if (id === NEW_SUBFILE_TYPE && (u32(at + 8) & 1) === 1) return 'of a camera';
    if (id === COMPRESSION && RAW_COMPRESSIONS.has(u16(at + 8))) return RAW_COMPRESSIONS.get(u16(at + 8));
  }
  return undefined;
}
