// A file of an export, wherever it lies: on disk, or in a zip that nobody has opened yet.

export const REASONS = ['damaged', 'encrypted', 'unsupported', 'unreadable'] as const;
/**
 * Why something cannot be read: `damaged` it is not as it was written, or ends early; `encrypted` it asks for a password; `unsupported`
 * it is packed in a way that is not known here; `unreadable` it was moved, changed or deleted meanwhile.
 */
export type Reason = (typeof REASONS)[number];

export class TakeoutError extends Error {
  override readonly name = 'TakeoutError';
  readonly reason: Reason;
  constructor(reason: Reason, cause: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

export interface Entry {
  name: string;
  /** The folders it is in, without the ends. */
  path: readonly string[];
  size: number;
  /** Epoch milliseconds; 0 where nobody knows. */
  lastModified: number;
  /** In a zip: then lastModified is when that was written. */
  packed: boolean;
  /** Of its bytes, as far as a zip says. */
  crc32?: number;
  /** The whole of it, checked; fails with a TakeoutError. What is packed is unpacked one at a time. */
  open: (signal?: AbortSignal) => Promise<Blob>;
  /** The same of something small. */
  text: (signal?: AbortSignal) => Promise<string>;
}

/** A file that lies on disk. */
export const entryOf = (file: File, path: readonly string[]): Entry => ({
  name: file.name,
  path,
  size: file.size,
  lastModified: file.lastModified,
  packed: false,
  open: () => Promise.resolve(file),
  text: async () => {
    try {
      return await file.text();
    } catch (error) {
      throw new TakeoutError('unreadable', error);
    }
  },
});
