// Files that are given again take the place of those that wait for them. Pure.
import type { Origin, Upload } from './upload.svelte.ts';

type Facts = Pick<Origin, 'name' | 'size' | 'lastModified' | 'path'>;

const exact = ({ name, size, lastModified, path = '' }: Facts): string =>
  JSON.stringify([path, name, size, lastModified]);
/** Wherever it lies now. */
const moved = ({ name, size, lastModified }: Facts): string => JSON.stringify([name, size, lastModified]);
/** Whatever it holds now. */
const changed = ({ name, path = '' }: Facts): string => JSON.stringify([path, name]);

export class Recognition {
  readonly #exact = new Map<string, Upload[]>();
  readonly #moved = new Map<string, Upload[]>();
  readonly #changed = new Map<string, Upload[]>();

  /** It waits for its file. */
  needs(upload: Upload): void {
    put(this.#exact, exact(upload.origin), upload);
    put(this.#moved, moved(upload.origin), upload);
  }

  /** Its file could not be read any more, where it was, as it was. */
  lost(upload: Upload): void {
    put(this.#changed, changed(upload.origin), upload);
  }

  /** Who waits for this file. Each is found once. */
  find(file: Facts): Upload | undefined {
    return take(this.#exact, exact(file)) ?? this.#elsewhere(file) ?? take(this.#changed, changed(file));
  }

  /** The folder may have been given from further up or down; two of the same name, size and date are not told apart that way. */
  #elsewhere(file: Facts): Upload | undefined {
    const key = moved(file);
    const waiting = this.#moved.get(key)?.filter((upload) => upload.state === 'needed');
    if (waiting?.length !== 1) return undefined;
    this.#moved.delete(key);
    return waiting[0];
  }
}

function put(map: Map<string, Upload[]>, key: string, upload: Upload): void {
  const same = map.get(key);
  if (same) same.push(upload);
  else map.set(key, [upload]);
}

/** One that has found its file meanwhile waits no more. */
function take(map: Map<string, Upload[]>, key: string): Upload | undefined {
  const same = map.get(key);
  for (let upload = same?.shift(); upload; upload = same?.shift())
    if (upload.state === 'needed' || upload.state === 'failed') return upload;
  return undefined;
}
