// The processor's deployment asset: the one for this machine runs in the local cloud as it is unpacked, with only the environment and the
// rights that the template gives it; the one that is deployed has all that Lambda's kind of processor needs, and nothing of another's.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from 'vitest';
import { synthesise } from '../../infra/local/synth.ts';
import type { Template } from '../../infra/local/template-values.ts';
import { parsePhotoRow } from '../../src/schema/photo.ts';
import { buildAsset, THIS_CPU, type Cpu } from '../bench/asset-build.ts';
import { photo } from '../fixtures.ts';
import { fixture } from '../heif-builders.ts';
import { freshCloud, member } from './people.ts';
import { photoRow, putOriginal } from './photos.ts';

const scratch = mkdtempSync(join(tmpdir(), 'shoebox-asset-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The folder of the asset, or why there is none: sharp comes from npm's registry, which may be out of reach. */
const assets = new Map<Cpu, string | Error>();
beforeAll(() => {
  for (const cpu of [THIS_CPU, 'arm64'] as const) {
    if (assets.has(cpu)) continue;
    try {
      assets.set(cpu, buildAsset(scratch, cpu));
    } catch (error) {
      if (isRegistryThere()) throw error;
      assets.set(cpu, error as Error);
    }
  }
}, 120_000);

function isRegistryThere(): boolean {
  try {
    execFileSync('npm', ['view', 'sharp', 'version'], { stdio: 'pipe', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function assetFor(cpu: Cpu, context: TestContext): string {
  const asset = assets.get(cpu);
  if (typeof asset !== 'string') context.skip(`npm's registry is out of reach: ${asset?.message}`);
  return asset as string;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

/** What the row says became of the photo; undefined for none, and for a tombstone. */
function statusOf(item: Record<string, unknown> | undefined): string | undefined {
  const row = parsePhotoRow(item);
  return row && 'status' in row ? row.status : undefined;
}

const moduleOf = (asset: string): string => pathToFileURL(join(asset, 'index.mjs')).href;
const ada = { email: 'ada@example.com' };

describe('the asset for this machine', { timeout: 60_000 }, () => {
  test('makes photos of all kinds ready, unpacked as it is', async (context) => {
    const cloud = await freshCloud({ processor: { module: moduleOf(assetFor(THIS_CPU, context)) } });
    try {
      const who = await member(cloud, ada);
      const files = [await photo(), fixture('plain.heic'), fixture('p3.jxl')];
      const ids = await Promise.all(files.map((bytes) => putOriginal(cloud, who, bytes)));
      const states = async () => Promise.all(ids.map(async (id) => statusOf(await photoRow(cloud, who, id))));
      await vi.waitFor(async () => expect(await states()).toEqual(['ready', 'ready', 'ready']), {
        timeout: 40_000,
        interval: 100,
      });
      expect(cloud.failures()).toEqual([]);
    } finally {
      await cloud.end();
    }
  });

  test.for([
    ['the right to write renditions', withoutRenditions],
    ['the name of the table', withoutTable],
  ] as const)('without %s it calls no photo ready, and the failure is kept', async ([, change], context) => {
    const asset = assetFor(THIS_CPU, context);
    const template = async (): Promise<Template> => change(structuredClone(await synthesise()));
    const cloud = await freshCloud({ processor: { module: moduleOf(asset) }, template });
    try {
      const who = await member(cloud, ada);
      const photoId = await putOriginal(cloud, who, await photo());
      await vi.waitFor(() => expect(cloud.failures()).toHaveLength(1), { timeout: 40_000, interval: 100 });
      expect(await photoRow(cloud, who, photoId)).toBeUndefined();
    } finally {
      await cloud.end();
    }
  });
});

function withoutRenditions(template: Template): Template {
  const text = JSON.stringify(template);
  const changed = text.replace(/\/renditions\/\*(?=")/, '/elsewhere/*');
  expect(changed).not.toBe(text);
  return JSON.parse(changed) as Template;
}

function withoutTable(template: Template): Template {
  const processor = Object.entries(template.Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith('Processor'),
  )?.[1];
  if (!processor?.Properties) throw new Error('the template has no processor');
  const { Variables } = processor.Properties['Environment'] as { Variables: Record<string, unknown> };
  expect(Variables).toHaveProperty('PHOTOS_TABLE');
  delete Variables['PHOTOS_TABLE'];
  return template;
}

/** The first bytes of a program or a library for Linux: which kind of processor it is for. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
function elfOf(file: string): { magic: string; bits: number; machine: number } {
  const header = Buffer.alloc(20);
  const opened = openSync(file, 'r');
  readSync(opened, header);
  closeSync(opened);
  return {
    magic: header.toString('latin1', 1, 4),
    bits: header[4] === 2 ? 64 : 32,
    machine: header.readUInt16LE(18),
  };
}

/** As ELF numbers kinds of processor. */
const MACHINES: Readonly<Record<Cpu, number>> = { arm64: 183, x64: 62 };

const nativeIn = (asset: string): string[] =>
  filesOf(asset).filter((file) => /\.(?:node|so(?:\.[\d.]+)?|dll|dylib)$/.test(file));

describe('the asset that is deployed', () => {
  test('has sharp and libvips for arm64 with the C library of Lambda, and for nothing else', (context) => {
    const asset = assetFor('arm64', context);
    expect(nativeIn(asset).map((file) => file.replaceAll(/\d+\.\d+\.\d+/g, '*'))).toEqual([
      'node_modules/@img/sharp-libvips-linux-arm64/lib/libvips-cpp.so.*',
      'node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64-*.node',
    ]);
    for (const cpu of ['arm64', THIS_CPU] as const) {
      const folder = assetFor(cpu, context);
      for (const file of nativeIn(folder))
        expect(elfOf(join(folder, file))).toEqual({ magic: 'ELF', bits: 64, machine: MACHINES[cpu] });
    }
    expect(filesOf(asset).filter((file) => /musl|x64|win32|darwin|wasm32/.test(file))).toEqual([]);
  });

  test('has everything that the other one has, which was seen to run', (context) => {
    const names = (cpu: Cpu): string[] =>
      filesOf(assetFor(cpu, context)).map((file) => file.replaceAll(cpu, 'cpu'));
    expect(names('arm64')).toEqual(names(THIS_CPU));
    expect(names('arm64')).toEqual(
      expect.arrayContaining([
        'index.mjs',
        'decoder-worker.mjs',
        'places.bin',
        'node_modules/libheif-js/libheif-wasm/libheif.wasm',
        'node_modules/libheif-js/LICENSE',
        'node_modules/jxl-oxide-wasm/jxl_oxide_wasm_bg.wasm',
      ]),
    );
  });

  test('is far below what Lambda takes, and has no sources or tests of ours in it', (context) => {
    const asset = assetFor('arm64', context);
    const files = filesOf(asset);
    const bytes = files.reduce((sum, file) => sum + statSync(join(asset, file)).size, 0);
    expect(bytes).toBeLessThan(60_000_000);
    expect(files.filter((file) => !file.startsWith('node_modules/'))).toEqual([
      'decoder-worker.mjs',
      'index.mjs',
      'package-lock.json',
      'package.json',
      'places.bin',
    ]);
  });
});
