// How often a JPEG refines its picture. A decoder does it all before the first line comes out, and nothing can stop it on the way:
// a file of a megabyte may ask for a thousand scans over all its pixels. (ITU-T T.81, annex B:
// https://www.w3.org/Graphics/JPEG/itu-t81.pdf)

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** Without contents: a byte of data that looks like a marker, and the marks and restarts within a scan. */
const isBare = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Counts up to the end of the picture; what follows it, such as a video, is not looked at. */
export function scansOf(jpeg: Buffer): number {
  let scans = 0;
  for (let at = jpeg.indexOf(0xff); at >= 0 && at + 4 <= jpeg.length; at = jpeg.indexOf(0xff, at)) {
    const marker = jpeg.readUInt8(at + 1);
    if (marker === END_OF_IMAGE) break;
    if (marker === START_OF_SCAN) scans++;
    if (marker === 0xff) at += 1;
    else at += isBare(marker) ? 2 : 2 + jpeg.readUInt16BE(at + 2);
  }
  return scans;
}
