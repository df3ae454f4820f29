// Which albums files would make that were dropped in folders: one for each folder that has photos of its own. What Google Takeout says of
// an album, in a file beside its photos, counts before the folder's name.
import { inSlices } from '../library/slices.ts';
import { FOLDER_LENGTH, TITLE_LENGTH } from '../schema/social.ts';
import { readAlbumSaid, type AlbumSaid } from '../schema/takeout.ts';

export interface DroppedFile {
  readonly name: string;
  readonly size: number;
  /** Folder path, `/` between parts; undefined for a file dropped by itself. */
  readonly path?: string | undefined;
  readonly open: () => Promise<Blob>;
}

export interface Wanted {
  title: string;
  description?: string;
  folder?: string;
  /** Which of the files, by number. */
  files: number[];
}

const JSON_FILE = /^[^.]+\.json$/i;
const SIDECAR = /\.(?:json|xmp|html?)$/i;
const MOST_BYTES = 100_000;
/** Takeout has a folder for each year, too: those are no albums. */
const YEAR = /^Photos from \d{4}$/;

export async function albumsIn(files: readonly DroppedFile[]): Promise<Wanted[]> {
  const folders = new Map<string, { files: number[]; notes: DroppedFile[] }>();
  await inSlices(files.entries(), ([i, file]) => {
    const { path } = file;
    if (path === undefined) return;
    const folder = folders.get(path) ?? { files: [], notes: [] };
    folders.set(path, folder);
    if (!SIDECAR.test(file.name)) folder.files.push(i);
    else if (JSON_FILE.test(file.name) && file.size <= MOST_BYTES) folder.notes.push(file);
  });
  const wanted: Wanted[] = [];
  for (const [path, folder] of folders) {
    const parts = path.split('/').filter(Boolean);
    const name = parts.pop();
    if (folder.files.length === 0 || name === undefined || YEAR.test(name)) continue;
    const said = (await Promise.all(folder.notes.map(albumSaid))).find((one) => one !== undefined);
    wanted.push({
      title: name.slice(0, TITLE_LENGTH),
      ...(!said && parts.length > 0 && { folder: parts.join('/').slice(0, FOLDER_LENGTH) }),
      ...said,
      files: folder.files,
    });
  }
  return wanted;
}

/** Undefined for a file that speaks of no album, or of one without a title. */
async function albumSaid(file: DroppedFile): Promise<(AlbumSaid & { title: string }) | undefined> {
  let json: unknown;
  try {
    json = JSON.parse(await (await file.open()).text());
  } catch {
    // Whatever it is, it says nothing about an album.
    return undefined;
  }
  const said = readAlbumSaid(json);
  return said?.title === undefined ? undefined : { ...said, title: said.title };
}
