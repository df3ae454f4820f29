// Whether every original has its row and every row its original: both are listed in the order of photo ids and gone through side by side,
// a page of each at a time, so that a million photos take no more memory than a hundred.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import type { ListedOriginal, RowFacts, SortedPage } from '../cloud/requests.ts';
import { isPhotoId, type PhotoId } from '../schema/ids.ts';
import { fields, list, text, whole } from '../schema/parse.ts';

export type CheckSource = Pick<Cloud, 'clock' | 'originalsAfter' | 'rowsAfter' | 'originalUrl'>;

/**
 * `unprocessed`: an original of which no row tells; `missing`: a row whose original is gone; `madeUp`: a row that an edit alone has made;
 * `sizes`: an original that is not as long as its row says; `unknown`: a photo that this device does not know of.
 */
export const KINDS = ['unprocessed', 'missing', 'madeUp', 'sizes', 'unknown'] as const;
export type Kind = (typeof KINDS)[number];

export interface Named {
  photoId: PhotoId;
  name?: string;
  /** As its original is stored. */
  bytes?: number;
}

export interface Finding {
  count: number;
  /** The first of them. */
  named: readonly Named[];
}

export interface Report {
  /** Everything up to here has been compared. */
  after?: string;
  originals: number;
  /** Stored a moment ago: their rows are on their way. */
  arriving: number;
  findings: Readonly<Record<Kind, Finding>>;
}

/** So many are remembered, to be put right; of the others it is said how many there are. */
const NAMED = 1000;
/** The processor may take so long, with its tries after a failure. */
const ARRIVING_MS = 15 * 60_000;

const none: Finding = { count: 0, named: [] };
export const emptyReport: Report = {
  originals: 0,
  arriving: 0,
  findings: { unprocessed: none, missing: none, madeUp: none, sizes: none, unknown: none },
};

/** What one photo is, by what there is of it; undefined where all is well. */
export function kindOf(
  original: ListedOriginal | undefined,
  row: RowFacts | undefined,
  now: number,
): Kind | 'arriving' | undefined {
  if (!original) {
    if (row?.kind === 'photo') return 'missing';
    return row?.kind === 'made-up' ? 'madeUp' : undefined;
  }
  if (row?.kind !== 'photo')
    return now - Date.parse(original.storedAt) < ARRIVING_MS ? 'arriving' : 'unprocessed';
  return row.bytes === undefined || row.bytes === original.bytes ? undefined : 'sizes';
}

const with1 = (report: Report, kind: Kind, one: Named): Report => {
  const { count, named } = report.findings[kind];
  const finding = { count: count + 1, named: named.length < NAMED ? [...named, one] : named };
  return { ...report, findings: { ...report.findings, [kind]: finding } };
};

/** One side: entries as they come, a page ahead of who takes them. */
class Side<T extends { photoId: PhotoId }> {
  readonly #load: (after: string | undefined) => Promise<SortedPage<T>>;
  #entries: readonly T[] = [];
  #at = 0;
  #after: string | undefined;
  #ended = false;

  constructor(load: (after: string | undefined) => Promise<SortedPage<T>>, after: string | undefined) {
    this.#load = load;
    this.#after = after;
  }

  get ahead(): T | undefined {
    return this.#entries[this.#at];
  }

  next(): void {
    this.#at++;
  }

  /** Whether a page had to be fetched for it. */
  async fill(): Promise<boolean> {
    let fetched = false;
    while (!this.ahead && !this.#ended) {
      const { entries, next } = await this.#load(this.#after);
      this.#entries = entries;
      this.#at = 0;
      this.#after = next;
      this.#ended = next === undefined;
      fetched = true;
    }
    return fetched;
  }
}

export interface CheckOptions {
  source: CheckSource;
  /** Where to go on. */
  from?: Report;
  /** Whether this device has the photo. */
  isKnown: (photoId: PhotoId) => boolean;
  signal: AbortSignal;
}

