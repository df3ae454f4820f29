// `npm run deploy` as its user runs it: what is wrong is a sentence and an exit code, before anything is built or changed; and what it
// says at the end is enough to go on.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { welcome } from '../../infra/welcome.ts';
import type { Config } from '../../src/schema/config.ts';
import { AwsStandIn, jsonError } from '../aws-stand-in.ts';
import { SETTINGS } from './synthesised.ts';

const ROOT = join(import.meta.dirname, '../..');
// Each command is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const aws = new AwsStandIn();
let address: string;
beforeAll(async () => {
  address = await aws.start();
});
afterAll(() => aws.stop());

async function command(...argv: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', ...argv], {
    cwd: ROOT,
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: address,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      NODE_NO_WARNINGS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, errors, code };
}

test('credentials that have expired are a sentence and not a stack trace; nothing is built or changed', async () => {
  aws.answer('ssm:GetParameter', jsonError('ExpiredTokenException', 'The security token is expired'));
  for (const options of [[], ['--dry-run']]) {
    aws.asked.length = 0;
    const { out, errors, code } = await command('infra/deploy.ts', ...options);
    expect(code).toBe(1);
    expect(errors).toMatch(/credentials have expired\. Sign in with "aws sso login"/);
    expect(errors).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
    expect(aws.names()).toEqual(['ssm:GetParameter']);
  }
});

test('an environment or an option that is not there is named', async () => {
  expect(await command('infra/deploy.ts', '--environment', 'nowhere')).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/has no "nowhere"/),
  });
  expect(await command('infra/deploy.ts', '--dryrun')).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/--dryrun.*--help/s),
  });
  expect(await command('infra/deploy.ts', '--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('--dry-run'),
  });
});

const config = {
  userPoolId: 'us-east-1_a',
  signInUrl: 'https://shoebox-1.auth.us-east-1.amazoncognito.com',
} as Config;
const deployed = {
  config,
  address: 'https://d1.cloudfront.net/',
  pageHost: 'd1.cloudfront.net',
  linksHost: 'd2.cloudfront.net',
};

test('at the end it says where Shoebox is and how to let people in, and nothing of what is not set up', () => {
  const said = welcome(SETTINGS, deployed);
  expect(said).toMatch(/^Shoebox is at https:\/\/d1\.cloudfront\.net\//);
  expect(said).toContain('npm run members -- invite you@example.com --owner');
  expect(welcome(SETTINGS, { ...deployed, environment: 'trial' })).toContain('--owner --environment trial');
  expect(said).not.toMatch(/Google|DNS|Alarms/);
});

test('Google’s exact addresses, DNS records of another provider, and the mail to confirm are said where they are needed', () => {
  const google = { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' };
  const domain = {
    page: 'photos.example.com',
    links: 'links.example.com',
    reads: 'reads.example.com',
    zone: null,
  };
  const said = welcome({ ...SETTINGS, google, domain, alarmEmail: 'me@example.com' }, deployed);
  expect(said).toMatch(
    /redirect URIs +https:\/\/shoebox-1\.auth\.us-east-1\.amazoncognito\.com\/oauth2\/idpresponse\n/,
  );
  expect(said).toContain('npm run members -- let-in you@example.com --owner');
  expect(said).toMatch(/photos\.example\.com {2}CNAME {2}d1\.cloudfront\.net\n/);
  expect(said).toMatch(/links\.example\.com {2}CNAME {2}d2\.cloudfront\.net\n/);
  expect(said).toMatch(/me@example\.com, once the link/);
  expect(said).not.toContain('reads.example.com');
  const reading = { ...deployed, readsHost: 'd3.cloudfront.net' };
  expect(welcome({ ...SETTINGS, domain, cloudFrontReads: true }, reading)).toMatch(
    /reads\.example\.com {2}CNAME {2}d3\.cloudfront\.net\n/,
  );
  const inRoute53 = { ...domain, zone: 'Z0123456789ABCDEFGHIJ' };
  expect(welcome({ ...SETTINGS, domain: inRoute53 }, deployed)).not.toMatch(/CNAME/);
});
