// Just enough of the ICC profile format to tell whether a profile is plain sRGB.

const HEADER_BYTES = 128;

/** Whether the profile calls itself sRGB; browsers show a picture without a profile in just these colors. */
export function isSrgbProfile(icc: Buffer): boolean {
  if (icc.length < HEADER_BYTES + 4) return false;
  const tags = Math.min(icc.readUInt32BE(HEADER_BYTES), 100);
  for (let tag = 0; tag < tags; tag++) {
    const at = HEADER_BYTES + 4 + tag * 12;
    if (at + 12 > icc.length) return false;
    if (icc.toString('latin1', at, at + 4) !== 'desc') continue;
    const start = icc.readUInt32BE(at + 4);
    // The description is ASCII in version 2 and UTF-16 in version 4: without its zero bytes it reads the same.
    const description = icc.toString('latin1', start, start + icc.readUInt32BE(at + 8)).replaceAll('\0', '');
    return description.includes('sRGB');
  }
  return false;
}
