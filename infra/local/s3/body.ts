// Reads a request's body into a file and compares it with everything the request says about it: length, signed hash,
// Content-MD5 and checksum, the last of which the SDK may send after the body (aws-chunked).
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { ALGORITHMS, isChecksum, startChecksum, type Checksum } from './checksums.ts';
import { invalidRequest, notImplemented, S3Error } from './errors.ts';

export interface Received {
  size: number;
  /** MD5 in hex, as S3 makes ETags of it. */
  etag: string;
  checksum?: Checksum;
}

const MAX_BYTES = 5 * 1024 ** 3;
const MAX_XML_BYTES = 2 ** 21;
const CHUNKED = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

const badDigest = (what: string): S3Error =>
  new S3Error(400, 'BadDigest', `The ${what} you specified did not match what we received.`);
const incomplete = (): S3Error =>
  new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');

/** Takes bytes from a stream line by line and piece by piece. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<Buffer> {
    const next = await this.#source.next();
    if (next.done) throw incomplete();
    return next.value;
  }

  async line(): Promise<string> {
    let end = this.#rest.indexOf('\r\n');
    while (end < 0) {
      if (this.#rest.length > 4096) throw invalidRequest('A line of the chunked body is too long.');
      this.#rest = Buffer.concat([this.#rest, await this.#more()]);
      end = this.#rest.indexOf('\r\n');
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }

  async *take(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0;) {
      if (this.#rest.length === 0) this.#rest = await this.#more();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Nothing may follow; having read to the very end, the connection is fit for its next request. */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || !(await this.#source.next()).done)
      throw invalidRequest('Something follows the last chunk.');
  }
}

async function* dechunk(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  for (;;) {
    const size = /^[0-9a-f]{1,8}$/i.exec(await reader.line());
    if (!size) throw invalidRequest('A chunk has no size.');
    const bytes = Number.parseInt(size[0], 16);
    if (bytes === 0) break;
    yield* reader.take(bytes);
    if ((await reader.line()) !== '') throw incomplete();
  }
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  await reader.end();
}

/** The one checksum that a set of headers names. */
function checksumIn(headers: ReadonlyMap<string, string>): Checksum | undefined {
  const named = [...headers.keys()].filter(
    (name) => name.startsWith('x-amz-checksum-') && !/-(?:algorithm|type|mode)$/.test(name),
  );
  if (named.length > 1) throw invalidRequest('Expecting a single x-amz-checksum- header.');
  const [name] = named;
  if (name === undefined) return undefined;
  const algorithm = ALGORITHMS.find((each) => name === `x-amz-checksum-${each}`);
  if (!algorithm) throw notImplemented(name);
  const checksum = { algorithm, value: headers.get(name) ?? '' };
  if (!isChecksum(checksum)) throw invalidRequest(`Value for ${name} header is invalid.`);
  return checksum;
}

/** The algorithm of a trailer that is to come. */
function announced(headers: ReadonlyMap<string, string>): Checksum['algorithm'] | undefined {
  const trailer = headers.get('x-amz-trailer');
  if (trailer === undefined) return undefined;
  const algorithm = ALGORITHMS.find((each) => trailer.toLowerCase() === `x-amz-checksum-${each}`);
  if (!algorithm) throw notImplemented(`the trailer ${trailer}`);
  return algorithm;
}

function lengthOf(headers: ReadonlyMap<string, string>, chunked: boolean): number {
  const text = headers.get(chunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined || !/^\d+$/.test(text))
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  const length = Number(text);
  if (length > MAX_BYTES)
    throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size');
  return length;
}

/** Receives the body chunk by chunk; throws, having read all or part of it, when anything does not match. */
export async function receive(
  request: IncomingMessage,
  headers: ReadonlyMap<string, string>,
  payload: string,
  write: (chunk: Buffer) => Promise<unknown> | undefined,
): Promise<Received> {
  const chunked = payload === CHUNKED;
  if (
    chunked !==
    (headers.get('content-encoding') ?? '').split(',').some((part) => part.trim() === 'aws-chunked')
  )
    throw invalidRequest('Content-Encoding aws-chunked and the signed payload must go together.');
  const length = lengthOf(headers, chunked);
  const trailers = new Map<string, string>();
  const given = checksumIn(headers);
  const algorithm = given?.algorithm ?? announced(headers);
  if (algorithm === undefined && headers.has('x-amz-sdk-checksum-algorithm'))
    throw invalidRequest('x-amz-sdk-checksum-algorithm specified, but no corresponding checksum was sent.');

  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  const signed = /^[0-9a-f]{64}$/.test(payload);
  const running = algorithm && startChecksum(algorithm);
  let size = 0;
  // The response is still to be written when a check fails, so the connection has to stay.
  const source: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of chunked ? dechunk(source, trailers) : source) {
    size += chunk.length;
    if (size > length) throw incomplete();
    md5.update(chunk);
    if (signed) sha256.update(chunk);
    running?.update(chunk);
    await write(chunk);
  }
  if (size !== length) throw incomplete();
  const digest = md5.digest();
  if (signed && sha256.digest('hex') !== payload)
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  const contentMd5 = headers.get('content-md5');
  if (contentMd5 !== undefined && contentMd5 !== digest.toString('base64')) throw badDigest('Content-MD5');
  const expected = given ?? checksumIn(trailers);
  if (expected?.algorithm !== algorithm) throw invalidRequest('The announced trailer did not come.');
  if (expected && expected.value !== running?.value()) throw badDigest(expected.algorithm.toUpperCase());
  return { size, etag: digest.toString('hex'), ...(expected ? { checksum: expected } : {}) };
}

/** Receives a body that is XML: all of it, where it is not too much. */
export async function receiveText(
  request: IncomingMessage,
  headers: ReadonlyMap<string, string>,
  payload: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  await receive(request, headers, payload, (chunk) => {
    size += chunk.length;
    if (size > MAX_XML_BYTES) throw new S3Error(400, 'MalformedXML', 'The XML you provided is too long.');
    chunks.push(chunk);
    return undefined;
  });
  return Buffer.concat(chunks).toString();
}

/** Writes all of a chunk: a file handle may take less at a time. */
export async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
}
