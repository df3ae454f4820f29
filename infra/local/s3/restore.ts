// RestoreObject: a copy of what lies in the deep archive, for some days.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
import { restoreOf, stateOf } from './archive.ts';
import { receiveText } from './body.ts';
import type { Call } from './call.ts';
import { notImplemented, S3Error } from './errors.ts';
import type { StoredObject } from './object.ts';
import { findObject } from './read.ts';
import { parseRestore } from './xml.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What AWS says of each, at the latest. Expedited is not to be had here. */
const TAKES: Readonly<Record<string, number>> = { Standard: 12 * HOUR, Bulk: 48 * HOUR };

/** It stays until the midnight after so many days. */
const untilOf = (from: number, days: number): number => Math.ceil((from + days * DAY) / DAY) * DAY;

function restored(object: StoredObject, days: number, tier: string, time: number): StoredObject {
  if (object.storageClass !== 'DEEP_ARCHIVE')
    throw new S3Error(
      403,
      'InvalidObjectState',
      "Restore is not allowed for the object's current storage class",
    );
  const state = stateOf(object, time);
  if (state === 'restoring')
    throw new S3Error(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');
  if (state === 'readable' && object.restore)
    return { ...object, restore: { ready: object.restore.ready, until: untilOf(time, days) } };
  const ready = time + (TAKES[tier] ?? 0);
  return { ...object, restore: { ready, until: untilOf(ready, days) } };
}

/** 202 begins one, 200 has one that is there stay longer. */
export async function restoreObject(call: Call): Promise<void> {
  const { request, response, headers, verified, bucket, key, query, store } = call;
  const { days, tier } = parseRestore(await receiveText(request, headers, verified.payload));
  if (TAKES[tier] === undefined) throw notImplemented(`the tier "${tier}" of RestoreObject`);
  const { id } = await findObject(call, bucket, key, query.get('versionId'));
  const time = call.time();
  let status = 202;
  await store.change(bucket.name, key, (versions) => ({
    versions: versions.map((version) => {
      if (version.id !== id || version.marker) return version;
      status = restoreOf(version, time) ? 200 : 202;
      return restored(version, days, tier, time);
    }),
  }));
  response.writeHead(status, { 'content-length': '0' }).end();
}
