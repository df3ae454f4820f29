// Whether a GIF, WebP or PNG moves: by counting its frames up to the second, without decoding any.
// (https://www.w3.org/Graphics/GIF/spec-gif89a.txt, https://developers.google.com/speed/webp/docs/riff_container,
// https://www.w3.org/TR/png-3/#apng-frame-based-animation)

/** False for formats that do not move this way, and where a file breaks off before its second frame. */
export function isAnimated(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('GIF8')) return gifFrames(bytes) > 1;
  if (head.startsWith('\x89PNG')) return pngFrames(bytes) > 1;
  return head.startsWith('RIFF') && head.endsWith('WEBP') && webpFrames(bytes) > 1;
}

const [EXTENSION, IMAGE] = [0x21, 0x2c];

/** Counts to 2. */
function gifFrames(bytes: Buffer): number {
  /** Of a color table, by the byte that announces it. */
  const tableBytes = (at: number): number => {
    const packed = bytes[at] ?? 0;
    return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0;
  };
  let frames = 0;
  for (let at = 13 + tableBytes(10); frames < 2;) {
    if (bytes[at] === IMAGE) {
      // A frame of which only the head is there is none.
      at += 10 + tableBytes(at + 9) + 1;
      if (at >= bytes.length) break;
      frames += 1;
    } else if (bytes[at] === EXTENSION) at += 2;
    else break;
    // Blocks, each led by its length; one of length 0 is the last.
    while (bytes[at]) at += (bytes[at] ?? 0) + 1;
    at += 1;
  }
  return frames;
}

function pngFrames(bytes: Buffer): number {
  for (let at = 8; at + 12 <= bytes.length;) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'acTL') return bytes.readUInt32BE(at + 8);
    if (type === 'IDAT') break;
    at += 12 + bytes.readUInt32BE(at);
  }
  return 1;
}

/** Counts to 2. */
function webpFrames(bytes: Buffer): number {
  let frames = 0;
  for (let at = 12; at + 8 <= bytes.length && frames < 2;) {
    if (bytes.toString('latin1', at, at + 4) === 'ANMF') frames += 1;
    const length = bytes.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return frames;
}
