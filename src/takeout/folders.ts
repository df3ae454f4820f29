// What the folders of an export are: the same folder of several zips is one, years are no albums. Pure.
import { instantOf } from '../schema/time.ts';

export interface Where {
  /** Of which export it is a part, as far as that is known. */
  id: string | undefined;
  /** The same for what lies in the same folder of the same export, in whichever part of it. */
  key: string;
  /** Of which service of Google it is, as its folder is called in this export; undefined for what lies in no such folder. */
  service: string | undefined;
  /** The innermost folder; undefined for files beside the folders. */
  folder: string | undefined;
}

const EXPORT = /takeout-(\d{8}T\d{6}Z)/i;
/** As computers call it that unpack several zips beside each other, too. */
const ROOT = /^takeout(?:[ -]?\d{1,4}| ?\(\d{1,4}\))?$/i;

/** Which export a zip or an unpacked folder is a part of, by its name: the parts of one are called alike but for a number. */
export const exportOf = (names: readonly string[]): string | undefined =>
  names.map((name) => EXPORT.exec(name)?.[1]?.toUpperCase()).find((id) => id !== undefined);

export function whereIs(path: readonly string[], id: string | undefined): Where {
  // An album may be called like it; a folder that somebody made for it, too.
  let root = path.findIndex((part) => ROOT.test(part));
  while (root >= 0 && ROOT.test(path[root + 1] ?? '')) root++;
  const inside = path.slice(root + 1);
  const keyOf = (parts: readonly string[]): string => [id ?? '', ...parts].join('/').normalize('NFC');
  const service = root < 0 || inside.length === 0 ? undefined : keyOf(inside.slice(0, 1));
  return {
    id,
    key: keyOf(inside),
    service,
    folder: root < 0 || inside.length > 1 ? inside.at(-1) : undefined,
  };
}

const YEAR = '(?:1[89]|20)\\d\\d';
/** Before the year, in languages whose word for these folders others have found. */
const BEFORE =
  `Photos from, Photos of, Fotos von, Photos de, Fotos de, Fotos del, Foto del, Foto's uit, Foto's van, Foto dari, Zdjęcia z,
  Fotografie z, Fotografie z roku, Fotky z, Fotky z roku, Foton från, Bilder från, Bilder fra, Billeder fra, Kuvat vuodelta, Fotografii din,
  Fotografije iz, Φωτογραφίες από το, Фото за, Фото из, Фотографии за, Фотографії за, Ảnh từ, Gambar dari`.replaceAll(
    /,\s*/g,
    '|',
  );
const YEARS = [
  new RegExp(`^(?:${BEFORE}) ${YEAR}(?: г\\.| р\\.)?$`, 'i'),
  new RegExp(
    `^${YEAR} ?(?:年(?:の(?:写真|フォト)|的(?:照片|相片))|년(?:의)? 사진|(?:yılına ait )?fotoğraflar[ıi]?)$`,
    'i',
  ),
];
/** Exports before 2020 had a folder for each day. */
const DAY = /^\d{4}-\d\d-\d\d(?: #\d+)?$/;

/** Into which Google puts every photo, whatever albums it is in. */
export const isCalendar = (folder: string): boolean => {
  const name = folder.normalize('NFC');
  return DAY.test(name) || YEARS.some((year) => year.test(name));
};

const DAY_MS = 86_400_000;

/** The same in a language not known here: a folder that is called by a year, and has nothing but photos of it. */
export function isOfItsYear(folder: string, taken: readonly string[]): boolean {
  const [year, another] = folder.match(/\d+/g) ?? [];
  if (year === undefined || another !== undefined || !new RegExp(`^${YEAR}$`).test(year)) return false;
  const from = instantOf(Date.parse(`${year}-01-01T00:00:00Z`) - DAY_MS);
  const until = instantOf(Date.parse(`${year}-12-31T23:59:59Z`) + DAY_MS);
  return taken.length > 0 && taken.every((time) => time >= from && time <= until);
}
