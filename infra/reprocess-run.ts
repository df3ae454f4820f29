// How `npm run reprocess` works through what there is to do: a few events at a time, each handed to the processor, which is
// waited for. Whatever stops it, a second run goes on where it was: nothing is kept but what rows and queue say themselves.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { setTimeout as wait } from 'node:timers/promises';
import type { IdentityId } from '../src/schema/ids.ts';
import { decodeEventKey, originalKey } from '../src/schema/keys.ts';
import { fields, text, whole, type Fields } from '../src/schema/parse.ts';
import { PIPELINE } from '../src/schema/photo.ts';
import { eventFor, planFor, type Step } from './reprocess-plan.ts';
import { Problem } from './problem.ts';
import type { Target } from './reprocess-target.ts';

export interface Tally {
  done: number;
  failed: number;
  toDo: number;
  upToDate: number;
  /** In the deep archive: nobody can read them until they are restored. */
  archived: number;
}

export const noTally = (): Tally => ({ done: 0, failed: 0, toDo: 0, upToDate: 0, archived: 0 });

export interface Run {
  target: Target;
  /** How many events the processor works on at once, at most. */
  lanes: number;
  /** Nothing new is begun after this; what was begun is ended. */
  signal: AbortSignal;
  tally: Tally;
  /** The tally has changed. */
  changed: () => void;
  /** A photo, or a message, that the processor could not deal with. */
  failed: (what: string, why: string) => void;
  /** Waits before the second, third, ... attempt, in milliseconds. */
  pauses?: readonly number[];
}

/** The processor's own clients have waited before, for whatever was too busy. */
const PAUSES = [500, 3000];

/** Works on a few items at a time. The first error ends it, once all that had been begun is ended. */
export async function inLanes<T>(
  items: AsyncIterable<T> | Iterable<T>,
  { lanes, signal }: Pick<Run, 'lanes' | 'signal'>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source: AsyncIterator<T> | Iterator<T> =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const lane = async () => {
    while (!stop.aborted) {
      const next = await source.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      lane().catch((error: unknown) => {
        broken.abort();
        throw error;
      }),
    ),
  );
  await source.return?.();
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}

