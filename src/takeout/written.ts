// What stands beside a photo, and in an album's folder, when a library is brought out: JSON of the shape that Google gives, which this
// room and other programs read, and what only Shoebox knows in a place of its own. Pure.
import { minutesOf, zoneOf } from '../library/dates.ts';
import { gpsOf, takenAtOf, type Photo } from '../schema/photo.ts';
import type { Album } from '../schema/social.ts';
import { instantOf, wallClock } from '../schema/time.ts';
import type { Clocks } from './zones.ts';

const stamp = (milliseconds: number) => ({
  timestamp: String(Math.floor(milliseconds / 1000)),
  formatted: instantOf(milliseconds),
});

/** Google tells the moment; where nobody knows how far clocks were ahead, it is that of the place, or of home. */
export function momentOf(photo: Photo, clocks: Clocks): number {
  const taken = takenAtOf(photo);
  const wall = wallClock(taken);
  const zone = zoneOf(taken) ?? clocks(instantOf(wall), gpsOf(photo));
  return wall - minutesOf(zone) * 60_000;
}

export function sidecarFor(photo: Photo, clocks: Clocks): object {
  const { photoId, name, caption, favorite, archived, trashedAt, tags, placeOverride, path, uploadedAt } =
    photo;
  const gps = gpsOf(photo);
  return {
    title: name,
    description: caption ?? '',
    creationTime: stamp(Date.parse(uploadedAt)),
    photoTakenTime: stamp(momentOf(photo, clocks)),
    geoData: { latitude: gps?.latitude ?? 0, longitude: gps?.longitude ?? 0, altitude: 0 },
    ...(favorite && { favorited: true }),
    ...(archived && { archived: true }),
    ...(trashedAt && { trashed: true }),
    shoebox: {
      photoId,
      takenAt: takenAtOf(photo),
      ...(path !== undefined && { path }),
      ...(tags && tags.length > 0 && { tags }),
      ...(placeOverride && { place: placeOverride }),
    },
  };
}

export const albumFile = ({ album, title, description, folder }: Album): object => ({
  title,
  description: description ?? '',
  shoebox: { album, ...(folder !== undefined && { folder }) },
});

/** In a month's folder, which is no album: whoever takes it in again is told so. */
export const monthFile = (year: string): object => ({
  title: `Photos from ${year}`,
  shoebox: { month: true },
});
