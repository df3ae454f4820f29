// A Google Takeout export, taken in: its photos are uploaded like any others, and get what Google knows of them, and their albums, as they
// become safe. Dropped again, nothing of it is done twice.
import { albumsOf, whenSafe, type Filling } from './albums/fill.ts';
import { editMany } from './library/edit-many.ts';
import type { Library } from './library/library.svelte.ts';
import type { PhotoId } from './schema/ids.ts';
import { factsToEdits, together } from './takeout/edits.ts';
import { isZip } from './takeout/endings.ts';
import { TakeoutError } from './takeout/entry.ts';
import { readTakeout, type Takeout, type TakeoutFile } from './takeout/read.ts';
import { parseFacts, type Facts } from './takeout/said.ts';
import { worldClocks } from './takeout/zones.ts';
import { problemCodeOf } from './cloud/error.ts';
import { problems, sentence } from './ui/words/problems.ts';
import { words } from './ui/words/takeout.ts';
import { UnreadableFile } from './upload/hash.ts';
import type { Origin, Upload } from './upload/upload.svelte.ts';
import type { Offered, Uploads } from './upload/uploads.svelte.ts';
import type { Found } from './upload/walk.ts';

interface Telling {
  library: Library;
  notices: Filling['notices'];
}
interface Into extends Filling, Telling {
  uploads: Uploads;
}

const say = words.takeout;
/** So many problems are named. */
const NAMED = 3;

/** Undefined when it turns out to be no export, and nothing was done: else the uploads of its photos. */
export async function importTakeout(found: Found, into: Into): Promise<readonly Upload[] | undefined> {
  into.notices.say(say.reading);
  const takeout = await readTakeout(found.files);
  if (!isExport(takeout, found)) return undefined;
  const uploads = await into.uploads.add(offered(takeout, found));
  await Promise.all([tellFacts(takeout.files, uploads, into), fillAlbums(takeout, uploads, into)]);
  for (const text of told(takeout)) into.notices.say(text);
  return uploads;
}

/** Photos that happen to lie beside some JSON are photos; what lies in a zip can be had in no other way. */
const isExport = ({ files, albums }: Takeout, found: Found): boolean =>
  files.length > 0 &&
  (albums.length > 0 || files.some(({ facts }) => facts) || found.files.some(({ name }) => isZip(name)));

const offered = ({ files, passedOver }: Takeout, { skipped, unreadable }: Found): Offered => ({
  files: files.map((file) => file.dropped ?? inZip(file)),
  skipped: skipped + passedOver.system,
  unreadable,
});

/** What is wrong with a file in a zip turns out when it is opened, and is told of it then. */
const inZip = (file: TakeoutFile): Origin => ({
  ...file,
  open: () =>
    file.open().catch((error: unknown) => {
      if (!(error instanceof TakeoutError)) throw error;
      throw new UnreadableFile(error.reason, say.inZip[error.reason], { cause: error });
    }),
});

/** What an export said of photos that were not safe yet when the page was closed. */
export const tellOn = (uploads: readonly Upload[], into: Telling): Promise<void> =>
  tell(
    uploads.map((upload) => ({ upload, facts: parseFacts(upload.facts) })),
    into,
  );

interface Known {
  upload: Upload;
  facts: Facts;
}

function tellFacts(files: readonly TakeoutFile[], uploads: readonly Upload[], into: Telling): Promise<void> {
  const known = uploads.flatMap((upload, at): Known[] => {
    const facts = files[at]?.facts;
    return facts ? [{ upload, facts }] : [];
  });
  for (const { upload, facts } of known) upload.knows(facts);
  return tell(known, into);
}

/** What has been said of a photo here, even by taking it away, counts more. */
async function tell(known: readonly Known[], { library, notices }: Telling): Promise<void> {
  if (known.length === 0) return;
  const said = new Map<PhotoId, Facts>();
  for (const { upload, facts } of known) {
    upload.whenSafe(() => {
      const { photoId } = upload;
      const before = photoId && said.get(photoId);
      if (photoId) said.set(photoId, before ? together([before, facts]) : facts);
    });
  }
  const clocks = await worldClocks();
  const edit = async (photoIds: readonly PhotoId[], arrived: readonly Upload[]): Promise<void> => {
    const { saving } = await editMany(library, [...new Set(photoIds)], (photo) => {
      const facts = said.get(photo.photoId);
      return facts && factsToEdits(photo, facts, clocks);
    });
    await saving;
    for (const upload of arrived) upload.isTold();
  };
  whenSafe(
    known.map(({ upload }) => upload),
    (photoIds, arrived) => {
      edit(photoIds, arrived).catch((error: unknown) =>
        notices.say(say.untold(sentence(problems, problemCodeOf(error)))),
      );
    },
  );
}

async function fillAlbums({ files, albums }: Takeout, uploads: readonly Upload[], into: Into): Promise<void> {
  const places = new Map(files.map((file, at) => [file, at]));
  await albumsOf(
    albums.map((album) => ({
      ...album,
      uploads: album.files.flatMap((file) => uploads[places.get(file) ?? -1] ?? []),
    })),
    into,
  );
}

function told({ files, albums, without, trashed, problems: wrong, passedOver }: Takeout): string[] {
  const aside = [
    without > 0 && say.without(without),
    passedOver.sidecars > 0 && say.passedOver.sidecars(passedOver.sidecars),
    passedOver.elsewhere > 0 && say.passedOver.elsewhere(passedOver.elsewhere),
    passedOver.other > 0 && say.passedOver.other(passedOver.other),
    trashed.length > 0 && say.passedOver.trashed(trashed.length),
  ].filter((part) => part !== false);
  return [
    [say.found(files.length, albums.length), ...aside].join('. '),
    ...wrong.slice(0, NAMED).map(({ name, reason }) => `${name}: ${say.problems[reason]}`),
  ];
}
