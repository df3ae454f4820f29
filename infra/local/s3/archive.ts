// The deep archive: what lies there is read by nobody until it has been restored, which takes hours, and then for some days.
import { S3Error } from './errors.ts';
import type { StoredObject } from './object.ts';

type State = 'archived' | 'restoring' | 'readable';

export function stateOf({ storageClass, restore }: StoredObject, time: number): State {
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
