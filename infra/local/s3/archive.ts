// The deep archive: what lies there is read by nobody until it has been restored, which takes hours, and then for some days.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
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

type State = 'archived' | 'restoring' | 'readable';

function stateOf({ storageClass, restore }: StoredObject, time: number): State {
  if (storageClass !== 'DEEP_ARCHIVE') return 'readable';
  if (!restore || time >= restore.until) return 'archived';
  return time < restore.ready ? 'restoring' : 'readable';
}

/** Undefined where nobody has asked for it, or its days are over. */
export function restoreOf(
  object: StoredObject,
  time: number,
): { ongoing: true } | { ongoing: false; until: number } | undefined {
  const state = stateOf(object, time);
  if (!object.restore || state === 'archived') return undefined;
  return state === 'restoring' ? { ongoing: true } : { ongoing: false, until: object.restore.until };
}

/** Whoever reads bytes; what is known about them is told of any object. */
export function requireReadable(object: StoredObject, time: number): void {
  if (stateOf(object, time) === 'readable') return;
  const { storageClass } = object;
  throw new S3Error(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
    'x-amz-storage-class': storageClass,
  });
}

/** The source of a copy. */
export function requireActive(object: StoredObject, time: number): void {
  if (stateOf(object, time) === 'readable') return;
  throw new S3Error(
    403,
    'ObjectNotInActiveTierError',
    'The source object of the COPY operation is not in the active tier and is only stored in Amazon Glacier.',
  );
}

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
