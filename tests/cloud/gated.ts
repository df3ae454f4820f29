// A gate before the processor for as long as the tests of a file run, and what becomes of photos meanwhile.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { PhotoId } from '../../src/schema/ids.ts';
import { renditionKey, RENDITIONS } from '../../src/schema/keys.ts';
import { TTL_ATTRIBUTE } from '../../src/schema/photo.ts';
import type { Member, Reachable } from './people.ts';
import { photoRow } from './photos.ts';
import { Gate } from './processor-gate.ts';
import { DENIED, outcome } from './refusals.ts';

export const soon = { timeout: 20_000, interval: 20 };

/** Every test begins with an open gate that has seen nothing. Clouds with this processor start after it and end before it. */
export function gated() {
  const gate = new Gate();
  let module: string;
  beforeAll(async () => {
    module = await gate.open();
  });
  afterAll(() => gate.close());
  beforeEach(() => gate.renew());
  return {
    gate,
    gatedProcessor: () => ({ module }),
    /** Until this many events were worked through. */
    settled: (events: number) => vi.waitFor(() => expect(gate.done).toHaveLength(events), soon),
  };
}

/** What its owner sees of a photo. */
export async function photoFate(cloud: Pick<Reachable, 'config'>, who: Member, photoId: PhotoId) {
  const row = (await photoRow(cloud, who, photoId)) ?? {};
  const renditions = RENDITIONS.map((rendition) => {
    const Key = renditionKey(who.identityId, photoId, rendition);
    return outcome(who.s3.library.send(new GetObjectCommand({ Bucket: cloud.config.libraryBucket, Key })));
  });
  return {
    status: row['status'] as unknown,
    deleted: 'deletedAt' in row,
    expires: TTL_ATTRIBUTE in row,
    inTrash: 'trashedAt' in row,
    renditions: await Promise.all(renditions),
  };
}

export const ALIVE = {
  status: 'ready',
  deleted: false,
  expires: false,
  inTrash: false,
  renditions: ['ok', 'ok'],
};
export const GONE = {
  status: undefined,
  deleted: true,
  expires: true,
  inTrash: false,
  renditions: [DENIED, DENIED],
};
/** There never was one. */
export const NOTHING = { ...GONE, deleted: false, expires: false };
