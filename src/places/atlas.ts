// The outlines of lands and borders (Natural Earth), projected once into paths that every frame only has to scale. Fetched from this very
// site when the map is opened: coarse ones first, finer ones when somebody comes near.
import { geoMercator, geoPath, type GeoPath, type GeoPermissibleObjects } from 'd3-geo';
import type { MultiLineString } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import coarseUrl from 'world-atlas/countries-110m.json?url';
import fineUrl from 'world-atlas/countries-50m.json?url';
import { WORLD } from './mercator.ts';

/** A path in the world's square of 256 px, and where it lies there. */
export interface Outline {
  path: Path2D;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A country's name, and the middle and width of its largest part in the world's square of 256 px. */
export interface Name {
  text: string;
  x: number;
  y: number;
  width: number;
}

export interface Atlas {
  lands: readonly Outline[];
  coasts: readonly Outline[];
  borders: readonly Outline[];
  names: readonly Name[];
}

type World = Topology<{ countries: GeometryCollection<{ name: string }> }>;

/** Lines that lie together are drawn together: the world in so many squares a side. */
const SQUARES = 16;
const SLICE_MS = 16;

const projection = () =>
  geoMercator()
    .scale(WORLD / (2 * Math.PI))
    .translate([WORLD / 2, WORLD / 2])
    .precision(0.01);

const URLS = { coarse: coarseUrl, fine: fineUrl } as const;

export async function loadAtlas(detail: keyof typeof URLS, signal: AbortSignal): Promise<Atlas> {
  const response = await fetch(URLS[detail], { signal });
  if (!response.ok) throw new TypeError(`the atlas: ${response.status}`);
  return atlasOf((await response.json()) as World, signal);
}

async function atlasOf(world: World, signal: AbortSignal): Promise<Atlas> {
  const { countries } = world.objects;
  const measure = geoPath(projection());
  const rest = resting(signal);
  const lands: Outline[] = [];
  const names: Name[] = [];
  for (const geometry of countries.geometries) {
    await rest();
    const country = feature(world, geometry);
    const outline = outlined(country, measure);
    if (!outline) continue;
    lands.push(outline);
    const name = nameOf(country, (geometry.properties as { name?: string } | undefined)?.name ?? '', measure);
    if (name) names.push(name);
  }
  const coasts = await outlinesOf(
    mesh(world, countries, (a, b) => a === b),
    measure,
    rest,
  );
  const borders = await outlinesOf(
    mesh(world, countries, (a, b) => a !== b),
    measure,
    rest,
  );
  return { lands, coasts, borders, names };
}

/** Gives the page its turn now and then; fails with the signal's reason when nobody waits any more. */
function resting(signal: AbortSignal): () => Promise<void> {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < SLICE_MS) return;
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    signal.throwIfAborted();
    begun = performance.now();
  };
}

function outlined(shape: GeoPermissibleObjects, measure: GeoPath): Outline | undefined {
  const [[left, top], [right, bottom]] = measure.bounds(shape);
  if (!Number.isFinite(left)) return undefined;
  const path = new Path2D();
  geoPath(projection(), {
    beginPath: () => {},
    moveTo: (x, y) => path.moveTo(x, y),
    lineTo: (x, y) => path.lineTo(x, y),
    closePath: () => path.closePath(),
    arc: (...circle) => path.arc(...circle),
  })(shape);
  return { path, left, right, top, bottom };
}

async function outlinesOf(
  { coordinates }: MultiLineString,
  measure: GeoPath,
  rest: () => Promise<void>,
): Promise<Outline[]> {
  const squares = new Map<number, MultiLineString['coordinates']>();
  for (const line of coordinates) {
    const [longitude = 0, latitude = 0] = line[0] ?? [];
    const square =
      Math.floor(((longitude + 180) / 360) * SQUARES) * SQUARES +
      Math.floor(((latitude + 90) / 180) * SQUARES);
    const others = squares.get(square);
    if (others) others.push(line);
    else squares.set(square, [line]);
  }
  const outlines: Outline[] = [];
  for (const lines of squares.values()) {
    await rest();
    const outline = outlined({ type: 'MultiLineString', coordinates: lines }, measure);
    if (outline) outlines.push(outline);
  }
  return outlines;
}

/** On the largest part of a country: France is not in the Atlantic. */
function nameOf(country: ReturnType<typeof feature>, text: string, measure: GeoPath): Name | undefined {
  const { geometry } = country as GeoJSON.Feature;
  const parts =
    geometry.type === 'MultiPolygon'
      ? geometry.coordinates.map((coordinates) => ({ type: 'Polygon' as const, coordinates }))
      : geometry.type === 'Polygon'
        ? [geometry]
        : [];
  let largest: Name | undefined;
  let area = 0;
  for (const part of parts) {
    const own = measure.area(part);
    if (own <= area) continue;
    area = own;
    const [x, y] = measure.centroid(part);
    const [[left], [right]] = measure.bounds(part);
    largest = { text, x, y, width: right - left };
  }
  return largest;
}
