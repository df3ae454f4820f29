// The floor plan: arrows between rooms go one way, no file cycles, and named packages stay in their room.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

const sources = ['src', 'processor', 'infra', 'tests', 'vite.config.ts'].flatMap((top) =>
  /\.\w+$/.test(top)
    ? [top]
    : readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:ts|mts|mjs|js|svelte)$/.test(file) && !file.includes('node_modules'))
        .map((file) => join(top, file)),
);

const importsOf = (file: string): string[] => {
  const source = readFileSync(join(root, file), 'utf8').replaceAll(/^\s*(?:\/\/|\*).*$/gm, '');
  return [
    ...source.matchAll(/(?:^|[\s;}])(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]/g),
    ...source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g),
    ...source.matchAll(/new URL\(\s*['"](\.[^'"]+\.(?:ts|js))['"]\s*,\s*import\.meta\.url/g),
  ].map((match) => match[1] as string);
};

/** `src/library`, `processor`, `infra/local`, ...; files directly in `src` are the room `app`. */
const roomOf = (file: string): string => {
  const [top, second] = file.split('/');
  if (top === 'src') return file.split('/').length === 2 ? 'app' : `src/${second}`;
  if (top === 'infra') return second === 'local' || second === 'notifier' ? `infra/${second}` : 'infra';
  return top as string;
};

const FLOORS: Record<string, number> = {
  'src/schema': 0,
  'src/ui': 0,
  'src/cloud': 1,
  'src/auth': 1,
  // Counts what the cloud room asks for; pure, so that the command line has it, too.
  'src/cost': 2,
  'src/library': 2,
  'src/grid': 3,
  // How exports look, for those that take one in and those that write one.
  'src/takeout': 3,
  // A page of its own, that wires what it needs; nothing imports it.
  'src/link': 5,
  app: 5,
};
const FEATURES = 4;
const floorOf = (room: string): number => FLOORS[room] ?? FEATURES;

/** What deployment and local cloud must do alike. */
const SHARED_WITH_LOCAL = new Set([
  'infra/operator.ts',
  'infra/policies-doctor.ts',
  'infra/policies-keeping.ts',
  'infra/policies.ts',
  'infra/push-keys.ts',
  'infra/s3-event.ts',
  'infra/site-files.ts',
]);

/** Pure, and what the command line must do as the page does. */
const SHARED_WITH_COMMANDS = new Set([
  'src/cloud/parts.ts',
  'src/takeout/names.ts',
  'src/takeout/plan.ts',
  'src/takeout/written.ts',
  'src/takeout/zones.ts',
]);

/** Rooms outside src, and files that several rooms may share. */
function mayImport(from: string, to: string, target: string): boolean {
  if (from === to) return true;
  if (from === 'tests') return true;
  if (to === 'tests') return false;
  if (from === 'vite.config.ts') return to === 'infra/local';
  if (from === 'infra' && (to === 'src/cost' || SHARED_WITH_COMMANDS.has(target))) return true;
  if (from === 'processor' || from === 'infra' || from === 'infra/notifier') return to === 'src/schema';
  if (from === 'infra/local')
    return (
      to === 'src/schema' ||
      to === 'processor' ||
      // Only its handler, by its address.
      target === 'infra/notifier/handler.ts' ||
      SHARED_WITH_LOCAL.has(target)
    );
  if (!from.startsWith('src') && from !== 'app') return false;
  if (!to.startsWith('src')) return false;
  return floorOf(from) > floorOf(to);
}

const PACKAGES: [RegExp, readonly string[]][] = [
  [/^@aws-sdk\//, ['src/cloud', 'processor', 'infra', 'infra/local', 'infra/notifier', 'tests']],
  [/^oidc-client-ts$/, ['src/auth', 'tests']],
  [/^sharp$/, ['processor', 'tests']],
  [/^(?:aws-cdk-lib|cdk-nag|constructs)(?:\/|$)/, ['infra', 'tests']],
  [/^@zip\.js\/zip\.js(?:\/|$)/, ['src/takeout', 'tests']],
  [/^web-push$/, ['infra/notifier', 'infra', 'tests']],
  [/^(?:dynalite|jose)(?:\/|$)/, ['infra/local', 'tests']],
  [/^node:/, ['processor', 'infra', 'infra/local', 'infra/notifier', 'tests', 'vite.config.ts']],
];

const arrows = sources.flatMap((file) =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => ({
      file,
      target: relative(root, resolve(root, dirname(file), name.replace(/\?.*$/, ''))),
    })),
);

test('rooms import only rooms on lower floors', () => {
  const wrong = arrows.filter(({ file, target }) => !mayImport(roomOf(file), roomOf(target), target));
  expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
});

test('every import names an existing file with its ending', () => {
  const known = new Set(sources);
  const code = arrows.filter(({ target }) => !/\.(?:css|json|svg|png|html)$/.test(target));
  expect(code.filter(({ target }) => !known.has(target))).toEqual([]);
});

test('named packages stay in their room', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((name) =>
        PACKAGES.some(([pattern, rooms]) => pattern.test(name) && !rooms.includes(roomOf(file))),
      )
      .map((name) => `${file} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('the schema has no dependencies at all', () => {
  const wrong = sources
    .filter((file) => roomOf(file) === 'src/schema')
    .flatMap((file) => importsOf(file).filter((name) => !name.startsWith('./')));
  expect(wrong).toEqual([]);
});

test('no file imports itself by a detour', () => {
  const next = new Map<string, string[]>();
  for (const { file, target } of arrows) next.set(file, [...(next.get(file) ?? []), target]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of sources) walk(file, []);
  expect(cycles).toEqual([]);
});

test('the rule itself refuses what it must', () => {
  expect(mayImport('src/cloud', 'src/library', 'src/library/library.svelte.ts')).toBe(false);
  expect(mayImport('src/timeline', 'src/viewer', 'src/viewer/Viewer.svelte')).toBe(false);
  expect(mayImport('src/schema', 'src/ui', 'src/ui/x.ts')).toBe(false);
  expect(mayImport('infra/local', 'infra', 'infra/stack.ts')).toBe(false);
  expect(mayImport('infra/notifier', 'processor', 'processor/renditions.ts')).toBe(false);
  expect(mayImport('infra/local', 'infra/notifier', 'infra/notifier/tell.ts')).toBe(false);
  expect(mayImport('app', 'tests', 'tests/unit/rooms.test.ts')).toBe(false);
  expect(mayImport('src/upload', 'src/library', 'src/library/library.svelte.ts')).toBe(true);
});
