// What is dropped, and what the browser lets the page do with it: folders read to their end, files come back to, the screen kept on.
import { beforeEach, expect, test, vi } from 'vitest';
import { Awake } from '../../src/ui/awake.ts';
import { Holding } from '../../src/upload/holding.svelte.ts';
import { Roots } from '../../src/upload/returning.svelte.ts';
import type { Left } from '../../src/upload/queue.ts';
import { fileAt, rootOf, type Root } from '../../src/upload/sources.ts';
import { filesOf, filesOfDrop, type Found } from '../../src/upload/walk.ts';

type Tree = { [name: string]: Tree | string };

const DATE = 1_600_000_000_000;
/** Files that were opened, by name. */
let opened: string[] = [];
beforeEach(() => (opened = []));

/** A file or folder as a drop gives it; folders in batches of 100, as browsers do. Some tell of a file without opening it. */
function entryOf(name: string, content: Tree | string, tells: boolean): FileSystemEntry {
  if (typeof content === 'string') {
    const file = new File([content], name, { lastModified: DATE });
    const answer =
      <T>(value: () => T) =>
      (done: (value: T) => void, failed: (error: Error) => void) =>
        content === 'locked' ? failed(new DOMException('no', 'NotReadableError')) : done(value());
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: answer(() => {
        opened.push(name);
        return file;
      }),
      ...(tells && { getMetadata: answer(() => ({ size: file.size, modificationTime: new Date(DATE) })) }),
    } as unknown as FileSystemEntry;
  }
  const children = Object.entries(content).map(([child, inside]) => entryOf(child, inside, tells));
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      const left = [...children];
      return { readEntries: (done: (batch: FileSystemEntry[]) => void) => done(left.splice(0, 100)) };
    },
  } as unknown as FileSystemEntry;
}

/** A handle as the browser keeps it. */
function handleOf(name: string, content: Tree | string): Root {
  if (typeof content === 'string')
    return { kind: 'file', name, getFile: async () => new File([content], name) } as unknown as Root;
  const find = async (child: string): Promise<Root> => {
    const inside = Object.hasOwn(content, child) ? content[child] : undefined;
    if (inside === undefined) throw new DOMException('gone', 'NotFoundError');
    return handleOf(child, inside);
  };
  return { kind: 'directory', name, getDirectoryHandle: find, getFileHandle: find } as unknown as Root;
}

const fileAtPath = (path: string): File =>
  Object.defineProperty(new File([path], path.split('/').at(-1) ?? ''), 'webkitRelativePath', {
    value: path.includes('/') ? path : '',
  });

const dropped = (tree: Tree, { handles = true, tells = true } = {}): DataTransfer =>
  ({
    items: Object.entries(tree).map(([name, content]) => ({
      webkitGetAsEntry: () => entryOf(name, content, tells),
      getAsFileSystemHandle: handles ? async () => handleOf(name, content) : undefined,
    })),
  }) as unknown as DataTransfer;

test('a folder of more files than a batch holds is read to its end, with the path of each', async () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${i}.jpg`, `${i}`]));
  const found = await filesOfDrop(dropped({ Summer: { ...many, deeper: { 'x.jpg': 'x' } } }));
  expect(found.files).toHaveLength(251);
  expect(new Set(found.files.map(({ path }) => path))).toEqual(new Set(['Summer', 'Summer/deeper']));
});

test('of a very large folder the first files are handed on before the last are read, each once', async () => {
  const many = (count: number): Tree =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.jpg`, `${i}`]));
  const parts: number[] = [];
  const handed: string[] = [];
  const found = await filesOfDrop(
    dropped({ A: many(2500), B: { C: many(700), '.DS_Store': '' } }),
    (part) => {
      parts.push(part.files.length);
      handed.push(...part.files.map(({ name, path }) => `${path}/${name}`));
    },
  );
  expect(parts.length).toBeGreaterThan(2);
  expect(handed).toHaveLength(3200);
  expect(new Set(handed).size).toBe(3200);
  expect(found.files.map(({ name, path }) => `${path}/${name}`)).toEqual(handed);
  expect(found.skipped).toBe(1);
});

