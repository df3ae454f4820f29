// Answers compressed as CloudFront compresses them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSED = /^(?:text\/|application\/(?:json|wasm|manifest)|image\/svg)/;
/** CloudFront compresses from 1,000 bytes on, and up to 10 MB. */
const LEAST = 1000;
const MOST = 10_000_000;

export interface Body {
  plain: Buffer;
  br?: Buffer;
  gzip?: Buffer;
}

/** The bytes to send, and the headers that say how they are compressed; what was compressed once is kept in `body`. */
export function encodedFor(
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  body: Body,
): Buffer {
  if (!COMPRESSED.test(type) || body.plain.length < LEAST || body.plain.length > MOST) return body.plain;
  response.appendHeader('Vary', 'Accept-Encoding');
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (/\bbr\b/.test(accepted)) {
    body.br ??= brotliCompressSync(body.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
    response.setHeader('Content-Encoding', 'br');
    return body.br;
  }
  if (/\bgzip\b/.test(accepted)) {
    body.gzip ??= gzipSync(body.plain);
    response.setHeader('Content-Encoding', 'gzip');
    return body.gzip;
  }
  return body.plain;
}
