// The photos on the map: asked of the cluster worker for what is in sight, and a little around it.
import type { Library } from '../library/library.svelte.ts';
import { glancesOf } from '../library/glance.ts';
import { Clusters } from './clusters.ts';
import type { Cluster } from './cluster-messages.ts';
import { boundsOf, MAX_ZOOM, type Bounds, type Size, type View } from './mercator.ts';
import { pointsOf, type Points } from './points.ts';

/** Of the screen's edges, asked for beyond them. */
const AROUND = 0.5;

export class PlaceMarks {
  readonly #clusters = new Clusters();
  #points = $state.raw<Points>();
  #marks = $state.raw<readonly Cluster[]>([]);
  #problem = $state<unknown>();
  /** What the marks were asked for, and of which points. */
  #asked: { points: Points; bounds: Bounds; zoom: number } | undefined;

  /** Undefined until every photo has been looked at. */
  get points(): Points | undefined {
    return this.#points;
  }
  get marks(): readonly Cluster[] {
    return this.#marks;
  }
  get problem(): unknown {
    return this.#problem;
  }

  /** Reads where the photos are; gives up when told to. */
  async read(columns: Library['columns'], signal: AbortSignal): Promise<void> {
    try {
      const points = pointsOf(columns, await glancesOf(columns, signal));
      if (signal.aborted || this.#same(points)) return;
      // Asked in this order, it answers from the new points from here on.
      this.#clusters.load(points).catch((error: unknown) => (this.#problem = error));
      this.#points = points;
    } catch (error) {
      if (!signal.aborted) this.#problem = error;
    }
  }

  /** A favorite more is no reason to begin anew. */
  #same({ references, xs, ys }: Points): boolean {
    const known = this.#points;
    return (
      known?.references.length === references.length &&
      references.every((reference, i) => known.references[i] === reference) &&
      xs.every((x, i) => known.xs[i] === x) &&
      ys.every((y, i) => known.ys[i] === y)
    );
  }

  /** Asks for the marks of a view, unless they are there. */
  look(view: View, size: Size): void {
    const points = this.#points;
    if (!points || size.width === 0) return;
    const zoom = Math.min(MAX_ZOOM, Math.round(view.zoom));
    const sight = boundsOf(view, size);
    const asked = this.#asked;
    if (asked?.points === points && asked.zoom === zoom && covers(asked.bounds, sight)) return;
    const [width, height] = [(sight.east - sight.west) * AROUND, (sight.south - sight.north) * AROUND];
    const bounds = {
      west: sight.west - width,
      east: sight.east + width,
      north: sight.north - height,
      south: sight.south + height,
    };
    const asking = { points, bounds, zoom };
    this.#asked = asking;
    this.#clusters.within(bounds, zoom).then(
      (marks) => {
        if (this.#asked === asking) this.#marks = marks;
      },
      (error: unknown) => (this.#problem = error),
    );
  }

  open(id: number): Promise<{ zoom: number; points: Uint32Array }> {
    return this.#clusters.open(id);
  }

  close(): void {
    this.#clusters.close();
  }
}

/** However often one went round between the two. */
function covers(outer: Bounds, inner: Bounds): boolean {
  if (inner.north < outer.north || inner.south > outer.south) return false;
  if (outer.east - outer.west >= 1) return true;
  const west = inner.west + Math.floor(outer.west - inner.west) + 1;
  const start = west - 1 >= outer.west ? west - 1 : west;
  return start >= outer.west && start + inner.east - inner.west <= outer.east;
}
