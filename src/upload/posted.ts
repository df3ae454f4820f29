// The files of a posted form, read as they come in: the browser's own reader would hold each of them in memory, whole, and films are large.
// https://www.rfc-editor.org/rfc/rfc7578, and names as in https://html.spec.whatwg.org/#multipart-form-data

/** So much of a file is in memory at once: then the browser has it as a piece, which it may put on the disk. */
const PIECE_BYTES = 4 * 2 ** 20;
/** More than any part's own lines take. */
const HEAD_BYTES = 16_384;

const CRLF = '\r\n';
const CARRIAGE_RETURN = 13;

export class TooMuch extends Error {
  override name = 'TooMuch';
}

interface Bounds {
  files: number;
  bytes: number;
}

/** Those that were posted under one name. Fails with a TypeError at what is no such form, or ends early; with TooMuch beyond the bounds. */
export async function postedFiles(
  body: ReadableStream<Uint8Array>,
  contentType: string,
  field: string,
  bounds: Bounds,
): Promise<File[]> {
  const boundary = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
  if (!/^multipart\/form-data\b/i.test(contentType) || !boundary) throw new TypeError('no form was posted');
  const delimiter = bytesOf(`${CRLF}--${boundary[1] ?? boundary[2] ?? ''}`);
  const input = new Input(body.getReader());
  const files: File[] = [];
  let left = bounds.bytes;
  await input.skip(delimiter);
  for (let after = await input.text(2); after !== '--'; after = await input.text(2)) {
    if (after !== CRLF) throw new TypeError('the form is not as it should be');
    const part = partOf(await input.head());
    if (part.field !== field || !part.name) {
      await input.skip(delimiter);
      continue;
    }
    if (files.length === bounds.files) throw new TooMuch();
    const pieces = new Pieces();
    await input.until(delimiter, (some) => {
      left -= some.length;
      if (left < 0) throw new TooMuch();
      pieces.add(some);
    });
    files.push(new File(pieces.all(), part.name, { type: part.type }));
  }
  return files;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a part says of itself. */
function partOf(head: string): { field: string | undefined; name: string | undefined; type: string } {
  // By lines as the form has them: names may have what regular expressions take for the end of one.
  const lines = head.split(CRLF);
  const line = (name: string): string => lines.find((one) => one.toLowerCase().startsWith(`${name}:`)) ?? '';
  const disposition = line('content-disposition');
  const quoted = (name: string): string | undefined =>
    new RegExp(`;\\s*${name}="([^"]*)"`, 'i')
      .exec(disposition)?.[1]
      ?.replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%22', '"');
  const type = /:\s*(\S+)/.exec(line('content-type'))?.[1] ?? '';
  return { field: quoted('name'), name: quoted('filename'), type };
}

class Pieces {
  readonly #pieces: Blob[] = [];
  #some: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  add(some: Uint8Array): void {
    // A copy: what was read is soon gone, or larger than what is wanted of it.
    this.#some.push(some.slice());
    this.#bytes += some.length;
    if (this.#bytes >= PIECE_BYTES) this.#close();
  }

  all(): Blob[] {
    this.#close();
    return this.#pieces;
  }

  #close(): void {
    if (this.#bytes > 0) this.#pieces.push(new Blob(this.#some));
    this.#some = [];
    this.#bytes = 0;
  }
}

class Input {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Read and not used yet; the first delimiter may have no line before it. */
  #held = bytesOf(CRLF);

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  /** Gives all there is before a mark, as it comes, and goes on behind that. */
  async until(mark: Uint8Array, take: (some: Uint8Array) => void): Promise<void> {
    for (;;) {
      const at = indexIn(this.#held, mark);
      // The end of what is held may be the beginning of the mark.
      const sure = at < 0 ? Math.max(0, this.#held.length - mark.length + 1) : at;
      if (sure > 0) take(this.#held.subarray(0, sure));
      this.#held = this.#held.subarray(at < 0 ? sure : at + mark.length);
      if (at >= 0) return;
      await this.#more();
    }
  }

  skip(mark: Uint8Array): Promise<void> {
    return this.until(mark, () => {});
  }

  /** So many bytes, as text. */
  async text(count: number): Promise<string> {
    while (this.#held.length < count) await this.#more();
    const text = new TextDecoder().decode(this.#held.subarray(0, count));
    this.#held = this.#held.subarray(count);
    return text;
  }

  /** The lines of a part before its bytes. */
  async head(): Promise<string> {
    const some: Uint8Array[] = [];
    let bytes = 0;
    await this.until(bytesOf(CRLF + CRLF), (more) => {
      bytes += more.length;
      if (bytes > HEAD_BYTES) throw new TypeError('a part of the form has no end to its head');
      some.push(more.slice());
    });
    return new TextDecoder().decode(await new Blob(some as BlobPart[]).arrayBuffer());
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#reader.read();
    if (done) throw new TypeError('the form ends early');
    const joined = new Uint8Array(this.#held.length + value.length);
    joined.set(this.#held);
    joined.set(value, this.#held.length);
    this.#held = joined;
  }
}

/** Marks begin with a carriage return, which browsers find fast. */
function indexIn(bytes: Uint8Array, mark: Uint8Array): number {
  const last = bytes.length - mark.length;
  for (
    let at = bytes.indexOf(CARRIAGE_RETURN);
    at >= 0 && at <= last;
    at = bytes.indexOf(CARRIAGE_RETURN, at + 1)
  )
    if (mark.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}
