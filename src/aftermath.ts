// What is to be done about photos once they are safe, each part fetched when there is something for it: albums and descriptions that an
// earlier visit has not got to, and paths that are too long for an original.
import type { Filling } from './albums/fill.ts';
import type { Library } from './library/library.svelte.ts';
import type { Aftermath } from './upload/uploads.svelte.ts';

interface Into extends Filling {
  library: Library;
}

/** What comes to nothing stays remembered, and the next visit tries again. */
const tried = (work: Promise<unknown>): void => void work.catch(console.warn);

export const aftermath = (into: Into): Aftermath => ({
  fill: (album, uploads) =>
    tried(import('./albums/fill.ts').then(({ fillOn }) => fillOn(album, uploads, into))),
  tell: (uploads) => tried(import('./takeout-import.ts').then(({ tellOn }) => tellOn(uploads, into))),
  keepPaths: (uploads) =>
    tried(
      Promise.all([import('./whole-paths.ts'), into.social()]).then(([{ keepPaths }, social]) =>
        keepPaths(uploads, social, into.library),
      ),
    ),
});