/** Has the processor handle an event, and again if it fails; gives what went wrong the last time, undefined for nothing. */
async function askProcessor(
  event: unknown,
  { target, signal, pauses = PAUSES }: Run,
): Promise<string | undefined> {
  const Payload = JSON.stringify(event);
  for (let attempt = 0; ; attempt++) {
    const answer = await target.lambda.send(
      new InvokeCommand({ FunctionName: target.names.processor, Payload }),
    );
    if (answer.FunctionError === undefined) return undefined;
    const pause = pauses[attempt];
    if (pause === undefined || signal.aborted) return reasonOf(answer.Payload?.transformToString() ?? '');
    // Not all at once again, if it was too much for a store; and an interruption needs no patience.
    await wait(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

function reasonOf(payload: string): string {
  const { errorType, errorMessage } = json(payload) ?? {};
  const reason = [errorType, errorMessage]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(': ');
  return reason === '' ? 'The processor failed without a word.' : reason;
}

function json(body: string): Fields | undefined {
  try {
    return fields(JSON.parse(body));
  } catch {
    // Said by whoever asked.
    return undefined;
  }
}

/** Rebuilds what is not up to date of one owner's photos, or everything. */
export async function rebuildOwner(owner: IdentityId, force: boolean, run: Run): Promise<void> {
  const { target, tally, signal, changed, failed } = run;
  if (signal.aborted) return;
  const { steps, upToDate, archived } = await planFor(owner, target, force, signal);
  tally.toDo += steps.length;
  tally.upToDate += upToDate;
  tally.archived += archived;
  changed();
  let isCurrent = false;
  await inLanes(steps, run, async (step) => {
    const event = eventFor(step, owner, target.names, Date.now());
    const failure = await askProcessor(event, run);
    tally.toDo -= 1;
    if (failure === undefined) {
      tally.done += 1;
      isCurrent ||= await checkPipeline(step, owner, target);
    } else {
      tally.failed += 1;
      failed(originalKey(owner, step.photoId), failure);
      await leave(event, target);
    }
    changed();
  });
}

/**
 * Left to Lambda's own retries, and so to the failure queue: as with every event, an attempt that broke off half-way is never the
 * last.
 */
async function leave(event: unknown, { lambda, names }: Target): Promise<void> {
  const Payload = JSON.stringify(event);
  await lambda.send(new InvokeCommand({ FunctionName: names.processor, InvocationType: 'Event', Payload }));
}

/** Whether the row shows that the deployed processor is of this pipeline; throws when it shows that it is older. */
async function checkPipeline(
  { photoId }: Step,
  owner: IdentityId,
  { dynamodb, names }: Target,
): Promise<boolean> {
  const { Item } = await dynamodb.send(
    new GetCommand({ TableName: names.photosTable, Key: { owner, photoId }, ConsistentRead: true }),
  );
  if (!Item || Item['deletedAt'] !== undefined) return false;
  if ((whole(Item['pipeline']) ?? 0) >= PIPELINE) return true;
  throw new Problem(
    'The processor that is deployed is older than these sources: run "npm run deploy" first, then this again.',
  );
}

/** Longer than all attempts at one message take; when this program dies, so long is the message hidden. */
const HIDDEN_SECONDS = 900;

/** Has the processor try again what is in the failure queue. A message is deleted only after its event was handled. */
export async function redrive(run: Run): Promise<void> {
  const { target, tally, changed, failed } = run;
  const { sqs, names } = target;
  const QueueUrl = names.failureQueue;
  /** By message id: the receipts of what was received and is still in the queue. */
  const held = new Map<string, string>();
  tally.toDo = await waiting(target);
  changed();
  try {
    await inLanes(messages(target, held), run, async ({ MessageId = '', Body = '' }) => {
      const event = json(Body)?.['requestPayload'];
      const failure = Array.isArray(fields(event)?.['Records'])
        ? await askProcessor(event, run)
        : 'The message is none that Lambda sends.';
      // The count from the beginning is approximate, and may have been too low.
      tally.toDo = Math.max(0, tally.toDo - 1);
      if (failure === undefined) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: held.get(MessageId) }));
        held.delete(MessageId);
        tally.done += 1;
      } else {
        tally.failed += 1;
        failed(nameOf(event) ?? `message ${MessageId}`, failure);
      }
      changed();
    });
  } finally {
    // For the next run, without a wait.
    for (const ReceiptHandle of held.values()) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  }
}

async function waiting({ sqs, names }: Target): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: names.failureQueue,
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  return Number(Attributes['ApproximateNumberOfMessages'] ?? 0);
}

/** One at a time, so that nothing is hidden that is not being worked on; and each only once. */
async function* messages(
  { sqs, names }: Target,
  held: Map<string, string>,
): AsyncGenerator<Message, void, undefined> {
  for (;;) {
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: names.failureQueue,
        MaxNumberOfMessages: 1,
        VisibilityTimeout: HIDDEN_SECONDS,
        // Any wait at all has SQS look on all of its servers.
        WaitTimeSeconds: 2,
      }),
    );
    if (!message) return;
    const id = message.MessageId ?? '';
    // Back because the run is long: then only its newest receipt is good for anything.
    const isNew = !held.has(id);
    held.set(id, message.ReceiptHandle ?? '');
    if (isNew) yield message;
  }
}

/** The photos that an event is about, as far as it can be read. */
function nameOf(event: unknown): string | undefined {
  const records = (fields(event)?.['Records'] ?? []) as unknown[];
  const keys = records.map((record) => {
    const object = fields(fields(fields(record)?.['s3'])?.['object']);
    return decodeEventKey(text(object?.['key'], 4096) ?? '');
  });
  const known = keys.filter((key) => key !== undefined && key !== '');
  return known.length > 0 ? known.join(', ') : undefined;
}
