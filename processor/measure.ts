// Everything that can be found out about an original: what it is, whether it is whole, what it says about itself, how it looks.
import { photoIdOfDigest, type PhotoId } from '../src/schema/ids.ts';
import type { Rendition } from '../src/schema/keys.ts';
import { parseOriginalMetadata } from '../src/schema/original.ts';
import { FLAGS, PIPELINE, type NoteCode } from '../src/schema/photo.ts';
import { damaged, empty, hashMismatch, unplayable, Unready, Unshowable, unsupported } from './failure.ts';
import type { Opened } from './formats/format.ts';
import { open } from './formats/open.ts';
import { sniff, type Kind } from './formats/sniff.ts';
import { nothingTold, readMetadata, type Told } from './metadata/read.ts';
import { takenAtOf } from './metadata/taken-at.ts';
import { draw, VIEW_EDGE, type Picture } from './renditions.ts';
import type { Measured } from './row.ts';
import { receive, type Source } from './source.ts';
import type { Original } from './stores.ts';

export interface Measurement {
  measured: Measured;
  /** Absent where the photo cannot be shown, and of a video. */
  renditions?: Readonly<Record<Rendition, Buffer>>;
}

/** Hears of what is wrong with a photo but does not keep it from being measured. */
export type Warn = (message: string, error: unknown) => void;

/** What is known of an original, step by step: also of one that fails on the way. */
interface Findings {
  opened?: Opened;
  told: Told;
  picture?: Picture;
  failure?: Unshowable;
}

/** Measures an original. A photo that cannot be shown is a result like any other; only a failing store throws. */
export async function measure(
  photoId: PhotoId,
  original: Original,
  { now, warn }: { now: number; warn: Warn },
): Promise<Measurement> {
  const { name, path, lastModified } = parseOriginalMetadata(original.metadata);
  const { bytes, uploadedAt } = original;
  const { source, digest } = await receive(original);
  const kind = await sniff(source);
  const intact = photoIdOfDigest(digest) === photoId;
  const { opened, told, picture, failure } = await find(kind, source, intact, warn);
  const size = opened?.size ?? picture;
  const flags = FLAGS.filter((flag) => opened?.flags.includes(flag) || told.flags.includes(flag));
  return {
    measured: {
      ...told.described,
      ...takenAtOf({
        told,
        containerTime: opened?.containerTime,
        duration: opened?.duration,
        name,
        lastModified,
        uploadedAt,
        now,
      }),
      name,
      path,
      type: kind.type,
      bytes,
      uploadedAt,
      pipeline: PIPELINE,
      status: failure ? 'failed' : 'ready',
      failure: failure?.failure,
      note: picture && size && noteOf(picture, size),
      width: failure ? 0 : (size?.width ?? 0),
      height: failure ? 0 : (size?.height ?? 0),
      duration: opened?.duration,
      flags: flags.length > 0 ? flags : undefined,
      placeholder: picture?.placeholder,
    },
    renditions: picture?.renditions,
  };
}

async function find(kind: Kind, source: Source, intact: boolean, warn: Warn): Promise<Findings> {
  const findings: Findings = { told: nothingTold };
  try {
    if (!intact) throw hashMismatch();
    if (source.bytes === 0) throw empty();
    findings.opened = kind.family && (await open(kind.family, source));
    if (!findings.opened) throw kind.isVideo ? unplayable(kind.words) : unsupported(kind.words);
    findings.told = await readMetadata(findings.opened.documents, warn);
    const drawable = await findings.opened.picture?.();
    if (drawable) findings.picture = await draw(drawable);
  } catch (error) {
    if (error instanceof Unready) throw error;
    if (!(error instanceof Unshowable)) warn('the file could not be read', error);
    findings.failure = error instanceof Unshowable ? error : damaged(error);
  }
  // A reader may have made do with less than there is.
  if (source.failure !== undefined) throw source.failure;
  return findings;
}

/** A preview that cannot fill the view is worth a word. */
const noteOf = (picture: Picture, full: { width: number; height: number }): NoteCode | undefined =>
  picture.note ??
  (Math.max(picture.width, picture.height) < Math.min(VIEW_EDGE, Math.max(full.width, full.height))
    ? 'preview'
    : undefined);