test('what a list says of files is known without opening any; each is opened when its turn comes', async () => {
  const { files } = await filesOfDrop(dropped({ Summer: { 'a.jpg': 'first', 'b.jpg': 'second one' } }));
  expect(files.map(({ name, size, lastModified }) => [name, size, lastModified])).toEqual([
    ['a.jpg', 5, DATE],
    ['b.jpg', 10, DATE],
  ]);
  expect(opened).toEqual([]);
  expect(await (await files[1]?.open())?.text()).toBe('second one');
  expect(opened).toEqual(['b.jpg']);
});

test('in a browser that tells nothing of files they are opened to be listed, and found to be the same', async () => {
  const tree = { Summer: { 'a.jpg': 'first', 'b.jpg': 'locked' } };
  const [plain, telling] = await Promise.all([
    filesOfDrop(dropped(tree, { tells: false })),
    filesOfDrop(dropped(tree)),
  ]);
  const facts = ({ files }: Found) =>
    files.map(({ name, path, size, lastModified }) => ({ name, path, size, lastModified }));
  expect(facts(plain)).toEqual(facts(telling));
  expect(plain.unreadable).toEqual(['Summer/b.jpg']);
  expect(opened).toEqual(['a.jpg']);
});

test('of very many picked files the first are handed on before the last are looked at, and the input may be emptied at once', async () => {
  const list = Array.from({ length: 2500 }, (_, i) => fileAtPath(`Summer/${i}.jpg`));
  list.push(fileAtPath('Summer/.DS_Store'), fileAtPath('alone.jpg'));
  const parts: number[] = [];
  const finding = filesOf(list, (part) => parts.push(part.files.length));
  list.length = 0;
  const found = await finding;
  expect(parts).toEqual([1000, 1000, 501]);
  expect(found.files).toHaveLength(2501);
  expect(found.skipped).toBe(1);
  expect(found.files.at(0)).toMatchObject({ name: '0.jpg', path: 'Summer' });
  expect(found.files.at(-1)).toMatchObject({ name: 'alone.jpg', path: undefined });
});

test('system files are counted, and one that cannot be read keeps no other back', async () => {
  const found = await filesOfDrop(
    dropped({
      A: {
        '.DS_Store': '',
        'Thumbs.db': '',
        '._a.jpg': '',
        '@eaDir': { 'a.jpg': '' },
        'a.jpg': 'a',
        'b.jpg': 'locked',
      },
    }),
  );
  expect(found.skipped).toBe(4);
  expect(found.unreadable).toEqual(['A/b.jpg']);
  expect(found.files.map(({ name }) => name)).toEqual(['a.jpg']);
});

test('every file knows what it was dropped with, and is found there again', async () => {
  const found = await filesOfDrop(dropped({ Summer: { deep: { 'a.jpg': 'inside' } }, 'b.jpg': 'alone' }));
  for (const { name, open, path, root } of found.files) {
    if (!root) throw new Error('there is no root');
    expect(await (await fileAt(root, path, name)).text()).toBe(await (await open()).text());
  }
  const [first] = found.files;
  await expect(first?.root && fileAt(first.root, 'Summer/gone', 'a.jpg')).rejects.toThrow('gone');
});

