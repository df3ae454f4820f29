// Keeps the index of the map's marks off the main thread: for 100,000 photos it takes a second to build.
import { ClusterIndex } from './cluster-index.ts';
import type { ClusterReply, ClusterRequest } from './cluster-messages.ts';

let index: ClusterIndex | undefined;

function answer(request: ClusterRequest): ClusterReply {
  const { kind, job } = request;
  if (kind === 'load') {
    index = new ClusterIndex(request);
    return { kind, job };
  }
  if (!index) throw new Error('asked before there was anything to ask about');
  if (kind === 'query') return { kind, job, clusters: index.within(request.bounds, request.zoom) };
  return { kind, job, zoom: index.partingZoom(request.id), points: index.pointsOf(request.id) };
}

addEventListener('message', ({ data }: MessageEvent<ClusterRequest>) => postMessage(answer(data)));
