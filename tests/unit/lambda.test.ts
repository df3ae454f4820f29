// The processor's failure queue and log, as they are after a crash.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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
