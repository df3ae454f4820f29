// What `npm run reprocess` decides, shows and says: which photos need an event, how many at once, where it works, what went wrong.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { OPERATOR_FILE, OperatorError, parseOperator } from '../../infra/operator.ts';
import { operatorPolicy } from '../../infra/policies.ts';
import { eventFor, stepFor } from '../../infra/reprocess-plan.ts';
import type { RowState } from '../../src/schema/row-state.ts';
import { Progress } from '../../infra/reprocess-progress.ts';
import { inLanes } from '../../infra/reprocess-run.ts';
import { saidOf } from '../../infra/command.ts';
import { Problem } from '../../infra/problem.ts';
import { awsTarget, localTarget } from '../../infra/reprocess-target.ts';
import { decodeEventKey, originalKey } from '../../src/schema/keys.ts';
import { PIPELINE } from '../../src/schema/photo.ts';
import { identity, photoIdOf } from '../fixtures.ts';

/** Soon enough also on a computer that is busy with other things. */
const soon = { timeout: 20_000, interval: 20 };

const photoId = photoIdOf(Buffer.from('x'));
const row = (more: Partial<RowState> = {}): RowState => ({
  pipeline: PIPELINE,
  sequencer: '5F'.padEnd(40, '0'),
  deleted: false,
  ...more,
});

describe('what is to be done for a photo', () => {
  test.each<[string, boolean, RowState | undefined, boolean]>([
    ['of this pipeline', true, row(), false],
    ['of a later pipeline', true, row({ pipeline: PIPELINE + 1 }), false],
    ['of an older pipeline', true, row({ pipeline: PIPELINE - 1 }), true],
    ['from before there were pipelines', true, row({ pipeline: undefined }), true],
    ['stored but never processed', true, undefined, true],
    ['with a tombstone although it is there', true, row({ deleted: true, pipeline: undefined }), true],
    ['that failed because the computer was too busy', true, row({ failure: 'unexpected' }), true],
    ['that is damaged, as it will be next time', true, row({ failure: 'damaged' }), false],
    ['whose row its owner made up', true, { deleted: false }, true],
    ['that is gone, and its row does not know', false, row(), true],
    ['that is gone and has its tombstone', false, row({ deleted: true }), false],
    ['that is gone, tombstone and all', false, undefined, false],
  ])('one %s', (_what, hasOriginal, state, isNeeded) => {
    expect(stepFor(photoId, hasOriginal, state) !== undefined).toBe(isNeeded);
  });

  test('by force everything that has an original is done, and still nothing that is well and truly gone', () => {
    expect(stepFor(photoId, true, row(), true)).toBeDefined();
    expect(stepFor(photoId, false, row({ deleted: true }), true)).toBeUndefined();
  });

  test('its event has the sequencer of the row, or one that every event of S3 has a greater than', () => {
    expect(stepFor(photoId, true, row({ pipeline: 0 }))?.sequencer).toBe(row().sequencer);
    expect(stepFor(photoId, true, undefined)?.sequencer).toBe('0');
    expect(stepFor(photoId, true, { deleted: false })?.sequencer).toBe('0');
  });

  test('its event names it as S3 would', () => {
    const names = { originalsBucket: 'originals', region: 'eu-west-1' } as Parameters<typeof eventFor>[2];
    const owner = identity();
    const step = { photoId, hasOriginal: false, sequencer: '0' };
    const [record] = eventFor(step, owner, names, 0).Records;
    expect(record).toMatchObject({
      eventSource: 'aws:s3',
      eventName: 'ObjectRemoved:DeleteMarkerCreated',
      eventTime: '1970-01-01T00:00:00.000Z',
      awsRegion: 'eu-west-1',
      s3: { bucket: { name: 'originals' }, object: { sequencer: '0' } },
    });
    expect(decodeEventKey(record?.s3.object.key ?? '')).toBe(originalKey(owner, photoId));
  });
});

