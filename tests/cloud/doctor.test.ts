// The doctor, examining the local cloud with the code that examines AWS: where all is well it says so and leaves nothing behind; where
// something is broken on purpose, it names just that.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { examine } from '../../infra/doctor/examine.ts';
import type { Target } from '../../infra/doctor/target.ts';
import { poolAsker } from '../../infra/user-pool.ts';
import { NOTIFIER } from '../../src/schema/social.ts';
import { userPoolOf } from '../../src/schema/user-pool.ts';
import { buildPage, ROOT, synthesise } from '../../infra/local/synth.ts';
import type { Template } from '../../infra/local/template-values.ts';
import { clientsFor, freshCloud } from './people.ts';
import { withReads } from './reading.ts';
import { withOperator } from './refusals.ts';

type Cloud = Awaited<ReturnType<typeof freshCloud>>;

/** With the rights that the operator of a local cloud has, and no others. */
function targetOf({ config, urls, issueRole }: Cloud): Target {
  const credentials = issueRole('LocalOperator');
  const common = { region: config.region, credentials, maxAttempts: 1 };
  return {
    address: urls.site,
    config,
    askPool: poolAsker(userPoolOf(config), async () => credentials),
    s3: new S3Client({ ...common, endpoint: urls.s3, forcePathStyle: true }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: urls.api })),
  };
}

const patient = { patience: 40_000, pause: wait };
/** Rows of people, of either table. */
async function rowsOf(cloud: Cloud): Promise<unknown[]> {
  const { dynamodb } = clientsFor(cloud, cloud.issueRole('Operator'));
  const { photosTable, socialTable } = cloud.config;
  const found = await Promise.all(
    [photosTable, socialTable].map((TableName) => dynamodb.send(new ScanCommand({ TableName }))),
  );
  return found.flatMap(({ Items = [] }) => Items).filter(({ owner }) => owner !== NOTIFIER);
}
const emails = (cloud: Cloud): string[] => cloud.people.people.map(({ email }) => email);

