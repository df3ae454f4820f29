// Decodes HEIC with libheif, in the decoding thread: pixels upright, cropped and mirrored as the file asks, with its color profile.
// (The functions: https://github.com/strukturag/libheif/tree/v1.23.2/libheif/api/libheif)
import libheif from 'libheif-js/libheif-wasm/libheif.js';
import { tooManyPixels, tooMuchMemory } from './decoder-refusal.ts';
import { isHdr, profileOf } from './formats/nclx.ts';
import { tiffHeader } from './formats/tiff-carrier.ts';
import { straighten } from './opacity.ts';

export interface HeifPicture {
  /** The whole picture as sharp reads it. */
  tiff: Uint8Array<ArrayBuffer>;
  /** Whether its light goes beyond white. */
  hdr: boolean;
  /** Whether tiles are missing. */
  cutShort: boolean;
}

/** What libheif holds for a pixel, as measured: 8 bytes for photos as phones make them, and these are well below 900 MB. */
const MAX_PIXELS = 110_000_000;
const MAX_PROFILE_BYTES = 4_000_000;

// As heif_colorspace, heif_chroma, heif_channel, heif_error_code and heif_suberror_code number them.
const RGB = 1;
const INTERLEAVED_RGB = 10;
const INTERLEAVED_RGBA = 11;
const INTERLEAVED = 10;
const OUT_OF_MEMORY = 6;
const SECURITY_LIMIT = 1000;
const COLORS_DIFFER = 152;

/** Where functions put what they return: an error of three words, and one word more. */
const RESULT_BYTES = 16;
const ERROR_BYTES = 12;

export class HeifDecoder {
  readonly memory: WebAssembly.Memory;
  readonly #lib: ReturnType<typeof libheif>;
  readonly #result: number;

