// Who waits for what becomes of an edit, by the edit's id.
import { CloudError } from '../cloud/error.ts';

/** `queued` is safe on this device and sent later. */
export type EditState = 'sent' | 'queued';

interface End {
  resolve: (state: EditState) => void;
  reject: (error: CloudError) => void;
  /** Whether it is an error here that the photo is gone; else somebody else tells. */
  strict: boolean;
}

export class Awaited {
  readonly #ends = new Map<string, End>();

  /** What becomes of these edits together; after `patience` milliseconds they are taken for queued. */
  async wait(
    ids: readonly string[],
    { patience, strict }: { patience: number; strict: boolean },
  ): Promise<EditState> {
    const ends = ids.map(
      (id) => new Promise<EditState>((resolve, reject) => this.#ends.set(id, { resolve, reject, strict })),
    );
    const timer = setTimeout(() => {
      for (const id of ids) this.tell(id, 'queued');
    }, patience);
    try {
      return (await Promise.all(ends)).includes('queued') ? 'queued' : 'sent';
    } finally {
      clearTimeout(timer);
      for (const id of ids) this.#ends.delete(id);
    }
  }

  tell(id: string, state: EditState): void {
    this.#ends.get(id)?.resolve(state);
  }

  /** Its photo is gone. False when nobody here makes an error of that. */
  lose(id: string): boolean {
    const end = this.#ends.get(id);
    if (!end?.strict) return false;
    end.reject(new CloudError('missing', 'the photo is no longer there'));
    return true;
  }

  /** Nothing more becomes of any of them for now. */
  release(): void {
    for (const end of this.#ends.values()) end.resolve('queued');
  }
}
