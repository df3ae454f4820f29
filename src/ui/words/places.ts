// What the page of places says.
import { count } from './count.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');

export const words = {
  title: 'Places',
  map: 'Map of your photos',
  keys: 'Arrow keys move the map, plus and minus zoom.',
  nearer: 'Zoom in',
  farther: 'Zoom out',
  whole: 'Show all photos',
  inSight: (n: number) => (n === 0 ? 'No photos in this part of the map' : `${photos(n)} in sight`),
  at: (n: number, place: string | undefined) => (place ? `${photos(n)}, ${place}` : photos(n)),
  chosen: (n: number, place: string | undefined) =>
    place ? `${photos(n)} in ${place}` : `${photos(n)} of one spot`,
  back: 'All in sight',
  without: (n: number) => `${count(n, 'photo has', 'photos have')} no place and cannot be shown here.`,
  list: 'Photos in sight',
  emptyTitle: 'No photos with a place, yet.',
  empty: 'Photos show up here when their camera noted where it was. Most phones do.',
  toPhotos: 'Back to all photos',
  noMap: 'The map could not be fetched. Your photos are listed all the same.',
} as const;
