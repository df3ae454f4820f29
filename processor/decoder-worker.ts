// The thread that decoder.ts starts: takes one file after another, and answers with what a decoder made of it.
import { parentPort } from 'node:worker_threads';
import { HeifDecoder, type HeifPicture } from './decoder-heif.ts';
import { JxlDecoder, type JxlPicture } from './decoder-jxl.ts';
import { Refusal, tooMuchMemory } from './decoder-refusal.ts';

export interface Answers {
  heif: HeifPicture;
  jxl: JxlPicture;
}
export type Codec = keyof Answers;

export interface Job {
  codec: Codec;
  file: Uint8Array;
  module: WebAssembly.Module;
}

/** `damaged` and `tooLarge` say why, in a few words. */
export type Answer =
  | { decoded: Answers[Codec]; /** Of the decoder's own memory. */ memoryBytes: number }
  | { damaged: string }
  /** The decoder itself cannot be brought up; the file is not to blame. */
  | { unready: string }
  | { tooLarge: string };

interface CodecDecoder {
  readonly memory: WebAssembly.Memory;
  decode(file: Uint8Array): Answers[Codec];
}

const MAKE: Readonly<Record<Codec, (module: WebAssembly.Module) => CodecDecoder>> = {
  heif: (module) => new HeifDecoder(module),
  jxl: (module) => new JxlDecoder(module),
};
const decoders = new Map<Codec, CodecDecoder>();

function answer({ codec, file, module }: Job): Answer {
  let decoder = decoders.get(codec);
  try {
    decoder ??= MAKE[codec](module);
  } catch (error) {
    return { unready: String(error) };
  }
  decoders.set(codec, decoder);
  try {
    const decoded = decoder.decode(file);
    return { decoded, memoryBytes: decoder.memory.buffer.byteLength };
  } catch (error) {
    if (error instanceof Refusal) return { tooLarge: error.message };
    // A decoder that gets no more memory may just crash.
    if (isFull(decoder.memory)) return { tooLarge: tooMuchMemory().message };
    return { damaged: String(error) };
  }
}

const FULL_PAGES = 1024;

function isFull(memory: WebAssembly.Memory): boolean {
  try {
    memory.grow(FULL_PAGES);
    return false;
  } catch {
    return true;
  }
}

parentPort?.on('message', (job: Job) => {
  const answered = answer(job);
  const buffers = 'decoded' in answered ? buffersOf(answered.decoded) : [];
  parentPort?.postMessage(answered, buffers);
});

const buffersOf = (decoded: Answers[Codec]): ArrayBuffer[] =>
  'tiff' in decoded ? [decoded.tiff.buffer] : decoded.strips.map(({ buffer }) => buffer);

// That all of this could be loaded: from here on it is a file's fault when the thread ends.
parentPort?.postMessage('ready');
