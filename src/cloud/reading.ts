// SHA-256 of blobs that fit into memory, all of them read into the same. What `arrayBuffer` gives is new each time and stays until the
// browser sweeps: hundreds of megabytes of a large file. Readers that put the bytes right where they are wanted (`byob`) take half the
// time, but Chromium 156 was seen to leave one without an answer for good.

/** Memory grows by doubling from here on, so that little is left behind. */
const LEAST = 2 ** 20;

export class Digester {
  #memory = new Uint8Array(0);
  #last: Promise<unknown> = Promise.resolve();

  /** One after the other. Fails with a DOMException where the blob cannot be read (any more), or with the signal's reason. */
  digestOf(blob: Blob, signal?: AbortSignal): Promise<Uint8Array> {
    const digest = this.#last.then(async () => {
      signal?.throwIfAborted();
      return new Uint8Array(await crypto.subtle.digest('SHA-256', await this.#read(blob)));
    });
    this.#last = digest.catch(() => undefined);
    return digest;
  }

  async #read(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#memory.length < blob.size) {
      const size = Math.max(LEAST, 2 ** Math.ceil(Math.log2(blob.size)));
      this.#memory = new Uint8Array(size);
    }
    const bytes = this.#memory.subarray(0, blob.size);
    const reader = blob.stream().getReader();
    let at = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (at + piece.value.length > blob.size) throw changed();
      bytes.set(piece.value, at);
      at += piece.value.length;
    }
    if (at < blob.size) throw changed();
    return bytes;
  }
}

/** Browsers break off by themselves where a file is not what it was; that is not taken on trust. */
const changed = (): DOMException => new DOMException('The file is not as it was.', 'NotReadableError');
