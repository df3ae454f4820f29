// Fills the cache of a new version of the page. Most of its files are the old version's, under the same name: those are not fetched again.

/** Vite puts a hash of the content into these names: the same name is the same file. */
const HASHED = /^\/assets\//;

/** Caches of shells: this prefix, then their version. */
export const SHELL_CACHE = 'shoebox-shell-';

/** Fails unless all files are there in the end. */
export async function fillShell(
  cacheName: string,
  files: readonly string[],
  storage: CacheStorage = caches,
): Promise<void> {
  const shell = await storage.open(cacheName);
  const names = (await storage.keys()).filter((name) => name.startsWith(SHELL_CACHE) && name !== cacheName);
  const olds = await Promise.all(names.map((name) => storage.open(name)));
  const taken = await Promise.all(
    files.map(async (file) => HASHED.test(file) && (await takeOver(shell, olds, file))),
  );
  const missing = files.filter((_, index) => !taken[index]);
  // Past the browser's own cache: what keeps its name may have changed.
  await shell.addAll(missing.map((file) => new Request(file, { cache: 'reload' })));
}

/** Whether one of the old shells had the file. */
async function takeOver(shell: Cache, olds: readonly Cache[], file: string): Promise<boolean> {
  for (const old of olds) {
    const kept = await old.match(file);
    if (!kept?.ok) continue;
    await shell.put(file, kept);
    return true;
  }
  return false;
}
