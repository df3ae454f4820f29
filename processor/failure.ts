// Why a photo cannot be shown, as a value for its row. Every other error is thrown on, so that Lambda tries again.
import type { Failure, FailureCode } from '../src/schema/photo.ts';

/** Thrown where a photo turns out to be one that cannot be shown, however often it is tried. */
export class Unshowable extends Error {
  readonly code: FailureCode;
  constructor(code: FailureCode, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = 'Unshowable';
    this.code = code;
  }

  get failure(): Failure {
    return { code: this.code, sentence: this.message };
  }
}

/** Thrown where something of the processor itself is missing or cannot be started: no fault of the photo, so it is tried again. */
export class Unready extends Error {
  constructor(what: string, cause: unknown) {
    super(what, { cause });
    this.name = 'Unready';
  }
}

export const empty = (): Unshowable => new Unshowable('empty', 'The file is empty.');

export const unsupported = (kind: string): Unshowable =>
  new Unshowable('unsupported', `This is ${kind}, which Shoebox cannot show. The original is kept.`);

export const unplayable = (kind: string): Unshowable =>
  new Unshowable(
    'unsupported',
    `This is ${kind}, a kind of video that cannot be played here. The original is kept.`,
  );

export const damaged = (cause: unknown): Unshowable =>
  new Unshowable('damaged', 'The picture is damaged and cannot be decoded. The original is kept.', cause);

/** The file is, whatever is in it. */
export const tooManyBytes = (bytes: number): Unshowable =>
  tooLarge(`the file has ${Math.round(bytes / 1e6)} MB`);

export const tooLarge = (what: string): Unshowable =>
  new Unshowable('too-large', `The picture is too large to be shown: ${what}. The original is kept.`);

export const tooSlow = (cause: unknown): Unshowable =>
  new Unshowable('unexpected', 'The picture takes too long to decode. The original is kept.', cause);

export const hashMismatch = (): Unshowable =>
  new Unshowable(
    'hash-mismatch',
    'The stored bytes are not those of this photo. Please delete it and upload it again.',
  );
