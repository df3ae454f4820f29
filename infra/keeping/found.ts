// What is to be taken into a library, wherever it lies: found first, opened when its turn comes.
import type { PhotoId } from '../../src/schema/ids.ts';
import type { OriginalMetadata } from '../../src/schema/original.ts';

/** Cannot be read, or not as it was found: the sentence is for the person, and about this one only. */
export class Unreadable extends Error {}

export interface Source {
  size: number;
  /** What the original is to say of itself. */
  metadata: { name: string; path?: string; lastModified?: number };
  /** Its bytes, from `start` on and before `end`. Fails with an Unreadable. */
  read: (start: number, end: number) => AsyncIterable<Uint8Array>;
  /** Fails with an Unreadable unless it is still what it was when it was opened. */
  check: () => Promise<void>;
  close: () => Promise<void>;
}

export interface Found {
  /** As whoever started this would call it. */
  where: string;
  /** Its photo id, if its place is one that only Shoebox gives: then it need not be read to know that it is there. */
  said?: PhotoId;
  /** Fails with an Unreadable. */
  open: () => Promise<Source>;
}

/** What there is at a place, one by one. */
export type Finding =
  | { kind: 'file'; found: Found }
  /** Hidden, or left there by a system. */
  | { kind: 'system' }
  /** Of Google Takeout: speaks of a photo, and is none. */
  | { kind: 'sidecar' }
  /** A folder that cannot be read, or something that is neither file nor folder. */
  | { kind: 'unreadable'; where: string; why: string };

/** As metadata are taken again. */
export const metadataAgain = ({ name, path, lastModified }: OriginalMetadata): Source['metadata'] => ({
  name,
  ...(path !== undefined && { path }),
  ...(lastModified !== undefined && { lastModified: Date.parse(lastModified) }),
});

/** All bytes of a part, exactly as many as there should be. */
export async function bytesOf(source: Source, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let length = 0;
  for await (const chunk of source.read(start, end)) {
    if (length + chunk.length > bytes.length) throw new Unreadable('It grew while it was read.');
    bytes.set(chunk, length);
    length += chunk.length;
  }
  if (length < bytes.length) throw new Unreadable('It ended early: some of its bytes are missing.');
  return bytes;
}
