// What page and cluster worker say to each other.
import type { Bounds } from './mercator.ts';

/** Photos that are one mark on the map. */
export interface Cluster {
  /** In the world's square. */
  x: number;
  y: number;
  count: number;
  /** The first of them in the library's order, by its index among the points. */
  newest: number;
  /** The town, and the country, of at least half of them, by number; 0 where there is none. */
  town: number;
  country: number;
  /** The index's own name for it; -1 for a single photo. */
  id: number;
}

/** Where photos were taken, as columns. */
export interface Located {
  /** In the world's square. */
  xs: Float32Array;
  ys: Float32Array;
  /** By number; 0 where that is not known. */
  towns: Uint32Array;
  countries: Uint32Array;
}

export type ClusterRequest =
  | ({ kind: 'load'; job: number } & Located)
  | { kind: 'query'; job: number; bounds: Bounds; zoom: number }
  /** How near one must come for a cluster to part, and which points it has. */
  | { kind: 'open'; job: number; id: number };

export type ClusterReply =
  | { kind: 'load'; job: number }
  | { kind: 'query'; job: number; clusters: Cluster[] }
  | { kind: 'open'; job: number; zoom: number; points: Uint32Array };