/** Reports as it goes: each has everything up to its place. Fails with a CloudError. */
export async function* checked({
  source,
  from = emptyReport,
  isKnown,
  signal,
}: CheckOptions): AsyncGenerator<Report> {
  let report = from;
  const originals = new Side((after) => source.originalsAfter(after, signal), from.after);
  const rows = new Side((after) => source.rowsAfter(after, signal), from.after);
  for (;;) {
    // Not one after the other only to save a line: most of the time goes by waiting for pages.
    const fetched = await Promise.all([originals.fill(), rows.fill()]);
    signal.throwIfAborted();
    if (fetched.some(Boolean)) yield report;
    const first = [originals.ahead, rows.ahead].flatMap((one) => one?.photoId ?? []).sort()[0];
    if (first === undefined) break;
    const original = originals.ahead?.photoId === first ? originals.ahead : undefined;
    const row = rows.ahead?.photoId === first ? rows.ahead : undefined;
    if (original) originals.next();
    if (row) rows.next();
    report = await compared(report, { photoId: first, original, row }, { source, isKnown });
  }
  yield report;
}

async function compared(
  before: Report,
  {
    photoId,
    original,
    row,
  }: { photoId: PhotoId; original?: ListedOriginal | undefined; row?: RowFacts | undefined },
  { source, isKnown }: Pick<CheckOptions, 'source' | 'isKnown'>,
): Promise<Report> {
  let report: Report = { ...before, after: photoId, originals: before.originals + (original ? 1 : 0) };
  const one: Named = {
    photoId,
    ...(row?.name === undefined ? {} : { name: row.name }),
    ...(original ? { bytes: original.bytes } : {}),
  };
  const kind = kindOf(original, row, source.clock.now());
  if (kind === 'arriving') return { ...report, arriving: report.arriving + 1 };
  if (row?.kind === 'photo' && !isKnown(photoId)) report = with1(report, 'unknown', one);
  if (!kind) return report;
  // The two lists are not of the same moment: what was stored or deleted between them is no finding.
  const mayHaveMoved = kind === 'missing' || row?.kind === 'tombstone';
  const named = report.findings[kind].named.length < NAMED;
  if (mayHaveMoved && named && (await isThere(source, one)) !== (original !== undefined)) return report;
  return with1(report, kind, one);
}

async function isThere(source: CheckSource, { photoId, name = photoId }: Named): Promise<boolean> {
  try {
    await source.originalUrl({ photoId, name });
    return true;
  } catch (error) {
    if (error instanceof CloudError && error.code === 'archived') return true;
    if (error instanceof CloudError && error.code === 'missing') return false;
    throw error;
  }
}

/** What this device has learned to know meanwhile is no finding any more. */
export const settledBy = (report: Report, isKnown: (photoId: PhotoId) => boolean): Report =>
  without(report, 'unknown', isKnown);

/** The report when some of one kind are no findings any more. */
export function without(report: Report, kind: Kind, isSettled: (photoId: PhotoId) => boolean): Report {
  const { count, named } = report.findings[kind];
  const left = named.filter(({ photoId }) => !isSettled(photoId));
  const finding = { count: count - (named.length - left.length), named: left };
  return { ...report, findings: { ...report.findings, [kind]: finding } };
}

/** A report as this device has kept it. */
export function parseReport(value: unknown): Report | undefined {
  const from = fields(value);
  const originals = whole(from?.['originals']);
  const arriving = whole(from?.['arriving']);
  const kept = fields(from?.['findings']);
  if (!from || !kept || originals === undefined || arriving === undefined) return undefined;
  const finding = (kind: Kind): Finding => ({
    count: whole(fields(kept[kind])?.['count']) ?? 0,
    named: list(fields(kept[kind])?.['named'], parseNamed, NAMED) ?? [],
  });
  const after = text(from['after']);
  const findings = Object.fromEntries(KINDS.map((kind) => [kind, finding(kind)])) as Record<Kind, Finding>;
  return { originals, arriving, findings, ...(after === undefined ? {} : { after }) };
}

function parseNamed(value: unknown): Named | undefined {
  const from = fields(value);
  const photoId = from?.['photoId'];
  const name = text(from?.['name']);
  const bytes = whole(from?.['bytes']);
  if (!isPhotoId(photoId)) return undefined;
  return { photoId, ...(name === undefined ? {} : { name }), ...(bytes === undefined ? {} : { bytes }) };
}
