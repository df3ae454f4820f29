// All files of what was dropped, from disk and out of zips, in the folders of their export.
import { breather } from '../library/slices.ts';
import { isSystem } from '../schema/system-files.ts';
import { isHtml, isJson, isTar, isZip } from './endings.ts';
import { entryOf, TakeoutError, type Dropped, type Entry, type Reason } from './entry.ts';
import { exportOf, whereIs, type Where } from './folders.ts';
import { entriesIn } from './zip.ts';

/** A zip that cannot be opened, or a file in it that cannot be read. */
export interface Problem {
  name: string;
  reason: Reason;
}

/** An entry, and the zip or the folder on disk that it lies in. */
export interface Held {
  entry: Entry;
  source: string;
}

export interface Folder extends Where {
  /** Whatever may be a photo, by name: several where parts of an export hold the same. */
  photos: Map<string, Held[]>;
  json: Map<string, Held[]>;
}

export interface Gathered {
  folders: Map<string, Folder>;
  problems: Problem[];
  html: number;
  system: number;
  /** Zips in zips. */
  other: number;
}

/** One zip that cannot be opened does not keep the others back. */
export async function gather(dropped: Iterable<Dropped>, signal?: AbortSignal): Promise<Gathered> {
  const gathered: Gathered = { folders: new Map(), problems: [], html: 0, system: 0, other: 0 };
  const files = [...dropped];
  const ids = new Set(files.map(idOf).filter((id) => id !== undefined));
  // What does not say which export it is from is of the only one there is.
  const [only] = ids.size === 1 ? ids : [];
  const breath = breather();
  let zips = 0;
  for (const one of files) {
    signal?.throwIfAborted();
    const path = one.path?.split('/').filter(Boolean) ?? [];
    const id = idOf(one) ?? only;
    if (![...path, one.name].some(isSystem) && isZip(one.name)) {
      const source = `${++zips}.zip`;
      const entries = await opened(one, gathered.problems, signal);
      for (const entry of entries) {
        take(gathered, { entry, source }, id);
        await breath();
      }
    } else take(gathered, { entry: entryOf(one, path), source: `/${path.join('/')}` }, id);
    await breath();
  }
  return gathered;
}

const idOf = ({ name, path }: Dropped): string | undefined => exportOf([...(path?.split('/') ?? []), name]);

async function opened(zip: Dropped, problems: Problem[], signal?: AbortSignal): Promise<Entry[]> {
  try {
    return await entriesIn(await fileOf(zip), signal);
  } catch (error) {
    if (!(error instanceof TakeoutError)) throw error;
    console.warn(error);
    problems.push({ name: zip.name, reason: error.reason });
    return [];
  }
}

async function fileOf({ open }: Dropped): Promise<File> {
  try {
    return await open();
  } catch (error) {
    throw new TakeoutError('unreadable', error);
  }
}

function take(gathered: Gathered, held: Held, id: string | undefined): void {
  const { name, path } = held.entry;
  if (name === '' || isSystem(name) || path.some(isSystem)) gathered.system++;
  else if (isHtml(name)) gathered.html++;
  else if (isTar(name)) gathered.problems.push({ name, reason: 'unsupported' });
  else if (isZip(name)) gathered.other++;
  else {
    const where = whereIs(path, id);
    const folder = gathered.folders.get(where.key) ?? { ...where, photos: new Map(), json: new Map() };
    gathered.folders.set(where.key, folder);
    const named = isJson(name) ? folder.json : folder.photos;
    const key = name.normalize('NFC');
    const others = named.get(key);
    if (others) others.push(held);
    else named.set(key, [held]);
  }
}