describe('working on several at once', () => {
  const never = new AbortController().signal;

  test('everything is done once, and never more at a time than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat(20),
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, count, lanes) => {
          const items = [...Array(count).keys()];
          const done: number[] = [];
          let now = 0;
          let most = 0;
          const work = async (item: number) => {
            most = Math.max(most, ++now);
            await scheduler.schedule(Promise.resolve());
            now -= 1;
            done.push(item);
          };
          await scheduler.waitFor(inLanes(items, { lanes, signal: never }, work));
          expect(done.sort((a, b) => a - b)).toEqual(items);
          expect(most).toBe(Math.min(lanes, count));
        },
      ),
    );
  });

  test('after an error nothing is begun, and what was begun is ended first', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    let letGo: () => void = () => {};
    const slow = new Promise<void>((resolve) => (letGo = resolve));
    const work = inLanes([0, 1, 2, 3], { lanes: 2, signal: never }, async (item) => {
      begun.push(item);
      if (item === 0) throw new Error('broken');
      await slow;
      ended.push(item);
    });
    const failed = work.catch(String);
    await vi.waitFor(() => expect(begun).toEqual([0, 1]), soon);
    letGo();
    expect(await failed).toBe('Error: broken');
    expect([begun, ended]).toEqual([[0, 1], [1]]);
  });

  test('after an interruption nothing is begun', async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    await inLanes([0, 1, 2, 3], { lanes: 1, signal: stop.signal }, async (item) => {
      begun.push(item);
      if (item === 1) stop.abort();
    });
    expect(begun).toEqual([0, 1]);
  });
});

describe('what is seen', () => {
  const screen = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, isTTY, columns: 20, write: (text: string) => written.push(text) };
  };

  test('on a terminal one line that changes, cut to its width, and not too often', () => {
    let now = 0;
    const terminal = screen(true);
    const progress = new Progress(terminal, () => now);
    progress.show('1 done, 200 to do, 0 failed');
    progress.show('2 done');
    now = 100;
    progress.show('3 done');
    progress.say('a failure');
    progress.show('4 done');
    expect(terminal.written).toEqual([
      '\r\u001B[K1 done, 200 to do, ',
      '\r\u001B[K3 done',
      '\r\u001B[Ka failure\n',
      '\r\u001B[K4 done',
    ]);
  });

  test('elsewhere plain lines, every ten seconds at most', () => {
    let now = 0;
    const file = screen(false);
    const progress = new Progress(file, () => now);
    for (; now <= 20_000; now += 1000) progress.show(`${now} done, which is a long line`);
    progress.say('a failure');
    expect(file.written).toEqual([
      ...[10_000, 20_000].map((at) => `${at} done, which is a long line\n`),
      'a failure\n',
    ]);
  });

  test('no control character of a key or an error reaches the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const terminal = screen(false);
        new Progress(terminal).say(text);
        expect(terminal.written.join('')).not.toMatch(/(?![\t\n])\p{Cc}/u);
      }),
    );
  });
});

