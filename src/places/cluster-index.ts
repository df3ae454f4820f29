// Photos near each other as one mark, at every zoom: supercluster, told what to know of each mark.
import Supercluster from 'supercluster';
import type { Cluster, Located } from './cluster-messages.ts';
import { latitudeOf, longitudeOf, MAX_ZOOM, WORLD, xOf, yOf, type Bounds } from './mercator.ts';

/** Marks nearer to each other than this become one, px. */
const RADIUS = 76;
/** Of the world's square; 1 would be its western edge again. */
const EAST = 1 - 1e-7;

/**
 * A name that has the upper hand, and by how many: all that two marks need to know of each other to tell, merged, of a majority,
 * without counting every name.
 */
interface Ahead {
  name: number;
  by: number;
}

interface Known {
  newest: number;
  town: Ahead;
  country: Ahead;
}

const met = (one: Ahead, other: Ahead): Ahead => {
  if (one.name === other.name) return { name: one.name, by: one.by + other.by };
  return one.by >= other.by
    ? { name: one.name, by: one.by - other.by }
    : { name: other.name, by: other.by - one.by };
};

/** Half of them at least have a name that is so far ahead. */
const sure = ({ name, by }: Ahead, count: number): number => (by * 2 >= count ? name : 0);

export class ClusterIndex {
  readonly #index: Supercluster<Known, Known>;

  constructor({ xs, ys, towns, countries }: Located) {
    this.#index = new Supercluster<Known, Known>({
      radius: RADIUS,
      extent: WORLD,
      maxZoom: MAX_ZOOM,
      map: ({ newest, town, country }) => ({ newest, town, country }),
      reduce: (all, one) => {
        all.newest = Math.min(all.newest, one.newest);
        all.town = met(all.town, one.town);
        all.country = met(all.country, one.country);
      },
    });
    this.#index.load(
      Array.from(xs, (x, newest) => ({
        type: 'Feature' as const,
        geometry: {
          type: 'Point' as const,
          coordinates: [longitudeOf(Math.min(x, EAST)), latitudeOf(ys[newest] as number)],
        },
        properties: {
          newest,
          town: { name: towns[newest] as number, by: 1 },
          country: { name: countries[newest] as number, by: 1 },
        },
      })),
    );
  }

  /** The marks within bounds, those of the whole world if they are as wide. */
  within({ west, east, north, south }: Bounds, zoom: number): Cluster[] {
    const whole = east - west >= 1;
    return this.#index
      .getClusters(
        [
          whole ? -180 : longitudeOf(west),
          latitudeOf(Math.min(1, south)),
          whole ? 180 : longitudeOf(east),
          latitudeOf(Math.max(0, north)),
        ],
        zoom,
      )
      .map(({ geometry, properties }) => {
        const [longitude = 0, latitude = 0] = geometry.coordinates;
        const { newest, town, country } = properties;
        const cluster = 'cluster' in properties ? properties : undefined;
        const count = cluster?.point_count ?? 1;
        return {
          x: xOf(longitude),
          y: yOf(latitude),
          count,
          newest,
          town: sure(town, count),
          country: sure(country, count),
          id: cluster?.cluster_id ?? -1,
        };
      });
  }

  /** The zoom at which a mark becomes several; beyond `MAX_ZOOM` for photos of one spot. */
  partingZoom(id: number): number {
    return this.#index.getClusterExpansionZoom(id);
  }

  /** All photos of a mark, newest first, by their index among the points. */
  pointsOf(id: number): Uint32Array {
    return Uint32Array.from(
      this.#index.getLeaves(id, Infinity),
      ({ properties }) => properties.newest,
    ).sort();
  }
}
