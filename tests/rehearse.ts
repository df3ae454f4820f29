// `npm run rehearse`: deploys, deploys again, is refused, and takes everything down, by the very commands an owner types and with the CDK's
// own CLI, against a stand-in of AWS on this computer. It takes a minute, and a network for the package of the Lambda.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Template } from '../infra/stateful.ts';
import type { Config } from '../src/schema/config.ts';
import { CONFIG_VERSION } from '../src/schema/config.ts';
import { RehearsedAws } from './rehearsed-aws.ts';

const config: Config = {
  version: CONFIG_VERSION,
  region: 'us-east-1',
  userPoolId: 'us-east-1_a',
  authority: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a',
  signInUrl: 'https://shoebox-1.auth.us-east-1.amazoncognito.com',
  clientId: 'client',
  identityPoolId: 'us-east-1:i',
  google: false,
  originalsBucket: 'originals',
  libraryBucket: 'library',
  photosTable: 'photos',
  socialTable: 'social',
  shareHost: 'https://d2.cloudfront.net',
};
const rehearsed = new RehearsedAws({
  Config: JSON.stringify(config).replaceAll('"', '&quot;'),
  Address: 'https://d1.cloudfront.net/',
  SiteBucket: 'site',
  PageHost: 'd1.cloudfront.net',
  LinksHost: 'd2.cloudfront.net',
});
const { aws, stacks, objects } = rehearsed;
const address = await aws.start();

async function command(script: string, options: string[] = [], typed = '') {
  aws.asked.length = 0;
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...options], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: address,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      NODE_NO_WARNINGS: '1',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(typed);
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, errors, code };
}

/** What changes anything. */
const changing = () =>
  aws.names().filter((name) => /:(?:Put|Create|Execute|Delete|Update|PUT |POST |DELETE )/.test(name));

async function step(what: string, does: () => Promise<void>): Promise<void> {
  const started = Date.now();
  await does();
  console.log(`✓ ${what} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}

try {
  await step('a dry run of the first deployment changes nothing', async () => {
    const { out, errors, code } = await command('infra/deploy.ts', ['--dry-run']);
    assert.equal(code, 0, errors);
    assert.match(out, /Shoebox is new[^]*Nothing was changed/);
    assert.deepEqual(changing(), []);
  });

  await step(
    'the first deployment puts the stack, then the page with its configuration, the index after all it needs',
    async () => {
      const { out, errors, code } = await command('infra/deploy.ts');
      assert.equal(code, 0, errors);
      assert.match(out, /Shoebox is at https:\/\/d1\.cloudfront\.net\//);
      const template = JSON.parse(stacks.get('Shoebox') ?? '') as Template;
      assert.ok(Object.values(template.Resources).some(({ Type }) => Type === 'AWS::DynamoDB::Table'));
      const put = aws.names().filter((name) => name.startsWith('s3:PUT /site/'));
      assert.ok(aws.names().indexOf('cloudformation:ExecuteChangeSet') < aws.names().indexOf(put[0] ?? ''));
      const last = ['config.json', 'manifest.webmanifest', 'index.html', 'service-worker.js'];
      assert.deepEqual(
        put.slice(-4),
        last.map((file) => `s3:PUT /site/${file}`),
      );
      const served = JSON.parse(objects.get('/site/config.json')?.body ?? '') as Config;
      assert.match(served.pushKey ?? '', /^[\w-]{87}$/);
      assert.deepEqual({ ...served, pushKey: undefined }, { ...config, pushKey: undefined });
    },
  );

  await step(
    'deploying again changes nothing of the stack, and keeps the keys of notifications',
    async () => {
      const before = objects.get('/site/config.json')?.body;
      objects.set('/site/assets/old-1.js', {
        body: '',
        headers: { 'content-type': 'text/javascript' },
        modified: 0,
      });
      const { out, errors, code } = await command('infra/deploy.ts');
      assert.equal(code, 0, errors);
      assert.match(out, /Shoebox stays as it is/);
      assert.equal(objects.get('/site/config.json')?.body, before);
      // A page that is open may still ask for it: from now on for a week.
      assert.equal(objects.get('/site/assets/old-1.js')?.headers['x-amz-meta-replaced'], 'yes');
    },
  );

  await step('what would replace a table is refused before anything is changed', async () => {
    const deployed = stacks.get('Shoebox') ?? '';
    stacks.set('Shoebox', deployed.replaceAll('"photoId"', '"id"'));
    const { errors, code } = await command('infra/deploy.ts');
    assert.equal(code, 1);
    assert.match(errors, /The table StoragePhotos\w+ would be replaced.*KeySchema/);
    assert.deepEqual(changing(), []);
    stacks.set('Shoebox', deployed);
  });

  await step('it is taken down once its name is typed, and the page with it', async () => {
    const refused = await command('infra/destroy.ts', [], 'no\n');
    assert.match(refused.errors, /Nothing was changed/);
    assert.deepEqual(changing(), []);
    const { errors, code } = await command('infra/destroy.ts', [], 'Shoebox\n');
    assert.equal(code, 0, errors);
    assert.equal(stacks.has('Shoebox'), false);
    assert.deepEqual(
      [...objects.keys()].filter((key) => key.startsWith('/site/')),
      [],
    );
  });
} finally {
  await aws.stop();
}
