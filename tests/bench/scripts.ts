// The scripts of a build, and how many bytes each is to a browser: in Brotli at its best.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };

export class Scripts {
  readonly #sizes: ReadonlyMap<string, number>;

  /** Of the build in this folder. */
  constructor(dist: string) {
    const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.js'),
    );
    this.#sizes = new Map(
      paths.map((path) => [path, brotliCompressSync(readFileSync(join(dist, path)), { params }).length]),
    );
  }

  /** Below the folder. */
  get paths(): string[] {
    return [...this.#sizes.keys()];
  }

  sizeOf(paths: Iterable<string>): number {
    return [...paths].reduce((sum, path) => {
      const size = this.#sizes.get(path);
      if (size === undefined) throw new Error(`${path} is not a script of the build.`);
      return sum + size;
    }, 0);
  }
}

/** Those of these addresses that are scripts, below the site. */
export const scriptsOf = (urls: readonly string[]): Set<string> =>
  new Set(urls.map((url) => new URL(url).pathname.slice(1)).filter((path) => path.endsWith('.js')));
