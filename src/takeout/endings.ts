// What files are by their names alone. Pure.

/** What follows the last dot. */
export interface Parts {
  base: string;
  ending: string;
}

/** `{ base: 'IMG.a', ending: 'jpg' }` for IMG.a.jpg; no ending where there is none. */
export function split(name: string): Parts {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? { base: name.slice(0, dot), ending: name.slice(dot + 1) } : { base: name, ending: '' };
}

const PICTURES = 'heic jpg jpeg png heif webp gif avif jxl jpe jfif hif tif tiff bmp';
const RAW = 'dng raw cr2 cr3 crw nef nrw arw srf sr2 orf rw2 raf pef srw 3fr insp';
const FILMS =
  'mp4 mov m4v mp mv 3gp 3g2 avi mkv webm mpg mpeg mts m2ts m2t wmv asf divx mod tod ts mxf flv insv';

export const STILLS: readonly string[] = `${PICTURES} ${RAW}`.split(' ');
const isStill = new Set(STILLS);
const isFilm = new Set(FILMS.split(' '));

/** Without what cameras put after it: the film of a photo in motion is `PXL_1.MP`, then `PXL_1.MP~2`. */
export const endingOf = (name: string): string => split(name).ending.toLowerCase().replace(/~\d+$/, '');

export const looksLikeFilm = (name: string): boolean => isFilm.has(endingOf(name));
export const looksLikePhoto = (name: string): boolean => isStill.has(endingOf(name)) || looksLikeFilm(name);

export const isJson = (name: string): boolean => /\.json$/i.test(name);
export const isHtml = (name: string): boolean => /\.html?$/i.test(name);
export const isZip = (name: string): boolean => /\.zip$/i.test(name);
export const isTar = (name: string): boolean => /\.(?:tgz|tar\.gz|tar)$/i.test(name);

/** What browsers call the kinds that they can show at once; a zip does not say. */
const TYPES = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['heic', 'image/heic'],
  ['mp4', 'video/mp4'],
  ['m4v', 'video/mp4'],
  ['mp', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
  ['mkv', 'video/x-matroska'],
  ['avi', 'video/x-msvideo'],
  ['3gp', 'video/3gpp'],
]);

export const typeOf = (name: string): string => TYPES.get(endingOf(name)) ?? '';
