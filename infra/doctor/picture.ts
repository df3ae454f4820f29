// A small photo that nobody else has: a PNG of a gradient, with some chance in its colors.
import { createHash, randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { PhotoId } from '../../src/schema/ids.ts';

const WIDTH = 640;
const HEIGHT = 480;

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

export function makePicture(): { bytes: Buffer; photoId: PhotoId } {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits a color, red, green and blue; as it comes, unfiltered and not interlaced.
  header.set([8, 2, 0, 0, 0], 8);
  const [red = 0, green = 0] = randomBytes(2);
  const rows = Buffer.alloc((WIDTH * 3 + 1) * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      rows.set([(red + x) & 255, (green + y) & 255, (x * y) & 255], y * (WIDTH * 3 + 1) + 1 + x * 3);
    }
  }
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), Buffer.from(randomBytes(16).toString('hex'))])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { bytes, photoId: createHash('sha256').update(bytes).digest('base64url') as PhotoId };
}