  constructor(module: WebAssembly.Module) {
    let memory: unknown;
    let failure: unknown;
    this.#lib = libheif({
      instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) {
        let instance: WebAssembly.Instance;
        try {
          instance = new WebAssembly.Instance(module, imports);
        } catch (error) {
          // Thrown here it would end the thread, as a promise's that nobody waits for.
          failure = error;
          return {};
        }
        memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
        receive(instance);
        return instance.exports;
      },
      // What it has to say of a broken file is said by the error.
      print() {},
      printErr() {},
    });
    if (!(memory instanceof WebAssembly.Memory)) throw failure ?? new TypeError('libheif shows no memory');
    this.memory = memory;
    this.#result = this.#room(RESULT_BYTES);
  }

  /** Throws a Refusal, or any other error for what libheif cannot read; this object is of no use then. */
  decode(file: Uint8Array): HeifPicture {
    const lib = this.#lib;
    const at = this.#room(file.length);
    this.#bytes(at, file.length).set(file);
    const context = lib._heif_context_alloc();
    this.#call((out) => lib._heif_context_read_from_memory_without_copy(out, context, at, file.length, 0));
    const handle = this.#get((out, got) => lib._heif_context_get_primary_image_handle(out, context, got));
    const picture = this.#decodeImage(handle);
    lib._heif_image_handle_release(handle);
    lib._heif_context_free(context);
    lib._free(at);
    return picture;
  }

  #decodeImage(handle: number): HeifPicture {
    const lib = this.#lib;
    const width = lib._heif_image_handle_get_width(handle);
    const height = lib._heif_image_handle_get_height(handle);
    if (!(width * height <= MAX_PIXELS)) throw tooManyPixels(width, height);
    const { profile, hdr } = this.#colors(handle);
    const hasAlpha = lib._heif_image_handle_has_alpha_channel(handle) !== 0;
    const chroma = hasAlpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
    const image = this.#get((out, got) => lib._heif_decode_image(out, handle, got, RGB, chroma, 0));
    const cutShort = this.#lacksTiles(image);
    const channels = hasAlpha ? 4 : 3;
    const { tiff, pixels } = this.#tiffOf(image, channels, profile);
    if (lib._heif_image_is_premultiplied_alpha(image)) straighten(pixels);
    if (cutShort) fadeMissing(pixels, channels);
    lib._heif_image_release(image);
    return { tiff, hdr, cutShort };
  }

  /** libheif also warns of what harms nobody, such as colors that two places in a file name differently. */
  #lacksTiles(image: number): boolean {
    const lib = this.#lib;
    const count = lib._heif_image_get_decoding_warnings(image, 0, 0, 0);
    if (count === 0) return false;
    const at = this.#room(count * ERROR_BYTES);
    lib._heif_image_get_decoding_warnings(image, 0, at, count);
    const words = new Uint32Array(this.memory.buffer, at, (count * ERROR_BYTES) / 4);
    const subcodes = Array.from({ length: count }, (_, warning) => words[warning * 3 + 1]);
    lib._free(at);
    return subcodes.some((subcode) => subcode !== COLORS_DIFFER);
  }

  #tiffOf(image: number, channels: 3 | 4, profile: Uint8Array | undefined) {
    const lib = this.#lib;
    // As it was decoded, whatever the file's header had promised.
    const width = lib._heif_image_get_width(image, INTERLEAVED);
    const height = lib._heif_image_get_height(image, INTERLEAVED);
    const plane = lib._heif_image_get_plane_readonly2(image, INTERLEAVED, this.#result);
    const lineBytes = this.#word(0);
    if (!(width > 0 && height > 0 && plane > 0)) throw new TypeError('libheif gave no pixels');
    const header = tiffHeader({ width, height, channels, profile });
    const tiff = new Uint8Array(header.length + width * height * channels);
    tiff.set(header);
    for (let y = 0, at = header.length; y < height; y++, at += width * channels) {
      tiff.set(this.#bytes(plane + y * lineBytes, width * channels), at);
    }
    return { tiff, pixels: tiff.subarray(header.length) };
  }

  /** A profile in the file says more than numbers do; libheif itself minds only what the numbers say of brightness and color difference. */
  #colors(handle: number): { profile?: Uint8Array; hdr: boolean } {
    const lib = this.#lib;
    const nclx = this.#nclxOf(handle);
    const hdr = nclx !== undefined && isHdr(nclx);
    const size = lib._heif_image_handle_get_raw_color_profile_size(handle);
    if (size === 0 || size > MAX_PROFILE_BYTES) return { profile: nclx && profileOf(nclx), hdr };
    const at = this.#room(size);
    this.#call((out) => lib._heif_image_handle_get_raw_color_profile(out, handle, at));
    const profile = this.#bytes(at, size).slice();
    lib._free(at);
    return { profile, hdr };
  }

  #nclxOf(handle: number) {
    const lib = this.#lib;
    lib._heif_image_handle_get_nclx_color_profile(this.#result, handle, this.#result + ERROR_BYTES);
    if (this.#word(0) !== 0) return undefined;
    const at = this.#word(3);
    const [, primaries = 0, transfer = 0] = new Uint32Array(this.memory.buffer, at, 3);
    lib._heif_nclx_color_profile_free(at);
    return { primaries, transfer };
  }

  /** Calls a function that returns an error by pointer, as all may that can fail. */
  #call(work: (out: number) => void): void {
    work(this.#result);
    const [code, subcode] = [this.#word(0), this.#word(1)];
    if (code === OUT_OF_MEMORY || subcode === SECURITY_LIMIT) throw tooMuchMemory();
    if (code !== 0) throw new Error(`libheif: error ${code}.${subcode}, ${this.#text(this.#word(2))}`);
  }

  /** Calls a function that returns a pointer besides. */
  #get(work: (out: number, got: number) => void): number {
    this.#call((out) => work(out, out + ERROR_BYTES));
    return this.#word(3);
  }

  /** The buffer is another one whenever memory has grown. */
  #bytes = (at: number, length: number): Uint8Array => new Uint8Array(this.memory.buffer, at, length);
  #word = (index: number): number =>
    new DataView(this.memory.buffer).getUint32(this.#result + index * 4, true);

  #text(at: number): string {
    const bytes = new Uint8Array(this.memory.buffer, at);
    return Buffer.from(bytes.subarray(0, Math.min(bytes.indexOf(0), 300))).toString('utf8');
  }

  #room(bytes: number): number {
    const at = this.#lib._malloc(bytes);
    if (at === 0) throw tooMuchMemory();
    return at;
  }
}

/** Tiles that cannot be decoded have no brightness and no color difference, which is a loud green: they become gray. */
function fadeMissing(pixels: Uint8Array, channels: 3 | 4): void {
  for (let at = 0; at + channels <= pixels.length; at += channels) {
    const green = pixels[at + 1] ?? 0;
    if (pixels[at] === 0 && pixels[at + 2] === 0 && green > 125 && green < 145) pixels.fill(128, at, at + 3);
  }
}