describe('where all is well', { timeout: 120_000 }, () => {
  test('the doctor says so, has looked at everything, and leaves nothing behind', async () => {
    const cloud = await freshCloud({
      processor: true,
      notifier: true,
      dist: () => buildPage(),
      template: withOperator,
    });
    try {
      const before = emails(cloud);
      const target = targetOf(cloud);
      const examination = await examine(target, patient);
      expect(examination.results.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
      expect(examination.isWell).toBe(true);
      expect(examination.results.length).toBeGreaterThan(50);
      expect(examination.remarks).toEqual([expect.stringContaining('set "cloudFrontReads": true in infra/')]);

      expect(emails(cloud)).toEqual(before);
      const { Versions = [], DeleteMarkers = [] } = await target.s3.send(
        new ListObjectVersionsCommand({ Bucket: cloud.config.originalsBucket }),
      );
      expect([...Versions, ...DeleteMarkers]).toEqual([]);
      expect(await rowsOf(cloud)).toEqual([]);

      // As a person has it: from another process, by the file that a local cloud leaves.
      const told = await run(['--local', '--data', cloud.directory]);
      expect(told).toMatchObject({ code: 0, errors: '' });
      expect(told.said).toMatch(/All is well: \d+ things were looked at\.\s*$/);
    } finally {
      await cloud.end();
    }
  });
});

describe('where pictures are read through CloudFront', { timeout: 120_000 }, () => {
  test.for([
    ['works', undefined, /leave "cloudFrontReads": true/],
    ['fails', 'broken', /Set "cloudFrontReads": false in infra\/shoebox\.json/],
  ] as const)('the doctor says whether it %s, and what to set', async ([_what, fault, advice]) => {
    const cloud = await freshCloud({
      processor: true,
      notifier: true,
      dist: () => buildPage(),
      template: withReads,
      readsFaults: () => fault,
    });
    try {
      const examination = await examine(targetOf(cloud), patient);
      const failed = examination.results.filter(({ outcome }) => outcome !== 'ok');
      expect(failed.length > 0).toBe(fault !== undefined);
      expect(examination.remarks).toEqual([expect.stringMatching(advice)]);
    } finally {
      await cloud.end();
    }
  });
});

/** Edits the template as text; fails where there is nothing to edit. */
const edited =
  (from: string, to: string, make = synthesise as () => Promise<Template>) =>
  async (): Promise<Template> => {
    const text = JSON.stringify(await make());
    if (!text.includes(from)) throw new Error(`the template has no ${from}`);
    return JSON.parse(text.replaceAll(from, to)) as Template;
  };

const ME = '${cognito-identity.amazonaws.com:sub}';

describe('where something is broken, the doctor names it', { timeout: 120_000 }, () => {
  test.for<[what: string, template: () => Promise<Template>, line: string]>([
    ['pictures are anybody’s', edited(`/renditions/${ME}/*`, '/renditions/*'), 'to read a picture'],
    [
      'keys are not compared',
      edited(
        `"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${ME}"]`,
        '"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["*"]',
      ),
      'to read another’s row',
    ],
    [
      'scripts from anywhere run',
      edited("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
      'lets no foreign script run',
    ],
    [
      'everybody is let in',
      edited('"AmbiguousRoleResolution":"Deny"', '"AmbiguousRoleResolution":"AuthenticatedRole"'),
      'ada, not let in yet, gets no credentials',
    ],
    [
      'CloudFront goes on giving what it has kept',
      edited('Date.now() <= at', '0 <= at', withReads),
      'nobody reads when the time of a signature is over, though CloudFront has kept the picture',
    ],
    [
      'CloudFront asks S3 for anything',
      edited('PATH.test(request.uri) &&', '', withReads),
      'neither the index, nor originals, nor links, nor a list can be had there',
    ],
    [
      'an original may lie over another',
      edited('"s3:if-none-match":"false",', ''),
      'to put an original that could lie over another',
    ],
  ])('%s', async ([_what, template, line]) => {
    const cloud = await freshCloud({ processor: true, notifier: true, dist: () => buildPage(), template });
    try {
      const before = emails(cloud);
      const examination = await examine(targetOf(cloud), patient);
      expect(examination.isWell).toBe(false);
      const failed = examination.results.filter(({ outcome }) => outcome === 'failed');
      expect(failed.map(({ what }) => what)).toContain(line);
      expect(emails(cloud)).toEqual(before);
    } finally {
      await cloud.end();
    }
  });

  test('the processor does not come', async () => {
    const cloud = await freshCloud({ processor: false, dist: () => buildPage() });
    try {
      const examination = await examine(targetOf(cloud), { ...patient, patience: 500 });
      const first = examination.results.find(({ outcome }) => outcome === 'failed');
      expect(first).toMatchObject({
        what: 'becomes ready: S3 tells the processor, which writes its row',
        why: expect.stringContaining('Look at the log of the processor'),
      });
      expect(examination.results.some(({ outcome }) => outcome === 'not tried')).toBe(true);
    } finally {
      await cloud.end();
    }
  });

  test('the notifier does not come', async () => {
    const cloud = await freshCloud({ processor: true, notifier: false, dist: () => buildPage() });
    try {
      const examination = await examine(targetOf(cloud), { ...patient, patience: 8000 });
      const failed = examination.results.filter(({ outcome }) => outcome === 'failed');
      expect(failed).toEqual([
        {
          what: 'the notifier hears of a share, asks the push service, and marks a device that is gone',
          outcome: 'failed',
          why: expect.stringContaining('Look at the log of the notifier') as string,
        },
      ]);
    } finally {
      await cloud.end();
    }
  });

  test('nobody is there: a sentence says what to do', async () => {
    const told = await run(['--local', '--data', join(ROOT, 'no-such-folder')]);
    expect(told.code).toBe(1);
    expect(told.errors).toMatch(/^\s*No local Shoebox is running on .*Start it with "npm start"/);
    expect(told.errors).not.toMatch(/^\s+at /m);
  });
});

/** `npm run doctor` in a process of its own. */
function run(argv: readonly string[]): Promise<{ code: number | null; said: string; errors: string }> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'infra/doctor.ts'), ...argv], {
      cwd: ROOT,
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.on('error', failed);
    child.on('close', (code) => done({ code, said, errors }));
  });
}
