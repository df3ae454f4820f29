// What runs before every command: packages are installed when they must be, left alone when they are there, and old Nodes refused.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoebox-setup-'));
  cpSync(join(import.meta.dirname, '../../infra/setup.mjs'), join(folder, 'infra/setup.mjs'));
  write('package.json', { name: 'tiny', version: '1.0.0', type: 'module' });
  write('package-lock.json', { lockfileVersion: 3, packages: { '': { name: 'tiny' }, ...LOCKED } });
  mkdirSync(join(folder, 'bin'));
  // Stands for npm: says what it was asked for, and does as if it had been done.
  writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\necho "npm $1"\nmkdir -p node_modules\n', {
    mode: 0o755,
  });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const A = { version: '1.0.0', integrity: 'sha512-a' };
const B = { version: '2.0.0', integrity: 'sha512-b' };
const LOCKED = {
  'node_modules/a': A,
  'node_modules/b': B,
  'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-e', optional: true },
};

function write(file: string, content: unknown): void {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), JSON.stringify(content));
}
const installed = (packages: Record<string, unknown>): void =>
  write('node_modules/.package-lock.json', { lockfileVersion: 3, packages });

function setup({ path = [join(folder, 'bin'), process.env['PATH']].join(delimiter), node = '' } = {}) {
  const versions = `Object.defineProperty(process, 'versions', { value: { node: '${node}' } })`;
  const argv = node ? ['--import', `data:text/javascript,${versions}`] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...argv, join(folder, 'infra/setup.mjs')], {
    encoding: 'utf8',
    env: { PATH: path },
  });
  return { status, installs: stdout.includes('npm ci'), stderr };
}

test('missing packages are installed, once', () => {
  expect(setup()).toMatchObject({ status: 0, installs: true });
  expect(setup()).toMatchObject({ status: 0, installs: false });
});

test('packages somebody installed by hand are left alone, also where those of other platforms are left out', () => {
  installed({ 'node_modules/a': A, 'node_modules/b': B });
  expect(setup({ path: '' })).toMatchObject({ status: 0, installs: false });
  expect(existsSync(join(folder, 'node_modules/.shoebox-lock'))).toBe(true);
});

test.each([
  ['another version', { 'node_modules/a': A, 'node_modules/b': { ...B, version: '2.0.1' } }],
  ['other content', { 'node_modules/a': A, 'node_modules/b': { ...B, integrity: 'sha512-x' } }],
  ['one too few', { 'node_modules/a': A }],
  ['one too many', { 'node_modules/a': A, 'node_modules/b': B, 'node_modules/c': A }],
])('packages that are not those of the lock file are replaced: %s', (_case, packages) => {
  installed(packages);
  expect(setup()).toMatchObject({ status: 0, installs: true });
});

test('a missing npm is said in a sentence', () => {
  const { status, stderr } = setup({ path: '' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^npm could not be run .*is it in the PATH\?\n$/);
});

test('a Node that the tools do not support is refused in a sentence, and the others are not', () => {
  installed({ 'node_modules/a': A, 'node_modules/b': B });
  for (const node of ['18.20.8', '20.18.3', '21.7.0', '22.11.0', '23.11.1']) {
    const { status, stderr } = setup({ node });
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Shoebox needs Node .* this is ${node}\\.\n$`));
  }
  for (const node of ['20.19.0', '22.12.0', '24.0.0', '25.1.0']) expect(setup({ node }).status).toBe(0);
});
