// What comes from others, and what goes out: licenses, lock file, the workflow of CI, and no secret in the template. No network needed.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSettings } from '../../infra/settings.ts';
import { resourcesWith } from '../../infra/standing-synth.ts';
import { secretsIn } from '../secrets.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Locked {
  version: string;
  license?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  inBundle?: boolean;
}
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const { '': _project, ...packages } = lock.packages;
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Ask for their text to be kept, and for no more. */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
]);

/** Ask for more, and get it: each used as it is published, apart from our code and replaceable, or named where that is asked. */
const ASKING: Readonly<Record<string, readonly RegExp[]>> = {
  'LGPL-3.0': [/^libheif-js$/],
  'LGPL-3.0-or-later': [/^@img\/sharp-/],
  'MPL-2.0': [
    /^exifreader$/,
    /^web-push$/,
    /^mediabunny$/,
    /^lightningcss/,
    /^axe-core$/,
    /^@axe-core\/playwright$/,
  ],
  'CC-BY-4.0': [/^cities\.json$/],
};

/** `A AND B` asks for both, `A OR B` for either. */
function mayBeUsed(name: string, license: string | undefined): boolean {
  if (!license) return false;
  const bare = license.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some((one) => mayBeUsed(name, one));
  return bare
    .split(' AND ')
    .every((one) => PERMISSIVE.has(one) || (ASKING[one]?.some((pattern) => pattern.test(name)) ?? false));
}

test('every package has a license that may be used here', () => {
  const others = Object.entries(packages)
    .filter(([path, { license }]) => !mayBeUsed(nameOf(path), license))
    .map(([path, { license }]) => `${nameOf(path)}: ${license}`);
  expect(others).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

test.each([
  ['left-pad', 'GPL-3.0-or-later'],
  ['left-pad', 'AGPL-3.0'],
  ['left-pad', 'LGPL-3.0'],
  ['left-pad', 'MIT AND GPL-2.0'],
  ['left-pad', 'SEE LICENSE IN FILE'],
  ['left-pad', undefined],
  ['libheif-js-more', 'LGPL-3.0'],
])('%s under %s is refused', (name, license) => {
  expect(mayBeUsed(name, license)).toBe(false);
});

test('no exception is left of a package that is not used any more', () => {
  const names = Object.keys(packages).map(nameOf);
  for (const pattern of Object.values(ASKING).flat())
    expect([pattern.source, names.some((name) => pattern.test(name))]).toEqual([pattern.source, true]);
});

test('every package is named by its exact version and by a hash of what it has to be', () => {
  const wanted = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  for (const version of Object.values({ ...wanted.dependencies, ...wanted.devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  for (const [path, { integrity, inBundle, resolved = 'https://' }] of Object.entries(packages)) {
    // What another package brings within itself is in that one's hash.
    const isHashed = inBundle === true || integrity?.startsWith('sha512-');
    expect([path, isHashed, resolved.startsWith('https://')]).toEqual([path, true, true]);
  }
});

test('only packages that need it run something when they are installed', () => {
  const running = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  expect([...new Set(running.map(([path]) => nameOf(path)))].sort()).toEqual([
    'classic-level',
    'esbuild',
    'exifreader',
  ]);
});

test('the bill of materials names every package of the lock file', () => {
  const { stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = Object.entries(packages).filter(
    ([path, { version, inBundle }]) => !inBundle && !named.has(`${nameOf(path)}@${version}`),
  );
  expect(missing.map(([path]) => path)).toEqual([]);
});

test('the workflow runs pinned actions, with no right that it does not need, and nothing but commands of ours', () => {
  const folder = '.github/workflows';
  expect(readdirSync(join(ROOT, folder))).toEqual(['ci.yml']);
  const text = read(`${folder}/ci.yml`);
  const lines = text.split('\n').map((line) => line.trim());
  const uses = lines.filter((line) => /^-? ?uses:/.test(line));
  expect(uses.length).toBeGreaterThan(1);
  for (const line of uses) expect(line).toMatch(/uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(text).toMatch(/^permissions: \{\}$/m);
  expect(text).not.toMatch(/pull_request_target|write-all|secrets\./);
  expect(text.match(/: write$/gm)).toEqual([': write']);
  expect(text.match(/persist-credentials: false/g)).toHaveLength(
    text.match(/actions\/checkout@/g)?.length ?? 0,
  );

  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const commands = lines.flatMap((line) => /^- run: (.*)$/.exec(line)?.[1] ?? []);
  for (const command of commands) {
    const script = /^npm (?:run (?:--silent )?)?(\w+)/.exec(command)?.[1] ?? '';
    expect([
      command,
      script === 'ci' || script in scripts || command.startsWith('gh release create'),
    ]).toEqual([command, true]);
  }
  // What a name on a branch says must not become a command.
  for (const command of commands) expect(command).not.toContain('${{');
});

test('there is no secret in the template: Google’s is fetched by CloudFormation when it deploys', () => {
  const settings = parseSettings({
    stackName: 'Shoebox',
    region: 'us-east-1',
    alarmEmail: 'me@example.com',
    friendMail: true,
    google: { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' },
  });
  const text = JSON.stringify(resourcesWith(settings));
  expect(secretsIn(text)).toEqual([]);
  const values = [
    ...text.matchAll(/"(?:client_secret|ClientSecret|SecretString|Password)":("[^"]*"|\{[^}]*\})/g),
  ];
  expect(values.length).toBeGreaterThan(0);
  for (const [, value] of values) expect(value).toMatch(/\{\{resolve:(?:secretsmanager|ssm-secure):/);
});

test.each([
  ['AWS access key', 'key AKIAIOSFODNN7EXAMPLE'],
  ['private key', '-----BEGIN EC PRIVATE KEY-----'],
  ['signed token', `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'a'.repeat(43)}`],
  ['Google client secret', `GOCSPX-${'a'.repeat(28)}`],
  ['GitHub token', `ghp_${'a'.repeat(36)}`],
  ['key of Web Push', JSON.stringify({ privateKey: 'a'.repeat(43) })],
])('a %s would be found', (kind, text) => {
  expect(secretsIn(`before ${text} after`)).toEqual([kind]);
});
