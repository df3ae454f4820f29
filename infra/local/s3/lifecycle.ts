// Lifecycle rules, applied once at each start: a laptop that is off at midnight would miss a schedule.
import { isDeepStrictEqual } from 'node:util';
import { COLDER, type BucketSpec, type LifecycleRule } from './bucket.ts';
import type { Versions } from './object.ts';
import { newId, type Store } from './store.ts';

const DAY = 24 * 3600 * 1000;

/** AWS's default: to move what is smaller would cost more than it saves. */
const SMALLEST_MOVED = 128 * 1024;

/** The current version in the class where it should be by now. Versions that are no longer current stay where they are. */
function moved(rule: LifecycleRule, [current, ...older]: Versions, now: number): Versions {
  if (!current || current.marker || current.size < SMALLEST_MOVED) return current ? [current, ...older] : [];
  const due = (rule.Transitions ?? [])
    .filter(({ TransitionInDays }) => current.modified <= now - TransitionInDays * DAY)
    .map(({ StorageClass }) => COLDER.indexOf(StorageClass));
  const storageClass = COLDER[Math.max(COLDER.indexOf(current.storageClass), ...due)];
  return [storageClass === undefined ? current : { ...current, storageClass }, ...older];
}

/** What is left of a key's versions. Expiry by lifecycle is not among the events that Shoebox subscribes to. */
function keep(rule: LifecycleRule, versions: Versions, versioned: boolean, now: number): Versions {
  let kept = versions;
  const days = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  if (days !== undefined)
    // A version is noncurrent since the next newer one was made.
    kept = kept.filter((_, index) => {
      const newer = kept[index - 1];
      return !newer || newer.modified > now - days * DAY;
    });
  const [current] = kept;
  if (!current) return kept;
  if (current.marker) return rule.ExpiredObjectDeleteMarker && kept.length === 1 ? [] : kept;
  if (rule.ExpirationInDays === undefined || current.modified > now - rule.ExpirationInDays * DAY)
    return kept;
  return versioned ? [{ id: newId(), modified: now, marker: true }, ...kept] : [];
}

/** Whether a rule is about objects: one that only aborts uploads leaves them alone. */
const concernsObjects = (rule: LifecycleRule): boolean =>
  rule.Status === 'Enabled' &&
  (rule.Transitions !== undefined ||
    rule.ExpirationInDays !== undefined ||
    rule.NoncurrentVersionExpiration !== undefined ||
    rule.ExpiredObjectDeleteMarker === true);

async function sweepBucket(store: Store, bucket: BucketSpec, now: number): Promise<void> {
  for (const rule of bucket.lifecycleRules.filter(concernsObjects)) {
    const kept = (versions: Versions) => moved(rule, keep(rule, versions, bucket.versioned, now), now);
    for await (const [key, found] of store.scan(bucket.name, { prefix: rule.Prefix ?? '' })) {
      if (isDeepStrictEqual(kept(found), found)) continue;
      await store.change(bucket.name, key, (versions) => ({ versions: kept(versions) }));
    }
  }
}

export async function sweep(store: Store, buckets: readonly BucketSpec[], now: number): Promise<void> {
  for (const bucket of buckets) await sweepBucket(store, bucket, now);
  const rulesOf = new Map(buckets.map((bucket) => [bucket.name, bucket.lifecycleRules]));
  for await (const [uploadId, upload] of store.uploads()) {
    const due = rulesOf.get(upload.bucket)?.some((rule) => {
      const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
      return (
        rule.Status === 'Enabled' &&
        days !== undefined &&
        upload.key.startsWith(rule.Prefix ?? '') &&
        upload.initiated <= now - days * DAY
      );
    });
    if (due) await store.abort(uploadId);
  }
}
