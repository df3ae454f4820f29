// What the JSON files of a Google Takeout say of an album, and how those of photos are told from them. Pure.
import { fields } from './parse.ts';
import { TEXT_LENGTH, TITLE_LENGTH } from './social.ts';

export interface AlbumSaid {
  /** Not there for an album without a title. */
  title?: string;
  description?: string;
}

/** What only the sidecar of a photo has. */
export const OF_PHOTOS = ['photoTakenTime', 'creationTime', 'imageViews', 'googlePhotosOrigin'];

/** Undefined for JSON that speaks of no album. Exports before 2020 have it one level deeper. */
export function readAlbumSaid(json: unknown): AlbumSaid | undefined {
  const outer = fields(json);
  const inner = fields(outer?.['albumData']);
  const from = inner ?? outer;
  if (!from || typeof from['title'] !== 'string' || OF_PHOTOS.some((name) => name in from)) return undefined;
  const title = shortened(from['title'], TITLE_LENGTH);
  const description = shortened(from['description'], TEXT_LENGTH);
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

/** Text is cut rather than lost; blanks are none. */
export function shortened(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return (
    value
      .slice(0, 2 * max)
      .trim()
      .slice(0, max)
      .toWellFormed()
      .trim() || undefined
  );
}
