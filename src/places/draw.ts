// Draws the map below the photos: sea, land, coasts, borders and the names of countries there is room for.
import type { Atlas, Outline } from './atlas.ts';
import { WORLD, widthOf, type Size, type View } from './mercator.ts';

/** As the page's style has them, so that the map is light or dark with it. */
export interface Paint {
  sea: string;
  land: string;
  coast: string;
  border: string;
  name: string;
  font: string;
}

const COAST_PX = 1;
const BORDER_PX = 0.75;
/** Rounding of the pole's edge, px. */
const SEAM = 1;

/** Read from an element whose colors are set by the style sheet: its fill is land, its stroke coast, and so on. */
export function paintOf(element: Element): Paint {
  const style = getComputedStyle(element);
  return {
    sea: style.backgroundColor,
    land: style.fill,
    coast: style.stroke,
    border: style.borderTopColor,
    name: style.color,
    font: style.fontFamily,
  };
}

export function drawMap(
  context: CanvasRenderingContext2D,
  {
    atlas,
    view,
    size,
    paint,
    scale,
  }: { atlas: Atlas | undefined; view: View; size: Size; paint: Paint; scale: number },
): void {
  const world = widthOf(view.zoom);
  const zoom = world / WORLD;
  const left = view.x * world - size.width / 2;
  const top = view.y * world - size.height / 2;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = paint.sea;
  context.fillRect(0, 0, size.width, size.height);
  if (!atlas) return;
  context.fillStyle = paint.land;
  // Beyond the square's end Antarctica goes on.
  if (world - top < size.height) context.fillRect(0, world - top - SEAM, size.width, size.height);
  for (let round = Math.floor(left / world); round * world < left + size.width; round++) {
    const x = round * world - left;
    context.setTransform(scale * zoom, 0, 0, scale * zoom, scale * x, scale * -top);
    const sight = {
      left: -x / zoom,
      right: (size.width - x) / zoom,
      top: top / zoom,
      bottom: (top + size.height) / zoom,
    };
    for (const { path } of inSight(atlas.lands, sight)) context.fill(path);
    context.lineJoin = 'round';
    context.lineWidth = BORDER_PX / zoom;
    context.strokeStyle = paint.border;
    for (const { path } of inSight(atlas.borders, sight)) context.stroke(path);
    context.lineWidth = COAST_PX / zoom;
    context.strokeStyle = paint.coast;
    for (const { path } of inSight(atlas.coasts, sight)) context.stroke(path);
  }
  drawNames(context, { atlas, size, paint, scale, zoom, left, top, world });
}

const inSight = (outlines: readonly Outline[], sight: Omit<Outline, 'path'>): Outline[] =>
  outlines.filter(
    ({ left, right, top, bottom }) =>
      right > sight.left && left < sight.right && bottom > sight.top && top < sight.bottom,
  );

/** From here on names are small beside their countries, and would stand about in the middle of nowhere. */
const WIDEST = 2400;

function drawNames(
  context: CanvasRenderingContext2D,
  {
    atlas,
    size,
    paint,
    scale,
    zoom,
    left,
    top,
    world,
  }: {
    atlas: Atlas;
    size: Size;
    paint: Paint;
    scale: number;
    zoom: number;
    left: number;
    top: number;
    world: number;
  },
): void {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.font = `500 12px ${paint.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = paint.name;
  for (const name of atlas.names) {
    const width = name.width * zoom;
    // About as wide as the name at the least; to measure each one's text in each frame would take longer than to draw them.
    if (width < name.text.length * 8 || width > WIDEST) continue;
    const y = name.y * zoom - top;
    if (y < 0 || y > size.height) continue;
    const first = name.x * zoom - left;
    for (let x = first - Math.floor(first / world) * world; x < size.width; x += world)
      context.fillText(name.text, x, y);
  }
}
