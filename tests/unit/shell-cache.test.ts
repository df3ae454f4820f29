// A new version of the page takes over what has not changed, and nothing else.
import { beforeEach, expect, test, vi } from 'vitest';
import { fillShell } from '../../src/shell-cache.ts';

let asked: string[];
let network: Record<string, string>;

class FakeCache {
  readonly kept = new Map<string, Response>();
  match = async (file: string): Promise<Response | undefined> => this.kept.get(file)?.clone();
  put = async (file: string, response: Response): Promise<void> => void this.kept.set(file, response);
  /** All of them or none, as in the browser. */
  addAll = async (requests: readonly Request[]): Promise<void> => {
    const answers = requests.map((request) => {
      const { pathname } = new URL(request.url);
      asked.push(`${pathname} ${request.cache}`);
      const body = network[pathname];
      if (body === undefined) throw new TypeError(`${pathname} is not there`);
      return [pathname, new Response(body)] as const;
    });
    for (const [file, response] of answers) this.kept.set(file, response);
  };
}

class FakeStorage {
  readonly caches = new Map<string, FakeCache>();
  keys = async (): Promise<string[]> => [...this.caches.keys()];
  open = async (name: string): Promise<FakeCache> => {
    const cache = this.caches.get(name) ?? new FakeCache();
    this.caches.set(name, cache);
    return cache;
  };
}

let storage: FakeStorage;
const fill = (version: string, files: readonly string[]) =>
  fillShell(`shoebox-shell-${version}`, files, storage as unknown as CacheStorage);
const contentsOf = async (version: string): Promise<Record<string, string>> => {
  const { kept } = await storage.open(`shoebox-shell-${version}`);
  const entries = [...kept].map(async ([file, response]) => [file, await response.clone().text()] as const);
  return Object.fromEntries(await Promise.all(entries));
};

/** A page's addresses are its own. */
class PageRequest extends Request {
  constructor(file: string, init?: RequestInit) {
    super(new URL(file, 'https://photos.example'), init);
  }
}

beforeEach(() => {
  asked = [];
  storage = new FakeStorage();
  network = { '/index.html': 'one', '/assets/atlas-a1.json': 'atlas', '/assets/home-b1.js': 'home one' };
  vi.stubGlobal('Request', PageRequest);
});

test('the first visit fetches everything, past the browser’s own cache', async () => {
  await fill('1', Object.keys(network));
  expect(asked.sort()).toEqual([
    '/assets/atlas-a1.json reload',
    '/assets/home-b1.js reload',
    '/index.html reload',
  ]);
  expect(await contentsOf('1')).toEqual(network);
});

test('an update fetches what has changed, and what keeps its name; the rest comes from the old version', async () => {
  await fill('1', Object.keys(network));
  asked = [];
  network = { '/index.html': 'two', '/assets/home-b2.js': 'home two' };
  await fill('2', ['/index.html', '/assets/atlas-a1.json', '/assets/home-b2.js']);
  expect(asked.sort()).toEqual(['/assets/home-b2.js reload', '/index.html reload']);
  expect(await contentsOf('2')).toEqual({ ...network, '/assets/atlas-a1.json': 'atlas' });
  // It goes on being served until the new version takes over.
  expect(await contentsOf('1')).toMatchObject({ '/assets/home-b1.js': 'home one' });
});

test('what the old version has lost is fetched', async () => {
  await fill('1', Object.keys(network));
  (await storage.open('shoebox-shell-1')).kept.delete('/assets/atlas-a1.json');
  asked = [];
  await fill('2', Object.keys(network));
  expect(asked.sort()).toEqual(['/assets/atlas-a1.json reload', '/index.html reload']);
  expect(await contentsOf('2')).toEqual(network);
});

test('an error that was kept is not handed on, nor anything from other caches', async () => {
  const { kept } = await storage.open('shoebox-shell-1');
  kept.set('/assets/home-b1.js', new Response('Not found', { status: 404 }));
  const pictures = await storage.open('shoebox-renditions-x');
  pictures.kept.set('/assets/atlas-a1.json', new Response('no atlas'));
  await fill('2', Object.keys(network));
  expect(await contentsOf('2')).toEqual(network);
});

test('a version of which a file cannot be fetched is not installed', async () => {
  await fill('1', Object.keys(network));
  await expect(fill('2', ['/index.html', '/assets/new-c1.js'])).rejects.toThrow('not there');
});
