// Reads a Google Takeout export in the page: its photos, what Google knows of them, and the albums they are in. No bytes of photos are
// read here; each file is opened when its turn to be uploaded comes.
import { breather } from '../library/slices.ts';
import { albumOf, type Album } from './album.ts';
import { looksLikePhoto, typeOf } from './endings.ts';
import type { Dropped, Entry } from './entry.ts';
import { gather, type Folder, type Held, type Problem } from './gather.ts';
import { sidecarsOf } from './match.ts';
import { looksLikeSidecar } from './names.ts';
import type { Facts } from './said.ts';
import { readSidecars, speaks, type Sidecars, type Told } from './sidecars.ts';

export interface TakeoutFile {
  name: string;
  /** Folder path in the export, `/` between parts. */
  path: string;
  size: number;
  /** Of a file in a zip: when the photo was taken, where a sidecar says so. When the zip was written tells nothing. */
  lastModified: number;
  facts?: Facts;
  /** The very thing that was dropped, where the file was not in a zip. */
  dropped?: Dropped;
  /** The file, whole and checked. Fails with a TakeoutError, which is the problem of this file only. */
  open: (signal?: AbortSignal) => Promise<File>;
}

export interface TakeoutAlbum extends Album {
  /** Each is one of the export's files. Those with the same bytes are one photo. */
  files: TakeoutFile[];
}

/** How many files were left out, and why. */
export interface PassedOver {
  /** Sidecars of photos that are not in what was dropped: they may be in another part of the export. */
  sidecars: number;
  json: number;
  html: number;
  system: number;
  /** From other services of Google that were exported, too. */
  elsewhere: number;
  other: number;
}

export interface Takeout {
  /** Photos, whether or not there is a sidecar. The same one may be in a year's folder and in albums: its bytes tell. */
  files: TakeoutFile[];
  /** Photos that lay in Google's trash: not among `files`, nor in albums. */
  trashed: TakeoutFile[];
  albums: TakeoutAlbum[];
  /** How many of the files no sidecar speaks of. */
  without: number;
  problems: Problem[];
  passedOver: PassedOver;
}

export interface ReadOptions {
  signal?: AbortSignal;
  /** How many sidecars have been read, of how many. */
  onprogress?: (read: number, all: number) => void;
}

/** Any number of zips, folders and files, of one export or several. Aborted, it fails with the signal's reason. */
export async function readTakeout(
  dropped: Iterable<Dropped>,
  { signal, onprogress }: ReadOptions = {},
): Promise<Takeout> {
  const { folders, problems, html, system, other } = await gather(dropped, signal);
  const passedOver: PassedOver = { sidecars: 0, json: 0, html, system, elsewhere: 0, other };
  const takeout: Takeout = { files: [], trashed: [], albums: [], without: 0, problems, passedOver };
  const all = [...folders.values()];
  // Where there are no photos, JSON can only be in vain.
  const worth = all.filter(({ photos }) => photos.size > 0);
  const count = worth.reduce((sum, { json }) => sum + sizeOf(json), 0);
  let read = 0;
  const onread = (): void => onprogress?.(++read, count);
  const sidecars = new Map<Folder, Sidecars>();
  for (const folder of worth) sidecars.set(folder, await readSidecars(folder, { problems, signal, onread }));
  const isElsewhere = elsewhereBeside(sidecars);
  const breath = breather();
  for (const folder of all) {
    await breath();
    const said = sidecars.get(folder);
    if (isElsewhere(folder)) passedOver.elsewhere += sizeOf(folder.photos) + sizeOf(folder.json);
    else if (said) await bringOut(takeout, folder, said, signal);
    else for (const name of folder.json.keys()) passedOver[looksLikeSidecar(name) ? 'sidecars' : 'json']++;
  }
  return takeout;
}

const sizeOf = (named: ReadonlyMap<string, readonly Held[]>): number =>
  [...named.values()].reduce((sum, held) => sum + held.length, 0);

/** Whether a folder is of a service without photos. By export: a part of one may have nothing but photos. */
function elsewhereBeside(sidecars: ReadonlyMap<Folder, Sidecars>): (folder: Folder) => boolean {
  const services = new Map<string | undefined, Set<string>>();
  for (const [{ id, service }, said] of sidecars) {
    if (service !== undefined && speaks(said)) services.set(id, (services.get(id) ?? new Set()).add(service));
  }
  return ({ id, service }) => service !== undefined && services.get(id)?.has(service) === false;
}

/** The photos of a folder, and the album that it is. */
async function bringOut(
  takeout: Takeout,
  folder: Folder,
  read: Sidecars,
  signal?: AbortSignal,
): Promise<void> {
  const titles = new Map([...read.photos].map(([name, told]) => [name, titleIn(told)]));
  const found = await sidecarsOf(folder.photos.keys(), titles, signal);
  const files: TakeoutFile[] = [];
  const breath = breather();
  for (const [name, held] of folder.photos) {
    await breath();
    const sidecar = found.get(name);
    if (sidecar === undefined && !looksLikePhoto(name)) {
      takeout.passedOver.other += held.length;
      continue;
    }
    for (const one of held) {
      const said = sidecar === undefined ? undefined : toldOf(one, held, read.photos.get(sidecar) ?? []);
      const file = fileOf(one.entry, said?.facts);
      if (said?.trashed) takeout.trashed.push(file);
      else files.push(file);
      if (!said) takeout.without++;
    }
  }
  const used = new Set(found.values());
  takeout.passedOver.sidecars += [...read.photos.keys()].filter((name) => !used.has(name)).length;
  takeout.passedOver.json += read.other;
  for (const file of files) takeout.files.push(file);
  const facts = files.map((file) => file.facts).filter((one) => one !== undefined);
  const album = files.length > 0 ? albumOf(folder, read, facts) : undefined;
  if (album) takeout.albums.push({ ...album, files });
}

/** Where parts disagree, none of them counts. */
function titleIn(told: readonly Told[]): string | undefined {
  const [title, ...others] = new Set(told.map(({ said }) => said.title));
  return others.length === 0 ? title : undefined;
}

/**
 * Two exports may have photos of the same name: what came with a photo speaks of it; what came without speaks of it only where no other
 * photo could be meant.
 */
function toldOf(
  { source }: Held,
  namesakes: readonly Held[],
  told: readonly Told[],
): Told['said'] | undefined {
  const beside = told.find((one) => one.source === source);
  if (beside) return beside.said;
  const [first, ...others] = told;
  const alike = others.every(({ said }) => JSON.stringify(said) === JSON.stringify(first?.said));
  return alike && areOne(namesakes) ? first?.said : undefined;
}

/** Whether there is but one photo: the same part of an export is soon downloaded twice. */
function areOne([first, ...others]: readonly Held[]): boolean {
  const { size, crc32 } = first?.entry ?? {};
  return others.every(({ entry }) => crc32 !== undefined && entry.crc32 === crc32 && entry.size === size);
}

function fileOf(entry: Entry, facts: Facts | undefined): TakeoutFile {
  const { name, path, size, dropped } = entry;
  const taken = dropped ? undefined : facts?.takenAt;
  const lastModified = taken === undefined ? entry.lastModified : Math.max(0, Date.parse(taken));
  return {
    name,
    path: path.join('/'),
    size,
    lastModified,
    ...(facts && { facts }),
    ...(dropped && { dropped }),
    open: async (signal) => {
      const blob = await entry.open(signal);
      return blob instanceof File ? blob : new File([blob], name, { type: typeOf(name), lastModified });
    },
  };
}
