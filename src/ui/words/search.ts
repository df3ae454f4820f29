// What the search page and the search field say.
import { count } from './count.ts';

const FILTERS =
  'from:2019-06, to:2019-08, on:2019, camera:, lens:, place:, tag:, folder:, name:, type: and is:';

export const words = {
  title: 'Search',
  field: 'Search your photos',
  clear: 'Clear the search',
  suggestions: 'Suggestions',
  keys: '/',
  kinds: {
    place: 'Place',
    camera: 'Camera',
    lens: 'Lens',
    tag: 'Tag',
    on: 'Month',
    type: 'Kind',
    is: 'Filter',
    word: 'Your words',
    recent: 'Searched before',
  },
  states: {
    favorite: 'Favorites',
    archived: 'In the archive',
    trashed: 'In the trash',
    failed: 'Cannot be shown',
    redated: 'With a date you set',
    captioned: 'With a caption',
    tagged: 'With tags',
    located: 'With a place',
  } as Readonly<Record<string, string>>,
  recent: 'Searched before',
  forget: (text: string) => `Forget “${text}”`,
  forgetAll: 'Forget all',
  explore: { place: 'Places', camera: 'Cameras', tag: 'Tags', type: 'Kinds', on: 'Years' },
  hint: 'Words find names, captions, tags, places and cameras. “Two words” in quotes stay together, -word leaves photos out.',
  results: (n: number, archived: number) => {
    const found = count(n, 'photo', 'photos');
    if (archived === 0) return found;
    if (archived < n) return `${found}, ${archived.toLocaleString()} of them archived`;
    return n === 1 ? `${found}, archived` : `${found}, all archived`;
  },
  instead: 'Showing results for',
  looking: (percent: number) => `Looking through your photos … ${percent} %`,
  fetching: 'Fetching your photos …',
  remove: (text: string) => `Remove ${text}`,
  /** Quotes of one's own are quotes enough. */
  nothing: (text: string) => `Nothing found for ${/["“”]/.test(text) ? text : `“${text}”`}.`,
  nothingNote: 'Check the spelling, or try fewer words. The trash is searched with is:trashed.',
  empty: 'Your shoebox is empty.',
  emptyNote: 'Once there are photos, they are found here by words, places, cameras and dates.',
  all: 'Search anew',
  home: 'Back to all photos',
  failed: 'Search could not be started, so words find nothing for now. Your photos are all there.',
  again: 'Try again',
  problems: {
    filter: (text: string) => `“${text}” is not a filter, so it was left out. There are ${FILTERS}.`,
    date: (text: string) =>
      `“${text}” has no date that exists, so it was left out. Try 2019, 2019-06 or 2019-06-24.`,
    type: (text: string) =>
      `“${text}” is no kind of photo, so it was left out. Try photo, video, raw, panorama, motion or hdr.`,
    state: (text: string) =>
      `“${text}” is unknown, so it was left out. Try favorite, archived, trashed, failed, captioned, tagged or located.`,
  },
} as const;
