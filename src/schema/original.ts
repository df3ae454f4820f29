// What the browser says about a file when it puts the original: S3 user metadata, 2 kB in all, US-ASCII. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
import { fields, text } from './parse.ts';
import { instant, instantOf, type Instant } from './time.ts';

/** As they follow `x-amz-meta-`. */
export const METADATA_NAMES = ['name', 'path', 'modified'] as const;

export interface OriginalMetadata {
  /** The file's own name, without folders. */
  name: string;
  /** The folder it was dropped from, `/` between parts, none at the ends. */
  path?: string;
  lastModified?: Instant;
}

// S3 counts names and values; these leave room for the third value and for what later versions add.
const NAME_BYTES = 800;
const PATH_BYTES = 900;
/** Four bytes, percent-encoded. */
const LONGEST_CHARACTER = 12;
/** Of a path beyond the metadata; no system has longer ones that people make. */
export const PATH_LENGTH = 8000;

/** The last instant that 24 characters can say. */
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** A file name is data only: without control and bidirectional characters, slashes or spaces at its ends. */
export function cleanName(name: string): string {
  const clean = name
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replaceAll(/[/\\]/g, '_')
    .trim();
  return clean === '' || clean === '.' || clean === '..' ? 'photo' : clean;
}

/** Percent-encoded so that it is ASCII; cut at a whole character when longer than `max` bytes. */
function encode(value: string, max: number): string {
  let encoded = '';
  for (const character of value.toWellFormed()) {
    const next = encodeURIComponent(character);
    if (encoded.length + next.length > max) break;
    encoded += next;
  }
  return encoded;
}

/** A name that has to be cut keeps its ending, which people and programs go by. */
function encodeName(name: string): string {
  const whole = encode(name, Infinity);
  if (whole.length <= NAME_BYTES) return whole;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? encode(name.slice(dot), 60) : '';
  return encode(name, NAME_BYTES - ending.length) + ending;
}

/** A folder path as it is kept: each folder's name is data only. */
const cleanPath = (path: string): string => path.split('/').filter(Boolean).map(cleanName).join('/');

/** The whole path of a file, and what its original has room for; undefined when that is the same. */
export function beyondMetadata(path: string): { whole: string; kept: string } | undefined {
  // No character takes more; asked of every file that is dropped.
  if (path.length * 9 <= PATH_BYTES) return undefined;
  const whole = cleanPath(path).slice(0, PATH_LENGTH);
  const kept = parseOriginalMetadata(buildOriginalMetadata({ name: '', path })).path ?? '';
  return whole === kept ? undefined : { whole, kept };
}

/** Whether there may have been more of a path than its original had room for. */
export const mayGoOn = (path: string): boolean =>
  encode(path, Infinity).length > PATH_BYTES - 4 * LONGEST_CHARACTER;

/** The metadata as S3 takes it (`x-amz-meta-` is added by the SDK). Keys are lower case. */
export function buildOriginalMetadata(from: {
  name: string;
  path?: string;
  lastModified?: number;
}): Record<string, string> {
  const path = from.path === undefined ? undefined : cleanPath(from.path);
  const modified = from.lastModified;
  return {
    name: encodeName(cleanName(from.name)),
    ...(path ? { path: encode(path, PATH_BYTES) } : {}),
    ...(modified !== undefined && modified >= 1 && modified <= LATEST
      ? { modified: instantOf(modified) }
      : {}),
  };
}

/** Reads what `buildOriginalMetadata` wrote; what is missing or hostile is left out, a missing name is `photo`. */
export function parseOriginalMetadata(metadata: unknown): OriginalMetadata {
  const from = fields(metadata) ?? {};
  const decoded = decode(from['path']);
  const path = decoded === undefined ? undefined : cleanPath(decoded);
  const lastModified = instant(from['modified']);
  return {
    name: cleanName(decode(from['name']) ?? ''),
    ...(path ? { path } : {}),
    ...(lastModified ? { lastModified } : {}),
  };
}

function decode(value: unknown): string | undefined {
  const encoded = text(value, 2048);
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not our encoding: shown as it stands rather than lost.
    return encoded;
  }
}
