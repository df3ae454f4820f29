// How often a JPEG refines its picture. A decoder does it all before the first line comes out, and nothing can stop it on the way:
// a file of a megabyte may ask for a thousand scans over all its pixels. (ITU-T T.81, B.2.3:
// https://www.w3.org/Graphics/JPEG/itu-t81.pdf)

const START_OF_SCAN = Buffer.from([0xff, 0xda]);
const MAX_COMPONENTS = 4;

/**
 * Counts every header of a scan, wherever it stands: a decoder in trouble looks for the next one in places where a well-behaved file
 * has none. Those of thumbnails count too, and are few.
 */
export function scansOf(jpeg: Buffer): number {
  let scans = 0;
  for (let at = jpeg.indexOf(START_OF_SCAN); at >= 0; at = jpeg.indexOf(START_OF_SCAN, at + 2)) {
    if (at + 5 > jpeg.length) break;
    const components = jpeg.readUInt8(at + 4);
    const fits = jpeg.readUInt16BE(at + 2) === 6 + 2 * components;
    if (fits && components >= 1 && components <= MAX_COMPONENTS) scans++;
  }
  return scans;
}
