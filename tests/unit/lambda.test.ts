// The processor's failure queue and log, as they are after a crash.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FailureQueue, type Failure } from '../../infra/local/failure-queue.ts';
import { Lambda } from '../../infra/local/lambda.ts';

test('a failure that a crash cut short is dropped at the next start, and the log begins anew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoebox-lambda-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const failuresFile = join(folder, 'failures.jsonl');
  const logFile = join(folder, 'processor.log');
  writeFileSync(failuresFile, '{"error":"ü"}\n{"err');
  writeFileSync(logFile, 'of the last run');
  const lambda = new Lambda({
    module: '',
    handler: '',
    environment: () => ({ variables: {}, expires: 0 }),
    region: 'us-east-1',
    timeoutSeconds: 1,
    retries: 0,
    failuresFile,
    logFile,
  });
  expect(lambda.queue.failures()).toEqual([{ error: 'ü' }]);
  expect(readFileSync(failuresFile, 'utf8')).toBe('{"error":"ü"}\n');
  expect(readFileSync(logFile, 'utf8')).toBe('');
  lambda.close();
});

function queueIn(folder: string) {
  let now = 0;
  const file = join(folder, 'failures.jsonl');
  return {
    file,
    open: () => new FailureQueue(file, () => now),
    pass: (seconds: number) => (now += seconds * 1000),
  };
}
const failure = (error: string): Failure => ({
  time: '2026-01-01T00:00:00.000Z',
  attempts: 3,
  error,
  event: {},
});
const errors = (queue: FailureQueue) => queue.failures().map(({ error }) => error);

test('a message that was received is hidden for its time, and there again if it was not deleted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoebox-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { open, pass } = queueIn(folder);
  const queue = open();
  for (const error of ['a', 'b', 'c']) queue.add(failure(error));
  const [a, b] = queue.receive(2, 30);
  expect([a?.failure.error, b?.failure.error]).toEqual(['a', 'b']);
  expect(queue.counts()).toEqual({ visible: 1, hidden: 2 });
  expect(queue.delete(a?.receipt ?? '')).toBe(true);
  expect(queue.hide(b?.receipt ?? '', 0)).toBe(true);
  const [again] = queue.receive(1, 30);
  expect(again).toMatchObject({ id: b?.id, failure: { error: 'b' } });
  // Only the last receipt is good for anything, and none twice.
  expect(queue.delete(b?.receipt ?? '')).toBe(false);
  expect(queue.delete(a?.receipt ?? '')).toBe(false);
  expect(queue.hide('', 0)).toBe(false);
  expect(queue.receive(10, 30).map(({ failure: { error } }) => error)).toEqual(['c']);
  expect(queue.receive(10, 30)).toEqual([]);
  pass(30);
  expect(queue.receive(10, 30).map(({ failure: { error } }) => error)).toEqual(['b', 'c']);
});

test('what was deleted stays deleted after a restart, and what was not is there, whenever the power fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoebox-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { file, open } = queueIn(folder);
  const queue = open();
  for (const error of ['a', 'b', 'c']) queue.add(failure(error));
  const [, b] = queue.receive(2, 30);
  queue.delete(b?.receipt ?? '');
  queue.add(failure('d'));
  const [c, d] = queue.receive(2, 30);
  expect([c?.failure.error, d?.failure.error]).toEqual(['c', 'd']);
  queue.delete(d?.receipt ?? '');
  const whole = readFileSync(file);
  const seen = new Set<string>();
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(file, whole.subarray(0, cut));
    const found = errors(open());
    seen.add(found.join(''));
    // The file was tidied, and says the same again.
    expect(errors(open())).toEqual(found);
  }
  expect([...seen]).toEqual(
    ['', 'a', 'ab', 'abc', 'ac', 'acd', 'ac'].filter((one, at, all) => all.indexOf(one) === at),
  );
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  // A receipt of before the restart is none.
  const reopened = open();
  expect(reopened.delete(c?.receipt ?? '')).toBe(false);
  reopened.add(failure('e'));
  expect(errors(open())).toEqual(['a', 'c', 'e']);
});
