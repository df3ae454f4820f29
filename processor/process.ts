// One event, one photo: looks at the original as it now is, makes renditions and row agree with it, and looks again.
//
// Events come twice, late and in any order, so none is taken at its word: it only says that a photo may have changed. Two rules
// make every order end the same. The row is written under the event's sequencer, so an older event never undoes a later one.
// And nobody leaves before the original still is what the last writes stood for, so renditions never outlive their original
// and a late delete never takes those of a photo that is back.
//
// An owner's wish is an event that may never have been. It says no more than any other, has the place in their order of what wrote
// the row, and comes to nothing where row and original agree: whatever is wished, and however often, harms no photo.
import { decodeEventKey, parseOriginalKey, parseWishKey, RENDITIONS } from '../src/schema/keys.ts';
import { isRight, rowStateOf, sequencerOf } from '../src/schema/row-state.ts';
import { measure } from './measure.ts';
import { goneUpdate, paddedSequencer, presentUpdate, type Sequencer } from './row.ts';
import type { Original, PhotoKey, Stores } from './stores.ts';

/** What the processor needs of a record of an S3 event. */
export interface EventRecord {
  s3: { object: { key: string; sequencer: string } };
}

export interface Dependencies {
  stores: Stores;
  /** Epoch milliseconds. */
  now: () => number;
  /** Bytes of the largest original that is not worth a word; undefined where any is. */
  largest?: number | undefined;
  /** One structured line; never a name, a place or a caption. */
  log: (entry: Record<string, unknown>) => void;
}

/** A photo that is deleted and uploaded again more often than this while it is worked on is left to a retry. */
const ROUNDS = 5;

/**
 * Tries every record, whatever became of those before it; rejects at the end when any failed. Then all are tried again, which
 * does those that went well no harm.
 */
export async function processRecords<R extends EventRecord>(
  records: readonly R[],
  dependenciesFor: (record: R) => Dependencies,
  log: Dependencies['log'],
): Promise<void> {
  const errors: unknown[] = [];
  for (const record of records) {
    try {
      // Also what it takes to read the record: one that is none must not keep the others from being done.
      await processRecord(record, dependenciesFor(record));
    } catch (error) {
      errors.push(error);
      log({ level: 'error', message: 'will be tried again', error: String(error) });
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} records could not be processed`);
}

export async function processRecord(record: EventRecord, dependencies: Dependencies): Promise<void> {
  const key = decodeEventKey(record.s3.object.key) ?? '';
  const wished = parseWishKey(key);
  if (wished) {
    await lookAgain(wished, dependencies);
    return;
  }
  const photo = parseOriginalKey(key);
  if (photo) await settle(photo, paddedSequencer(record.s3.object.sequencer), dependencies);
  else dependencies.log({ message: 'ignored: the key of neither an original nor a wish' });
}

async function lookAgain(photo: PhotoKey, dependencies: Dependencies): Promise<void> {
  const { stores, log } = dependencies;
  const [item, original] = await Promise.all([stores.readRow(photo), stores.lookAtOriginal(photo)]);
  const row = rowStateOf(item);
  if (isRight(original, row)) log({ message: 'wished for nothing: all is well', ...photo });
  else await settle(photo, paddedSequencer(sequencerOf(row)), dependencies);
}

async function settle(photo: PhotoKey, sequencer: Sequencer, dependencies: Dependencies): Promise<void> {
  const { stores, now, log } = dependencies;
  const started = now();
  for (let round = 0; round < ROUNDS; round++) {
    const original = await stores.readOriginal(photo);
    if (original === 'archived') {
      // What there is of it stays as it is; to try again in a minute, or an hour, would end the same.
      log({ level: 'warn', message: 'left as it is: in the deep archive, to be restored first', ...photo });
      return;
    }
    const outcome = original
      ? await present(photo, original, sequencer, dependencies)
      : await gone(photo, sequencer, dependencies);
    log({
      message: 'processed',
      ...photo,
      ...outcome,
      bytes: original?.bytes,
      milliseconds: now() - started,
    });
    if ((await stores.lookAtOriginal(photo))?.version === original?.version) return;
  }
  throw new Error('the original kept changing while it was processed');
}

interface Outcome {
  outcome: 'ready' | 'failed' | 'gone';
  failure?: string;
  note?: string;
  /** False when a later event had already written the row. */
  written: boolean;
}

async function present(
  photo: PhotoKey,
  original: Original,
  sequencer: Sequencer,
  { stores, now, log, largest = Infinity }: Dependencies,
): Promise<Outcome> {
  const before = await stores.readRow(photo);
  const { measured: found, renditions } = await measure(photo.photoId, original, {
    now: now(),
    warn: (message, error) => log({ message, ...photo, error: String(error) }),
  });
  // IAM bounds no sizes: what is too large is stored, and said.
  const measured = original.bytes > largest ? { ...found, note: 'over-limit' as const } : found;
  // What was shown before can be shown: the computer was too busy, and another try costs nothing but time.
  if (measured.failure?.code === 'unexpected' && before?.status === 'ready')
    throw new Error(`a photo that was ready could not be measured: ${measured.failure.sentence}`);
  // Renditions before the row: a row that says ready is always right.
  await allEnded(
    RENDITIONS.map((rendition) => {
      const webp = renditions?.[rendition];
      return webp ? stores.putRendition(photo, rendition, webp) : stores.deleteRendition(photo, rendition);
    }),
  );
  const written = await stores.updateRow(photo, presentUpdate(measured, before, sequencer, now()));
  return { outcome: measured.status, failure: measured.failure?.code, note: measured.note, written };
}

async function gone(photo: PhotoKey, sequencer: Sequencer, { stores, now }: Dependencies): Promise<Outcome> {
  await allEnded(RENDITIONS.map((rendition) => stores.deleteRendition(photo, rendition)));
  return { outcome: 'gone', written: await stores.updateRow(photo, goneUpdate(sequencer, now())) };
}

/**
 * Rejects with the first failure, but not before all have ended: a write still on its way when this event is given up could land
 * after its retry has cleared the photo away.
 */
async function allEnded(writes: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(writes);
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}
