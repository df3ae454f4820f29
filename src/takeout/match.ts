// Which sidecar in a folder speaks of which photo, by their names. A photo gets none rather than another's. Pure.
import { breather } from '../library/slices.ts';
import { originalsOf, stillsOf } from './copies.ts';
import { addPhoto, addTo, count, type Namesakes, type Series } from './cut.ts';
import { looksLikeFilm } from './endings.ts';
import { fold, photoReadings, type Reading } from './names.ts';
import { exactly, folded, mayName, mustName, newest, sidecarOf, withoutEnding } from './sidecar.ts';
import type { KeyOf, Sidecar } from './sidecar.ts';

/**
 * The name of each photo's sidecar. `sidecars` gives, by name, the title that stands in each. Edited copies and the films of live photos
 * share that of their original. Aborted, it fails with the signal's reason.
 */
export async function sidecarsOf(
  photos: Iterable<string>,
  sidecars: ReadonlyMap<string, string | undefined>,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const names = [...photos];
  signal?.throwIfAborted();
  const match = new Match(signal);
  await match.know(sidecars);
  await match.pair(names, exactly, exactly);
  await match.pair(names, folded, folded);
  await match.count(names);
  const stills = names.filter((name) => !looksLikeFilm(name));
  // The film of a live photo has its still's.
  await match.pair(stills, withoutEnding, folded);
  await match.pair(names.filter(looksLikeFilm), withoutEnding, folded);
  await match.share(names, stillsOf);
  await match.share(names, originalsOf);
  await match.share(names, (name) => originalsOf(name).flatMap(stillsOf));
  return new Map([...match.found].map(([name, sidecar]) => [name, sidecar.name]));
}

/** Between two looks at the clock. */
const STRIDE = 64;

class Match {
  readonly found = new Map<string, Sidecar>();
  readonly #signal: AbortSignal | undefined;
  readonly #breath = breather();
  #done = 0;
  readonly #sidecars: Sidecar[] = [];
  /** Sidecars of which it is known whose they are, or that they may be several's. */
  readonly #settled = new Set<Sidecar>();
  /** Photos with several sidecars that might be theirs. */
  readonly #unsure = new Set<string>();
  /** Names that several photos have, and names that somebody has numbered already: where both are, numbers say nothing. */
  readonly #counted = new Set<string>();
  readonly #called = new Set<string>();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  know(sidecars: ReadonlyMap<string, string | undefined>): Promise<void> {
    return this.#each(sidecars, ([name, title]) => {
      const sidecar = sidecarOf(name, title);
      this.#sidecars.push(sidecar);
      for (const { stem, counter } of sidecar.readings) {
        if (counter > 0) this.#counted.add(fold(stem));
        for (const inner of photoReadings(stem)) if (inner.counter > 0) this.#called.add(fold(inner.stem));
      }
    });
  }

  /** Each photo that has one sidecar only by these keys, and that has no other photo. */
  async pair(names: readonly string[], photoKey: KeyOf, sidecarKey: KeyOf): Promise<void> {
    const known = await this.#by(sidecarKey);
    const wanted = new Map<Sidecar, Set<string>>();
    const offered = new Map<string, Set<Sidecar>>();
    await this.#each(names, (name) => {
      const readings = photoReadings(name);
      if (this.#over(name) || readings.some(this.#isMuddled)) return;
      for (const reading of readings) {
        for (const sidecar of known.get(photoKey(reading) ?? '') ?? []) {
          if (photoKey === withoutEnding && !mayName(reading, sidecar)) continue;
          add(wanted, sidecar, name);
          add(offered, name, sidecar);
        }
      }
    });
    for (const [name, sidecars] of offered) {
      const sidecar = newest(sidecars);
      if (sidecar && wanted.get(sidecar)?.size === 1) this.found.set(name, sidecar);
      else this.#unsure.add(name);
    }
    for (const sidecar of wanted.keys()) this.#settled.add(sidecar);
  }

  /** Those whose sidecars are cut. */
  async count(names: readonly string[]): Promise<void> {
    const series = new Map<string, Series>();
    const photos = new Map<string, Namesakes>();
    await this.#each(this.#open(), (sidecar) => addTo(series, sidecar));
    await this.#each(names, (name) => this.#over(name) || addPhoto(photos, series, name));
    await this.#each(photos, ([start, namesakes]) =>
      count(series.get(start) ?? new Map(), namesakes, (sidecar, photo) => {
        this.#settled.add(sidecar);
        if (photo !== undefined) this.found.set(photo, sidecar);
      }),
    );
  }

  /** Photos without a sidecar of their own have that of the one they come from, by the names that this may have. */
  async share(names: readonly string[], originals: (name: string) => string[]): Promise<void> {
    const here = new Map(names.map((name) => [fold(name), name]));
    const open = await this.#by(folded);
    const candidates = (name: string): Sidecar[] => {
      const original = here.get(fold(name));
      const found = this.found.get(original ?? '');
      const keys = original === undefined ? [folded, withoutEnding] : [];
      return photoReadings(name).flatMap((reading) => {
        const sidecars = new Set(found && [found]);
        for (const keyOf of keys) for (const one of open.get(keyOf(reading) ?? '') ?? []) sidecars.add(one);
        return [...sidecars].filter((sidecar) => mustName(reading, sidecar));
      });
    };
    const shared = new Map<string, Sidecar>();
    await this.#each(names, (name) => {
      if (this.#over(name)) return;
      const [sidecar, ...others] = new Set(originals(name).flatMap(candidates));
      if (sidecar && others.length === 0) shared.set(name, sidecar);
    });
    for (const [name, sidecar] of shared) this.found.set(name, sidecar);
  }

  async #by(keyOf: KeyOf): Promise<Map<string, Set<Sidecar>>> {
    const known = new Map<string, Set<Sidecar>>();
    await this.#each(this.#open(), (sidecar) => {
      for (const reading of sidecar.readings) add(known, keyOf(reading), sidecar);
    });
    return known;
  }

  /** In slices, whose time goes on from one round to the next. */
  async #each<T>(all: Iterable<T>, work: (one: T) => unknown): Promise<void> {
    for (const one of all) {
      work(one);
      if (++this.#done % STRIDE !== 0) continue;
      await this.#breath();
      this.#signal?.throwIfAborted();
    }
  }
  #open = (): Sidecar[] => this.#sidecars.filter((sidecar) => !this.#settled.has(sidecar));
  #over = (name: string): boolean => this.found.has(name) || this.#unsure.has(name);
  #isMuddled = ({ stem, counter }: Reading): boolean =>
    counter > 0 &&
    ((this.#counted.has(fold(stem)) && this.#called.has(fold(stem))) ||
      photoReadings(stem).some(this.#isMuddled));
}

function add<K, V>(sets: Map<K, Set<V>>, key: K | undefined, value: V): void {
  if (key === undefined) return;
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
