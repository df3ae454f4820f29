// A sidecar, by its name and the title of the photo that stands in it, and how photos are looked up by it. Pure.
import { split } from './endings.ts';
import { fold, isNameOf, isTitleOf, SIDECAR_LENGTH, sidecarReadings, type Reading } from './names.ts';

export interface Sidecar {
  name: string;
  /** Not there where it cannot be this sidecar's own. */
  title: string | undefined;
  readings: Reading[];
}

export function sidecarOf(name: string, title: string | undefined): Sidecar {
  const readings = sidecarReadings(name);
  const own = title !== undefined && readings.some((reading) => isTitleOf(title, reading));
  return { name, title: own ? title : undefined, readings };
}

export type KeyOf = (name: Reading) => string | undefined;

export const exactly: KeyOf = ({ stem, counter }) => `${counter}/${stem.normalize('NFC')}`;
export const folded: KeyOf = ({ stem, counter }) => `${counter}/${fold(stem)}`;
/** For titles without an ending: the sidecar is called like the photo, but for that. Longer ones may have been cut. */
export const withoutEnding: KeyOf = ({ stem, counter }) => {
  const { base, ending } = split(stem);
  return ending && base.length < SIDECAR_LENGTH - 1 ? `${counter}/${fold(base)}` : undefined;
};

/** As far as the title goes. */
export const mayName = ({ stem }: Reading, { title }: Sidecar): boolean =>
  title === undefined || isNameOf(stem, title) !== undefined;
/** The same, and no other photo can be called so. */
export const mustName = ({ stem }: Reading, { title }: Sidecar): boolean =>
  title === undefined || isNameOf(stem, title) === 'whole';

/** One export unpacked over an older one leaves two for a photo, of which the longer name is today's. Undefined for others. */
export function newest(sidecars: ReadonlySet<Sidecar>): Sidecar | undefined {
  const [first, ...others] = [...sidecars].sort((a, b) => b.name.length - a.name.length);
  const about = (sidecar: Sidecar | undefined): string | undefined => {
    const shortest = sidecar?.readings.at(-1);
    return shortest && folded(shortest);
  };
  return others.every((other) => about(other) === about(first)) ? first : undefined;
}
