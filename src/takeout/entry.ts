// A file of an export, wherever it lies: on disk, or in a zip that nobody has opened yet.

export const REASONS = ['damaged', 'encrypted', 'unsupported', 'unreadable'] as const;
/**
 * Why something cannot be read: `damaged` it is not as it was written, or ends early; `encrypted` it asks for a password; `unsupported`
 * it is packed in a way that is not known here; `unreadable` it was moved, changed or deleted meanwhile.
 */
export type Reason = (typeof REASONS)[number];

/** One of those that browsers have for files they cannot read, so that whoever reads files knows it. */
export class TakeoutError extends DOMException {
  readonly reason: Reason;
  override readonly cause: unknown;
  constructor(reason: Reason, cause: unknown) {
    super(reason, 'NotReadableError');
    this.reason = reason;
    this.cause = cause;
  }
}

export interface Dropped {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  /** Folder path, `/` between parts; undefined for a file dropped by itself. */
  readonly path?: string | undefined;
  readonly open: () => Promise<File>;
}

export interface Entry {
  name: string;
  /** The folders it is in, without the ends. */
  path: readonly string[];
  size: number;
  /** Epoch milliseconds; 0 where nobody knows. */
  lastModified: number;
  /** What was dropped itself. In a zip there is none, and lastModified is when that was written. */
  dropped?: Dropped;
  /** Of its bytes, as far as a zip says. */
  crc32?: number;
  /** The whole of it, checked; fails with a TakeoutError. What is packed is unpacked one at a time. */
  open: (signal?: AbortSignal) => Promise<Blob>;
  /** The same of something small. */
  text: (signal?: AbortSignal) => Promise<string>;
}

/** A file that lies on disk. */
export const entryOf = (dropped: Dropped, path: readonly string[]): Entry => ({
  name: dropped.name,
  path,
  size: dropped.size,
  lastModified: dropped.lastModified,
  dropped,
  open: dropped.open,
  text: async () => {
    try {
      return await (await dropped.open()).text();
    } catch (error) {
      throw new TakeoutError('unreadable', error);
    }
  },
});