describe('where it works', () => {
  const config = {
    region: 'eu-west-1',
    userPoolId: 'p',
    authority: 'https://cognito-idp.eu-west-1.amazonaws.com/p',
    signInUrl: 'https://shoebox.auth.eu-west-1.amazoncognito.com',
    clientId: 'c',
    identityPoolId: 'i',
    google: false,
    originalsBucket: 'originals',
    libraryBucket: 'library',
    photosTable: 'photos',
    socialTable: 'social',
    shareHost: 'https://links.example',
  };
  const outputs = {
    Config: JSON.stringify(config),
    ProcessorFunction: 'processor',
    FailureQueue: 'https://queue',
  };

  /** A CloudFormation that knows of one stack, or refuses. */
  async function cloudFormation(answer: { status: number; body: string }): Promise<void> {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv(
      'AWS_ENDPOINT_URL_CLOUDFORMATION',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
    onTestFinished(() => {
      vi.unstubAllEnvs();
      server.close();
      server.closeAllConnections();
    });
  }
  const stackWith = (values: Record<string, string>) => ({
    status: 200,
    body: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
      <StackName>Shoebox</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>
      ${Object.entries(values)
        .map(
          ([key, value]) =>
            `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
        )
        .join('')}
      </Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  });
  const refusal = (code: string, message: string) => ({
    status: 400,
    body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  });
  const shoebox = { stackName: 'Shoebox', region: 'eu-west-1' };
  const said = () => awsTarget(shoebox).then(String, (error: unknown) => saidOf(error));

  test('on AWS its names come from the stack', async () => {
    await cloudFormation(stackWith(outputs));
    const { names } = await awsTarget(shoebox);
    expect(names).toEqual({
      region: 'eu-west-1',
      originalsBucket: 'originals',
      photosTable: 'photos',
      processor: 'processor',
      failureQueue: 'https://queue',
    });
  });

  test('a stack from before there was this command has to be deployed once more', async () => {
    await cloudFormation(stackWith({ Config: outputs.Config }));
    expect(await said()).toMatch(/older Shoebox.*npm run deploy/);
  });

  test('an account without the stack is told where it was looked for', async () => {
    await cloudFormation(refusal('ValidationError', 'Stack with id Shoebox does not exist'));
    expect(await said()).toMatch(/no stack Shoebox in eu-west-1/);
  });

  test('credentials that have ended, or lack a right, are told so', async () => {
    await cloudFormation(refusal('ExpiredToken', 'The security token included in the request is expired'));
    expect(await said()).toMatch(/credentials have expired.*aws sso login/);
    await cloudFormation(refusal('AccessDenied', 'User x may not cloudformation:DescribeStacks'));
    expect(await said()).toMatch(/lack a right.*cloudformation:DescribeStacks/);
  });

  test('what nobody foresaw keeps its stack trace', () => {
    expect(saidOf(new TypeError('a mistake of ours'))).toBeUndefined();
    expect(saidOf('text')).toBeUndefined();
    expect(saidOf(new Problem('a plain sentence'))).toBe('a plain sentence');
  });

  test('a local cloud that is not there, or is no longer, is said to be not running', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoebox-operator-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(() => localTarget(folder)).toThrow(/No local Shoebox is running/);
    expect(() => localTarget(join(folder, OPERATOR_FILE, 'x'))).toThrow(/No local Shoebox is running/);
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(saidOf(refused, { directory: folder })).toMatch(/No local Shoebox is running/);
    expect(saidOf(refused)).toMatch(/AWS cannot be reached/);
    writeFileSync(join(folder, OPERATOR_FILE), '{"names":{}}');
    expect(() => localTarget(folder)).toThrow(OperatorError);
  });

  test('the file of the local cloud is read whole or not at all', () => {
    const whole = {
      names: {
        region: 'r',
        originalsBucket: 'o',
        photosTable: 'p',
        processor: 'f',
        failureQueue: 'q',
        userPool: 'u',
      },
      endpoints: { s3: 'http://a', api: 'http://b', site: 'http://c' },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: 'd' },
      keeping: { accessKeyId: 'e', secretAccessKey: 'f', sessionToken: 'g', expiration: 'h' },
    };
    expect(parseOperator(whole)).toEqual(whole);
    for (const [part, values] of Object.entries(whole)) {
      for (const field of Object.keys(values)) {
        const broken = { ...whole, [part]: { ...values, [field]: undefined } };
        expect(() => parseOperator(broken)).toThrow(`${part}.${field}`);
      }
    }
  });
});

test('the operator may read, run and empty, and write nothing', () => {
  const arns = { originals: 'arn:o', photos: 'arn:p', processor: 'arn:f', failures: 'arn:q' };
  const { Statement } = operatorPolicy(arns);
  const actions = Statement.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /\*|Put|Update|Delete(?!Message$)|Send/.test(action))).toEqual([]);
  expect(new Set(Statement.flatMap(({ Resource }) => Resource))).toEqual(new Set(Object.values(arns)));
});