test('of hundreds of single files none asks for a permission of its own later', async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.jpg`, `${i}`]));
  const found = await filesOfDrop(dropped(many));
  expect(found.files).toHaveLength(30);
  expect(found.files.some(({ root }) => root)).toBe(false);
});

test('a browser that knows of no handles, or refuses one, gives the files all the same', async () => {
  const found = await filesOfDrop(dropped({ 'a.jpg': 'a' }, { handles: false }));
  expect(found.files).toHaveLength(1);
  expect(found.files[0]?.root).toBeUndefined();
  const refusing = { getAsFileSystemHandle: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  expect(await rootOf(refusing as unknown as DataTransferItem)).toBeUndefined();
});

const leftWith = (root: Root): Left => ({
  root,
  place: { visit: 'v', number: 1, written: true },
  file: { name: 'a.jpg', size: 1, lastModified: 1 },
});
const asking = (state: string, answer: string | Error): Root =>
  ({
    queryPermission: async () => state,
    requestPermission: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  }) as unknown as Root;

test('what may be read is known without asking; the rest after a click, whatever one of them answers', async () => {
  const open = asking('granted', 'granted');
  const yes = asking('prompt', 'granted');
  const no = asking('prompt', 'denied');
  const broken = asking('prompt', new DOMException('another click', 'SecurityError'));
  const roots = new Roots();
  vi.spyOn(console, 'warn').mockReturnValueOnce();
  expect(await roots.readable([open, yes, no, broken].map(leftWith))).toEqual(new Set([open]));
  expect(roots.count).toBe(3);
  expect(await roots.ask()).toEqual(new Set([yes]));
  expect(roots.count).toBe(2);
});

/** A browser with a screen, and what it was asked. */
function screen(): { asked: string[]; page: Document; wakeLock: WakeLock; refuse: boolean } {
  const asked: string[] = [];
  const one = {
    asked,
    refuse: false,
    page: Object.assign(new EventTarget(), { visibilityState: 'visible' }) as unknown as Document,
    wakeLock: {
      request: async () => {
        if (one.refuse) throw new DOMException('battery', 'NotAllowedError');
        asked.push('on');
        const lock = {
          released: false,
          release: async (): Promise<void> => {
            asked.push('off');
            lock.released = true;
          },
        };
        return lock;
      },
    } as unknown as WakeLock,
  };
  return one;
}

test('the screen stays on while there is work, once, and not after', async () => {
  const { asked, page, wakeLock } = screen();
  const leaving = new AbortController();
  const awake = new Awake(leaving.signal, { wakeLock }, page);
  awake.keep(true);
  awake.keep(true);
  await expect.poll(() => asked).toEqual(['on']);
  awake.keep(false);
  await expect.poll(() => asked).toEqual(['on', 'off']);
  awake.keep(true);
  leaving.abort();
  await expect.poll(() => asked).toEqual(['on', 'off', 'on', 'off']);
});

test('a hidden page asks for no screen, and asks again when it is seen', async () => {
  const one = screen();
  Object.assign(one.page, { visibilityState: 'hidden' });
  new Awake(new AbortController().signal, one, one.page).keep(true);
  expect(one.asked).toEqual([]);
  Object.assign(one.page, { visibilityState: 'visible' });
  one.page.dispatchEvent(new Event('visibilitychange'));
  await expect.poll(() => one.asked).toEqual(['on']);
});

test('a device that will not stay awake, or cannot, uploads all the same', () => {
  const one = screen();
  one.refuse = true;
  const { signal } = new AbortController();
  expect(() => new Awake(signal, one, one.page).keep(true)).not.toThrow();
  expect(() => new Awake(signal, {}, one.page).keep(true)).not.toThrow();
});

test('without a connection it is tried again by itself, ever more calmly, and soon again once something got through', () => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const went: number[] = [];
  const holding = new Holding(() => went.push(Date.now()));
  const begun = Date.now();
  for (let i = 0; i < 5; i++) {
    holding.stall('offline');
    expect(holding.current).toBe('offline');
    vi.runOnlyPendingTimers();
    expect(holding.current).toBeUndefined();
  }
  const waits = went.map((at, i) => at - (went[i - 1] ?? begun));
  expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(holding.careful).toBe(true);
  holding.proved();
  expect(holding.careful).toBe(false);
  holding.stall('offline');
  holding.pause();
  vi.runOnlyPendingTimers();
  // The person has paused it: only the person goes on.
  expect(went).toHaveLength(5);
  expect(holding.current).toBe('paused');
  holding.resume();
  expect(went).toHaveLength(6);
  holding.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});
