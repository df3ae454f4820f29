// Rebuilding what this device knows: everything is forgotten and read from the table again, where the truth is. Edits that wait for the
// cloud are kept apart and stay.
import { instantOf } from '../schema/time.ts';
import { Columns } from './columns.ts';
import type { Library, LibrarySource } from './library.svelte.ts';
import { writeNote } from './notes.ts';
import { read } from './sync.ts';

export interface RebuildOptions {
  library: Library;
  source: Pick<LibrarySource, 'changes' | 'clock'>;
  /** Called with the number of rows read so far. */
  onread: (rows: number) => void;
  signal: AbortSignal;
}

/**
 * Nothing is forgotten before the first rows have come. Stopped after that, the next sync goes on from there.
 * Fails with a CloudError, or with the reason of the signal.
 */
export const rebuild = ({ library, source, onread, signal }: RebuildOptions): Promise<void> =>
  library.inTurn(async ({ apply, replace }) => {
    const begun = instantOf(source.clock.now());
    let count = 0;
    const forget = async (): Promise<void> => {
      await replace(Columns.none.chunks, {});
      await writeNote(library.database, 'snapshot', { changes: 0, at: begun, doubted: true });
    };
    for await (const { rows, latest } of read(source, { known: [], brief: false, signal })) {
      signal.throwIfAborted();
      // What came before an error is handed out, too, and may be nothing.
      if (rows.length === 0) continue;
      if (count === 0) await forget();
      await apply({ rows, cursor: latest });
      onread((count += rows.length));
    }
    if (count === 0) await forget();
    await apply({ rows: [], syncedAt: begun });
  });
