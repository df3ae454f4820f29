// Sending the edits that wait: each is removed only when the cloud has it and this device knows so. Loaded on first need.
import type { Clock } from '../cloud/clock.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { EditOutcome } from '../cloud/requests.ts';
import type { QueuedEdit } from './edits.ts';
import { sendable, type WaitingEdit } from './edits-time.ts';
import type { EditStore } from './edits-store.ts';

const AT_ONCE = 6;
/** So many are kept in the replica together: one write for many edits, and those of one moment are mostly of one chunk. */
const BATCH = 500;

export interface SentEdit<Edit = QueuedEdit, Outcome = EditOutcome> {
  edit: Edit;
  outcome: Outcome;
}

/** Where edits go. */
export interface EditTarget<Edit, Outcome> {
  clock: Pick<Clock, 'now' | 'offset' | 'known'>;
  /** Any request: its answer tells server time. */
  hear: (edit: Edit, signal: AbortSignal) => Promise<unknown>;
  /** Edits of one row; gives what becomes of each. Fails with `missing` where the row is no longer there. */
  send: (edits: readonly Edit[], signal: AbortSignal) => Promise<readonly Outcome[]>;
  /** So many of one row go in one request. */
  atOnce: number;
}

export interface SendOptions<Edit extends WaitingEdit, Outcome> {
  store: EditStore<Edit>;
  target: EditTarget<Edit, Outcome>;
  signal: AbortSignal;
  /** The cloud has it. */
  onsent: (edit: Edit) => void;
  /** Its row is no longer there. */
  onlost: (edit: Edit) => void;
  /** Whether others have been added since `store` was read last; asked before each batch. */
  stale: () => boolean;
  /** This device knows so too: they do not wait any more. */
  onkept: (edits: readonly Edit[]) => void;
  /** Brings the replica up to what was sent. */
  keep: (sent: readonly SentEdit<Edit, Outcome>[]) => Promise<void>;
}

/** Nothing else can be sent either while these last. */
const STOPPING = new Set(['offline', 'throttled', 'signed-out', 'forbidden']);

/** Sends what waits, the oldest first; gives the first problem, and what could not be sent waits on. */
export async function sendWaiting<Edit extends WaitingEdit, Outcome>(
  options: SendOptions<Edit, Outcome>,
): Promise<Error | undefined> {
  const { store, target, signal, keep, stale, onkept } = options;
  const tried = new Set<string>();
  const problems: Error[] = [];
  const stopped = () =>
    signal.aborted || problems.some((error) => !(error instanceof CloudError) || STOPPING.has(error.code));
  let waiting: Edit[][] = [];
  while (!stopped()) {
    // Ten thousand are not read anew for each few that are sent.
    if (stale() || waiting.length === 0)
      waiting = byRow(
        (await store.all()).filter(({ id }) => !tried.has(id)),
        target.atOnce,
      );
    const batch = waiting.splice(0, BATCH);
    if (batch.length === 0) break;
    const sent: SentEdit<Edit, Outcome>[] = [];
    const rest = batch.values();
    const lane = async (): Promise<void> => {
      for (const edits of rest) {
        if (stopped()) return;
        for (const { id } of edits) tried.add(id);
        await sendTogether(edits, options).then(
          (some) => sent.push(...some),
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
export async function sendNow<Edit extends WaitingEdit, Outcome>(
  edits: readonly Edit[],
  target: EditTarget<Edit, Outcome>,
  signal: AbortSignal,
): Promise<SentEdit<Edit, Outcome>[]> {
  const sent = byRow(edits, target.atOnce).map(async (some) => {
    await hearServer(some, target, signal);
    const dated = some.map((edit) => sendable(edit, target.clock));
    return together(dated, await target.send(dated, signal));
  });
  return (await Promise.all(sent)).flat();
}

/** Each time the edits of one row, the oldest first. */
function byRow<Edit extends WaitingEdit>(edits: readonly Edit[], atOnce: number): Edit[][] {
  if (atOnce === 1) return edits.map((edit) => [edit]);
  const rows = new Map<string, Edit[]>();
  const groups: Edit[][] = [];
  for (const edit of edits) {
    const open = rows.get(edit.rowId);
    if (open && open.length < atOnce) open.push(edit);
    else {
      const group = [edit];
      rows.set(edit.rowId, group);
      groups.push(group);
    }
  }
  return groups;
}

const together = <Edit, Outcome>(edits: readonly Edit[], outcomes: readonly Outcome[]) =>
  edits.map((edit, i) => ({ edit, outcome: outcomes[i] as Outcome }));

/** Without any answer the edits would be dated by a clock that may be wrong. */
async function hearServer<Edit>(
  [edit]: readonly Edit[],
  target: EditTarget<Edit, unknown>,
  signal: AbortSignal,
): Promise<void> {
  if (edit && !target.clock.known) await target.hear(edit, signal);
}

/** Without those that are no more: another one took their place, or the row is gone. */
async function sendTogether<Edit extends WaitingEdit, Outcome>(
  queued: readonly Edit[],
  { store, target, signal, onsent, onlost }: SendOptions<Edit, Outcome>,
): Promise<SentEdit<Edit, Outcome>[]> {
  await hearServer(queued, target, signal);
  const edits: Edit[] = [];
  for (const one of queued) {
    const edit = sendable(one, target.clock);
    if (edit === one || (await store.redate(edit))) edits.push(edit);
  }
  if (edits.length === 0) return [];
  try {
    const sent = together(edits, await target.send(edits, signal));
    for (const edit of edits) onsent(edit);
    return sent;
  } catch (error) {
    if (!(error instanceof CloudError) || error.code !== 'missing') throw error;
    await store.remove(edits);
    for (const edit of edits) onlost(edit);
    return [];
  }
}
