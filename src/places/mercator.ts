// The map's geometry: the world as a square from 0 to 1 in Mercator's projection, and the part of it that a view shows. Pure.

/** What a map of the world shows: where its middle is, and how many times the world's 256 px have been doubled. */
export interface View {
  /** From 0 to 1, west to east. */
  x: number;
  /** From 0 to 1, north to south. */
  y: number;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

/** West may be below 0 or east beyond 1: the world goes on there. */
export interface Bounds {
  west: number;
  east: number;
  north: number;
  south: number;
}

/** Of the world at zoom 0, px. */
export const WORLD = 256;
/** Nearer the world is but an outline; photos of one spot are in a list of their own by then. */
export const MAX_ZOOM = 16;
/** Where the square ends; beyond, the projection goes to infinity. */
const POLE = 85.051_128_779_806_6;
/** Px left free around what is to fit. */
const MARGIN = 72;
/** Nothing is fitted nearer than that unless asked for: a single photo is to be seen in its surroundings. */
const FITTED_ZOOM = 7;

export const xOf = (longitude: number): number => longitude / 360 + 0.5;

/** Poles are at the edges. */
export function yOf(latitude: number): number {
  const sine = Math.sin((Math.max(-POLE, Math.min(POLE, latitude)) * Math.PI) / 180);
  return Math.max(0, Math.min(1, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)));
}

/** From -180 to 180, however often one went round. */
export const longitudeOf = (x: number): number => (x - Math.floor(x)) * 360 - 180;
export const latitudeOf = (y: number): number =>
  (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;

/** How many px the world is wide. */
export const widthOf = (zoom: number): number => WORLD * 2 ** zoom;

/** So near that the world is not seen twice. */
export const minZoomOf = ({ width }: Size): number => Math.max(0, Math.log2(width / WORLD));

export function boundsOf({ x, y, zoom }: View, { width, height }: Size): Bounds {
  const world = widthOf(zoom);
  return {
    west: x - width / 2 / world,
    east: x + width / 2 / world,
    north: y - height / 2 / world,
    south: y + height / 2 / world,
  };
}

/** The same view within what can be shown: not beyond the poles, not too far away, not too near. */
export function clamped({ x, y, zoom }: View, size: Size): View {
  const near = Math.max(minZoomOf(size), Math.min(MAX_ZOOM, zoom));
  const half = Math.min(0.5, size.height / 2 / widthOf(near));
  return { x: x - Math.floor(x), y: Math.max(half, Math.min(1 - half, y)), zoom: near };
}

/** Px from the view's middle to a place of the world, the short way round. */
export function offsetOf({ x, y, zoom }: View, place: { x: number; y: number }): { x: number; y: number } {
  const world = widthOf(zoom);
  const across = place.x - x;
  return { x: (across - Math.round(across)) * world, y: (place.y - y) * world };
}

export const panned = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x - dx / widthOf(view.zoom),
  y: view.y - dy / widthOf(view.zoom),
});

/** Nearer or farther, with what is `dx`, `dy` px from the middle staying where it is. */
export function zoomed(view: View, size: Size, zoom: number, dx = 0, dy = 0): View {
  const to = Math.max(minZoomOf(size), Math.min(MAX_ZOOM, zoom));
  const shift = 1 / widthOf(view.zoom) - 1 / widthOf(to);
  return { x: view.x + dx * shift, y: view.y + dy * shift, zoom: to };
}

/** Part of the way from one view to another: 0 the one, 1 the other. The world is crossed the short way. */
export function between(from: View, to: View, part: number): View {
  const across = to.x - from.x - Math.round(to.x - from.x);
  const zoom = from.zoom + (to.zoom - from.zoom) * part;
  // Coming nearer, most of the way is gone while far away, so that it looks even.
  const [start, end] = [2 ** -from.zoom, 2 ** -to.zoom];
  const gone = Math.abs(start - end) < 1e-9 ? part : (start - 2 ** -zoom) / (start - end);
  return { x: from.x + across * gone, y: from.y + (to.y - from.y) * gone, zoom };
}

/** The nearest view that has all places in it; undefined without any. The widest gap between them is left outside, wherever it is. */
export function fitting(
  xs: Float32Array,
  ys: Float32Array,
  size: Size,
  nearest = FITTED_ZOOM,
): View | undefined {
  if (xs.length === 0) return undefined;
  const sorted = xs.slice().sort();
  let west = sorted[0] as number;
  let span = (sorted.at(-1) as number) - west;
  for (let i = 1; i < sorted.length; i++) {
    const round = (sorted[i - 1] as number) + 1 - (sorted[i] as number);
    if (round < span) [west, span] = [sorted[i] as number, round];
  }
  let north = 1;
  let south = 0;
  for (const y of ys) {
    if (y < north) north = y;
    if (y > south) south = y;
  }
  const zoom = Math.min(
    nearest,
    Math.log2(Math.max(1, size.width - 2 * MARGIN) / WORLD / Math.max(span, 1e-9)),
    Math.log2(Math.max(1, size.height - 2 * MARGIN) / WORLD / Math.max(south - north, 1e-9)),
  );
  return clamped({ x: west + span / 2, y: (north + south) / 2, zoom }, size);
}

/** As it stands in the address: `48.13743,11.57549,6.50`. */
export const written = ({ x, y, zoom }: View): string =>
  `${latitudeOf(y).toFixed(5)},${longitudeOf(x).toFixed(5)},${zoom.toFixed(2)}`;

/** Undefined for what is no view. */
export function read(text: string | undefined): View | undefined {
  const found = /^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?),(\d{1,2}(?:\.\d+)?)$/.exec(text ?? '');
  if (!found) return undefined;
  const [latitude = 0, longitude = 0, zoom = 0] = found.slice(1).map(Number);
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  return { x: xOf(longitude), y: yOf(latitude), zoom };
}
