// Sending the edits that wait: each is removed only when the cloud has it and this device knows so. Loaded on first need.
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { EditOutcome } from '../cloud/requests.ts';
import { sendable, type EditSource, type QueuedEdit } from './edits.ts';
import type { EditStore } from './edits-store.ts';

const AT_ONCE = 6;
/** So many are kept in the replica together: one write for many edits, and those of one moment are mostly of one chunk. */
const BATCH = 500;

export interface SentEdit {
  edit: QueuedEdit;
  outcome: EditOutcome;
}

export interface SendOptions {
  store: EditStore;
  source: EditSource;
  signal: AbortSignal;
  /** The cloud has it. */
  onsent: (edit: QueuedEdit) => void;
  /** Its photo is no longer there. */
  onlost: (edit: QueuedEdit) => void;
  /** Whether others have been added since `store` was read last; asked before each batch. */
  stale: () => boolean;
  /** This device knows so too: they do not wait any more. */
  onkept: (edits: readonly QueuedEdit[]) => void;
  /** Brings the replica up to what was sent. */
  keep: (sent: readonly SentEdit[]) => Promise<void>;
}

/** Nothing else can be sent either while these last. */
const STOPPING = new Set(['offline', 'throttled', 'signed-out', 'forbidden']);

/** Sends what waits, the oldest first; gives the first problem, and what could not be sent waits on. */
export async function sendWaiting(options: SendOptions): Promise<Error | undefined> {
  const { store, signal, keep, stale, onkept } = options;
  const tried = new Set<string>();
  const problems: Error[] = [];
  const stopped = () =>
    signal.aborted || problems.some((error) => !(error instanceof CloudError) || STOPPING.has(error.code));
  let waiting: QueuedEdit[] = [];
  while (!stopped()) {
    // Ten thousand are not read anew for each few that are sent.
    if (stale() || waiting.length === 0) waiting = (await store.all()).filter(({ id }) => !tried.has(id));
    const batch = waiting.splice(0, BATCH);
    if (batch.length === 0) break;
    const sent: SentEdit[] = [];
    const rest = batch.values();
    const lane = async (): Promise<void> => {
      for (const edit of rest) {
        if (stopped()) return;
        tried.add(edit.id);
        await sendOne(edit, options).then(
          (one) => one && sent.push(one),
          (error: unknown) => problems.push(toCloudError(error)),
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    if (sent.length > 0) {
      await keep(sent);
      const kept = sent.map(({ edit }) => edit);
      await store.remove(kept);
      onkept(kept);
    }
  }
  return problems[0];
}

/** Sends edits that are kept nowhere: all, or it fails. */
export const sendNow = (
  edits: readonly QueuedEdit[],
  source: EditSource,
  signal: AbortSignal,
): Promise<SentEdit[]> =>
  Promise.all(
    edits.map(async (queued) => {
      await hearServer(queued, source, signal);
      const edit = sendable(queued, source.clock);
      return { edit, outcome: await source.editPhoto(edit.photoId, edit, signal) };
    }),
  );

/** Any answer tells server time; without it the edit would be dated by a clock that may be wrong. */
async function hearServer({ photoId }: QueuedEdit, source: EditSource, signal: AbortSignal): Promise<void> {
  if (!source.clock.known) await source.readPhoto(photoId, signal);
}

/** Undefined for an edit that is no more: another one took its place, or its photo is gone. */
async function sendOne(
  queued: QueuedEdit,
  { store, source, signal, onsent, onlost }: SendOptions,
): Promise<SentEdit | undefined> {
  await hearServer(queued, source, signal);
  const edit = sendable(queued, source.clock);
  if (edit !== queued && !(await store.redate(edit))) return undefined;
  try {
    const outcome = await source.editPhoto(edit.photoId, edit, signal);
    onsent(edit);
    return { edit, outcome };
  } catch (error) {
    if (!(error instanceof CloudError) || error.code !== 'missing') throw error;
    await store.remove([edit]);
    onlost(edit);
    return undefined;
  }
}
